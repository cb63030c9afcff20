package io.dcmix.streams.plate;

import io.dcmix.core.model.ContributionReference;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.screening.RunningMoments;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.Summary;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.schema.state.Moments;
import io.dcmix.schema.state.PartialChannel;
import io.dcmix.schema.state.PlateRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The importance of all channels over rows or partials, added one by one. Channels match by name. Only results of the model that runs
 * are to be added ({@link #counts}): what two models read cannot be averaged. Not thread-safe.
 */
final class ImportanceSum {
  private static final class Channel {
    double weight;
    final RunningMoments contribution = new RunningMoments();
    final RunningMoments importance = new RunningMoments();
  }

  private final ModelCard model;
  private final Map<String, Channel> channels = new LinkedHashMap<>();
  private long wells;

  ImportanceSum(ModelCard model) {
    this.model = model;
  }

  /** Whether the model that runs made it. */
  static boolean counts(ModelCard model, String name, String version) {
    return model.name().equals(name) && model.version().equals(version);
  }

  boolean isEmpty() {
    return wells == 0;
  }

  void add(PlateRow row) {
    wells++;
    List<Double> importance = row.getImportance();
    for (int i = 0; i < row.getChannels().size(); i++) {
      Channel channel = channel(row.getChannels().get(i));
      channel.weight = row.getWeights().get(i);
      channel.contribution.add(row.getContribution().get(i));
      if (importance != null) {
        channel.importance.add(importance.get(i));
      }
    }
  }

  void add(ImportancePartial partial) {
    wells += partial.getWells();
    for (PartialChannel part : partial.getChannels()) {
      Channel channel = channel(part.getChannel());
      channel.weight = part.getWeight();
      merge(channel.contribution, part.getContribution());
      merge(channel.importance, part.getImportance());
    }
  }

  private Channel channel(String name) {
    return channels.computeIfAbsent(name, n -> new Channel());
  }

  private static void merge(RunningMoments sum, Moments part) {
    sum.merge(part.getCount(), part.getMean(), part.getM2(), part.getMin(), part.getMax());
  }

  /** What a plate adds to a pane of a scope. */
  ImportancePartial partial(String scopeKey, String plateKey, long pane) {
    List<PartialChannel> parts = new ArrayList<>();
    channels.forEach((name, channel) ->
        parts.add(new PartialChannel(name, channel.weight, moments(channel.contribution), moments(channel.importance))));
    return new ImportancePartial(scopeKey, plateKey, pane, wells, model.name(), model.version(), parts);
  }

  /** The record for people, over a window in microseconds since 1970. */
  ChannelImportance importance(Scope scope, long windowStart, long windowEnd) {
    return importance(scope, windowStart, windowEnd, c -> null);
  }

  /**
   * The same.
   *
   * @param driftFromStart of a channel, by its 0-based place among the model's
   */
  ChannelImportance importance(Scope scope, long windowStart, long windowEnd, IntFunction<@Nullable Double> driftFromStart) {
    List<ChannelStatistics> statistics = new ArrayList<>();
    channels.forEach((name, channel) -> {
      int c = model.channels().indexOf(name);
      statistics.add(new ChannelStatistics(name, channel.weight, summary(channel.contribution), summary(channel.importance),
          drift(c, channel.contribution), c < 0 ? null : driftFromStart.apply(c)));
    });
    ChannelImportance.Builder record =
        ChannelImportance.newBuilder()
            .setScope(scope.kind().toString())
            .setScopeKey(scope.key())
            .setWindowStart(Instant.EPOCH.plus(windowStart, ChronoUnit.MICROS))
            .setWindowEnd(Instant.EPOCH.plus(windowEnd, ChronoUnit.MICROS))
            .setWells(wells)
            .setModelName(model.name())
            .setModelVersion(model.version())
            .setChannels(statistics);
    scope.describe(record);
    return record.build();
  }

  private @Nullable Double drift(int c, RunningMoments contribution) {
    ContributionReference reference = model.contributionReference();
    return reference == null || c < 0 || contribution.count() == 0 ? null : Double.valueOf(reference.drift(c, contribution.mean()));
  }

  private static Moments moments(RunningMoments m) {
    return new Moments(m.count(), m.mean(), m.m2(), m.min(), m.max());
  }

  private static Summary summary(RunningMoments m) {
    return new Summary(m.count(), m.mean(), m.variance(), m.min(), m.max());
  }
}
