package io.dcmix.demo;

import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What a lane says about one plate, in the order of the partitions. */
final class PlateResults {
  private final Set<String> ended = new HashSet<>();

  final List<WellPrediction> predictions = new ArrayList<>();
  final List<WellFailure> failures = new ArrayList<>();
  /** The newest prediction of each well. */
  final Map<String, WellPrediction> latest = new HashMap<>();
  /** The last call of each well. */
  final Map<String, HitCall> calls = new HashMap<>();

  /** The last word on the plate; null before the first. */
  PlateQuality quality;

  /** The importance over the plate; null before the first. */
  ChannelImportance importance;

  void take(WellPrediction prediction) {
    predictions.add(prediction);
    latest.merge(prediction.getWell(), prediction, (a, b) -> b.getRevision() >= a.getRevision() ? b : a);
    ended.add(prediction.getWell());
  }

  void take(WellFailure failure) {
    failures.add(failure);
    if (failure.getSite() == null) {
      ended.add(failure.getWell());
    }
  }

  /** Number of wells that have a prediction or a failure of their own. */
  int ended() {
    return ended.size();
  }

  /** Whether the plate's importance is the plain mean over the newest predictions. */
  boolean importanceAgrees() {
    return isMeanOf(importance, latest.values());
  }

  /** Whether an aggregate is the plain mean over these predictions. */
  static boolean isMeanOf(ChannelImportance aggregate, Collection<WellPrediction> predictions) {
    if (aggregate == null || aggregate.getWells() != predictions.size()) {
      return false;
    }
    for (ChannelStatistics channel : aggregate.getChannels()) {
      double mean = predictions.stream()
          .collect(Collectors.averagingDouble(p -> p.getImportance().get(p.getChannels().indexOf(channel.getChannel()))));
      if (channel.getImportance().getCount() != predictions.size() || Math.abs(mean - channel.getImportance().getMean()) > 1e-9) {
        return false;
      }
    }
    return true;
  }

  /** Whether there is one final call of each newest prediction, whose robust z is that against these wells' predictions. */
  boolean callsAgree(Set<String> negativeControls) {
    double[] reference = negativeControls.stream().map(latest::get).filter(Objects::nonNull).mapToDouble(WellPrediction::getHitLogit).toArray();
    double centre = median(reference);
    double spread = 1.4826 * median(Arrays.stream(reference).map(x -> Math.abs(x - centre)).toArray());
    return calls.keySet().equals(latest.keySet()) && latest.values().stream().allMatch(p -> {
      HitCall call = calls.get(p.getWell());
      return call.getStage() == CallStage.FINAL && call.getRevision() == p.getRevision() && call.getRobustZ() != null
          && Math.abs(call.getRobustZ() - (p.getHitLogit() - centre) / spread) < 1e-9;
    });
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  @Override
  public String toString() {
    return "%d wells ended, %d predictions, %d failures, importance of %s wells, %d calls, quality %s".formatted(
        ended(), predictions.size(), failures.size(), importance == null ? "no" : importance.getWells(), calls.size(), quality);
  }
}
