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
    return LinearCorrelation.pearson(Ranks.of(a), Ranks.of(b));
  }
}
