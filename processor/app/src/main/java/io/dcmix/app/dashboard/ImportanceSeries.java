package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.ChannelSummary;
import io.dcmix.app.dashboard.Api.Importance;
import io.dcmix.app.dashboard.Api.ImportanceNow;
import io.dcmix.app.dashboard.Api.ImportancePoint;
import io.dcmix.app.dashboard.Api.Statistics;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.Summary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Channel importance of one scope over time, in bounded memory: when the series is full, every second point is given up and
 * from then on only every second one is kept, so the points stay evenly spread. The last point is always the newest.
 */
final class ImportanceSeries {
  private final String scope;
  private final int limit;
  private final List<ImportancePoint> points = new ArrayList<>();
  private long stride = 1;
  private long seen;
  private @Nullable ImportanceNow latest;

  /** @param limit most points kept, at least 2 */
  ImportanceSeries(String scope, int limit) {
    this.scope = scope;
    this.limit = limit;
  }

  void add(ChannelImportance event, Instant at) {
    ImportanceNow now = now(event);
    if (latest != null && !channels(latest).equals(channels(now))) {
      points.clear();
      stride = 1;
      seen = 0;
    }
    latest = now;
    // A point that no stride asks for is only the newest: the next one takes its place.
    if (seen > 0 && (seen - 1) % stride != 0) {
      points.removeLast();
    }
    points.add(point(now, at));
    seen++;
    if (points.size() > limit) {
      thin();
    }
  }

  /** Latest and all points. */
  Importance snapshot() {
    return new Importance(scope, latest, List.copyOf(points));
  }

  /** Latest and the newest point only. */
  Importance newest() {
    return new Importance(scope, latest, points.isEmpty() ? List.of() : List.of(points.getLast()));
  }

  private void thin() {
    ImportancePoint newest = points.getLast();
    List<ImportancePoint> kept = new ArrayList<>();
    for (int i = 0; i < points.size(); i += 2) {
      kept.add(points.get(i));
    }
    stride *= 2;
    if (!kept.getLast().equals(newest)) {
      kept.add(newest);
    }
    points.clear();
    points.addAll(kept);
  }

  private static List<String> channels(ImportanceNow now) {
    return now.channels().stream().map(ChannelSummary::channel).toList();
  }

  private static ImportancePoint point(ImportanceNow now, Instant at) {
    List<@Nullable Double> contribution = new ArrayList<>();
    List<@Nullable Double> importance = new ArrayList<>();
    for (ChannelSummary channel : now.channels()) {
      contribution.add(channel.contribution().mean());
      importance.add(channel.importance().mean());
    }
    return new ImportancePoint(at, now.wells(), contribution, importance);
  }

  private static ImportanceNow now(ChannelImportance event) {
    List<ChannelSummary> channels = new ArrayList<>();
    for (ChannelStatistics channel : event.getChannels()) {
      channels.add(
          new ChannelSummary(
              channel.getChannel(),
              Numbers.finite(channel.getWeight()),
              statistics(channel.getContribution()),
              statistics(channel.getImportance()),
              Numbers.finite(channel.getDrift()),
              Numbers.finite(channel.getDriftFromStart())));
    }
    return new ImportanceNow(
        event.getWindowStart(), event.getWindowEnd(), event.getWells(), event.getModelName(), event.getModelVersion(), channels);
  }

  private static Statistics statistics(Summary s) {
    if (s.getCount() == 0) {
      return new Statistics(0, null, null, null, null);
    }
    return new Statistics(
        s.getCount(),
        Numbers.finite(s.getMean()),
        Numbers.finite(Math.sqrt(s.getVariance())),
        Numbers.finite(s.getMin()),
        Numbers.finite(s.getMax()));
  }
}
