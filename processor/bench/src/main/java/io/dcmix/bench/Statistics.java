package io.dcmix.bench;

import java.util.Arrays;
import java.util.Collection;

/** What the figures are made with. Pure. */
final class Statistics {
  private Statistics() {}

  /**
   * The value that this share of the values does not exceed (nearest rank, the inverse of the empirical distribution).
   *
   * @param values in any order, not empty
   * @param share above 0, at most 1
   */
  static double percentile(Collection<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.clamp(rank, 1, sorted.length) - 1];
  }

  /** Middle value, or the mean of the two middle ones. */
  static double median(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /**
   * Events a second between two of them: those behind the warm-up, over the time since its last one.
   *
   * @param from moment of the last event of the warm-up
   * @param until moment of the last event
   * @param wells number of events behind the warm-up
   */
  record Window(long from, long until, int wells) {
    double perSecond() {
      return wells * 1000.0 / Math.max(1, until - from);
    }
  }

  /**
   * Leaves the warm-up out.
   *
   * @param moments of the events in ms, in any order, more than the warm-up
   * @param warmUp number of events that do not count, 1 or more
   */
  static Window window(long[] moments, int warmUp) {
    long[] sorted = moments.clone();
    Arrays.sort(sorted);
    return new Window(sorted[warmUp - 1], sorted[sorted.length - 1], sorted.length - warmUp);
  }
}
