package io.dcmix.core.screening;

/** Agreement of two orders. */
public final class RankCorrelation {
  private RankCorrelation() {}

  /**
   * Spearman's ρ: Pearson's correlation of the average ranks, which holds with ties too. Without ties it is
   * 1 − 6·Σd²/(n·(n² − 1)), d being the difference of the two ranks (Spearman 1904).
   *
   * @return −1 to 1; NaN where ρ is undefined, that is for fewer than two pairs and where one side is constant
   * @throws IllegalArgumentException if the lengths differ, or for NaN among the values
   */
  public static double spearman(double[] a, double[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException("Ranks are compared in pairs, not %d with %d".formatted(a.length, b.length));
    }
    double[] ranksA = Ranks.of(a);
    double[] ranksB = Ranks.of(b);
    double mean = (a.length + 1) / 2.0;
    double covariance = 0;
    double varianceA = 0;
    double varianceB = 0;
    for (int i = 0; i < a.length; i++) {
      double da = ranksA[i] - mean;
      double db = ranksB[i] - mean;
      covariance += da * db;
      varianceA += da * da;
      varianceB += db * db;
    }
    // Ranks are multiples of 1/2, so a constant side gives exactly 0 here. The product of the roots would lose the exact 1.
    return varianceA == 0 || varianceB == 0 ? Double.NaN : Math.clamp(covariance / Math.sqrt(varianceA * varianceB), -1, 1);
  }
}
