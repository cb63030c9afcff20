package io.dcmix.core.screening;

import java.util.Arrays;
import java.util.Comparator;

/** Ranks of values, ties shared. */
public final class Ranks {
  private Ranks() {}

  /**
   * The 1-based rank of every value, the lowest first. Equal values share the mean of the ranks that they take up, so ranks
   * always sum to n·(n + 1)/2. 0.0 and −0.0 are equal.
   *
   * @throws IllegalArgumentException for NaN, which has no rank
   */
  public static double[] of(double[] values) {
    Integer[] order = new Integer[values.length];
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        throw new IllegalArgumentException("Value " + i + " is NaN, which has no rank");
      }
      order[i] = i;
    }
    Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
    double[] ranks = new double[values.length];
    for (int start = 0, end = 0; start < order.length; start = end) {
      while (end < order.length && values[order[end]] == values[order[start]]) {
        end++;
      }
      for (int i = start; i < end; i++) {
        ranks[order[i]] = (start + 1 + end) / 2.0;
      }
    }
    return ranks;
  }
}
