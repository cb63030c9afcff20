package io.dcmix.core.screening;

import java.util.Arrays;

/**
 * Centre and spread of a group of values. Sums run over the sorted values, so the order in which wells arrive changes no bit.
 * Values must be finite; others are refused by IllegalArgumentException.
 */
public final class SampleStatistics {
  /** Makes the median absolute deviation of a normal distribution its standard deviation: 1 / Φ⁻¹(3/4). */
  public static final double MAD_SCALE = 1.4826;

  private SampleStatistics() {}

  /** Arithmetic mean; NaN of no values. */
  public static double mean(double[] values) {
    return values.length == 0 ? Double.NaN : moments(values).mean();
  }

  /** Standard deviation with n − 1; NaN below two values. */
  public static double sd(double[] values) {
    return values.length < 2 ? Double.NaN : Math.sqrt(moments(values).variance());
  }

  /** Median, the mean of the middle two where the count is even; NaN of no values. */
  public static double median(double[] values) {
    double[] sorted = sorted(values);
    int half = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[half] : sorted[half - 1] / 2 + sorted[half] / 2;
  }

  /** 1.4826 times the median absolute deviation from the median, the robust counterpart of the SD; NaN of no values. */
  public static double scaledMad(double[] values) {
    double median = median(values);
    return MAD_SCALE * median(Arrays.stream(values).map(x -> Math.abs(x - median)).toArray());
  }

  /**
   * Coefficient of variation, 100·sd/mean, in percent. It means something only for quantities that cannot be negative and whose
   * zero is a true zero, such as a probability; not for logits.
   *
   * @return NaN below two values or where the mean is 0
   */
  public static double cv(double[] values) {
    double mean = mean(values);
    return values.length < 2 || mean == 0 ? Double.NaN : 100 * sd(values) / mean;
  }

  private static RunningMoments moments(double[] values) {
    RunningMoments moments = new RunningMoments();
    for (double value : sorted(values)) {
      moments.add(value);
    }
    return moments;
  }

  private static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    // Sorting puts −∞ first and ∞ and NaN last.
    if (sorted.length > 0 && !(Double.isFinite(sorted[0]) && Double.isFinite(sorted[sorted.length - 1]))) {
      throw new IllegalArgumentException("Statistics need finite values, not " + Arrays.toString(values));
    }
    return sorted;
  }
}
