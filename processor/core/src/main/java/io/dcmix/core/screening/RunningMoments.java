package io.dcmix.core.screening;

/**
 * Count, mean, spread and range of a quantity, one value at a time or merged from parts. Welford 1962 for values; Chan, Golub
 * and LeVeque 1979 for merging, which stays accurate where sums of squares cancel.
 *
 * <p>Not thread-safe.
 */
public final class RunningMoments {
  private long count;
  private double mean;
  private double m2;
  private double min;
  private double max;

  /** Adds one value. */
  public void add(double value) {
    merge(1, value, 0, value, value);
  }

  /**
   * Adds a part that was summarised elsewhere.
   *
   * @param otherCount number of values; 0 changes nothing
   * @param otherMean their mean
   * @param otherM2 sum of their squared deviations from it
   */
  public void merge(long otherCount, double otherMean, double otherM2, double otherMin, double otherMax) {
    if (otherCount == 0) {
      return;
    }
    if (count == 0) {
      count = otherCount;
      mean = otherMean;
      m2 = otherM2;
      min = otherMin;
      max = otherMax;
      return;
    }
    long total = count + otherCount;
    double delta = otherMean - mean;
    mean += delta * otherCount / total;
    m2 += otherM2 + delta * delta * ((double) count * otherCount / total);
    count = total;
    min = Math.min(min, otherMin);
    max = Math.max(max, otherMax);
  }

  public long count() {
    return count;
  }

  /** 0 when nothing was added. */
  public double mean() {
    return mean;
  }

  /** Sum of squared deviations from the mean. */
  public double m2() {
    return m2;
  }

  /** Sample variance (n − 1); 0 below two values. */
  public double variance() {
    return count < 2 ? 0 : m2 / (count - 1);
  }

  /** 0 when nothing was added. */
  public double min() {
    return min;
  }

  /** 0 when nothing was added. */
  public double max() {
    return max;
  }
}
