package io.dcmix.core.screening;

import java.util.Arrays;

/** Agreement of two quantities up to shift and scale. */
public final class LinearCorrelation {
  private LinearCorrelation() {}

  /**
   * Pearson's r: the covariance over the product of the standard deviations.
   *
   * @return −1 to 1; NaN where r is undefined, that is for fewer than two pairs and where one side is constant
   * @throws IllegalArgumentException if the lengths differ, or for values that are not finite
   */
  public static double pearson(double[] a, double[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException("Values are compared in pairs, not %d with %d".formatted(a.length, b.length));
    }
    boolean constantA = isConstant(a);
    boolean constantB = isConstant(b);
    if (constantA || constantB) {
      return Double.NaN;
    }
    double meanA = SampleStatistics.mean(a);
    double meanB = SampleStatistics.mean(b);
    double covariance = 0;
    double varianceA = 0;
    double varianceB = 0;
    for (int i = 0; i < a.length; i++) {
      double da = a[i] - meanA;
      double db = b[i] - meanB;
      covariance += da * db;
      varianceA += da * da;
      varianceB += db * db;
    }
    // One root of the product keeps an exact 1; two roots keep what overflows or vanishes in the product.
    double product = varianceA * varianceB;
    double r = product >= Double.MIN_NORMAL && product < Double.POSITIVE_INFINITY
        ? covariance / Math.sqrt(product)
        : covariance / Math.sqrt(varianceA) / Math.sqrt(varianceB);
    return Math.clamp(r, -1, 1);
  }

  /** By the values and not by their variance, which rounding may keep above 0. */
  private static boolean isConstant(double[] values) {
    if (!Arrays.stream(values).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("Values must be finite, not " + Arrays.toString(values));
    }
    return Arrays.stream(values).distinct().count() < 2;
  }
}
