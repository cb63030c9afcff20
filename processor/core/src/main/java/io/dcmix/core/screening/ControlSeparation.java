package io.dcmix.core.screening;

import java.util.OptionalDouble;

/**
 * How well an assay tells its positive (p) from its negative (n) controls; m is the mean and s the sample SD of a group.
 *
 * <p>Nothing here is defined for a group of fewer than two wells: the result is empty. Values must be finite.
 */
public final class ControlSeparation {
  private ControlSeparation() {}

  /**
   * Z′ = 1 − 3·(s_p + s_n)/|m_p − m_n| (Zhang, Chung and Oldenburg 1999, doi 10.1177/108705719900400206). 0.5 and above is an
   * excellent assay, below 0 an unusable one.
   *
   * @return at most 1; empty where a group has fewer than two wells or the means are equal
   */
  public static OptionalDouble zPrime(double[] positive, double[] negative) {
    if (tooFew(positive, negative)) {
      return OptionalDouble.empty();
    }
    return window(SampleStatistics.mean(positive) - SampleStatistics.mean(negative), SampleStatistics.sd(positive) + SampleStatistics.sd(negative));
  }

  /**
   * Z′ with medians for means and 1.4826·MAD for SDs, so that single bad wells count for little (as in cellHTS2, Boutros,
   * Brás and Huber 2006).
   *
   * @return at most 1; empty where a group has fewer than two wells, the medians are equal, or more than half of a group's
   *     wells agree while others do not, because then the MAD is 0 and says nothing of the spread
   */
  public static OptionalDouble robustZPrime(double[] positive, double[] negative) {
    if (tooFew(positive, negative) || blind(positive) || blind(negative)) {
      return OptionalDouble.empty();
    }
    return window(SampleStatistics.median(positive) - SampleStatistics.median(negative), SampleStatistics.scaledMad(positive) + SampleStatistics.scaledMad(negative));
  }

  /**
   * Strictly standardised mean difference, (m_p − m_n)/√(s_p² + s_n²) (Zhang 2007, doi 10.1016/j.ygeno.2006.12.014); its sign
   * is that of the effect. For equal SDs Z′ = 1 − 3√2/|SSMD|.
   *
   * @return empty where a group has fewer than two wells or both SDs are 0
   */
  public static OptionalDouble ssmd(double[] positive, double[] negative) {
    if (tooFew(positive, negative)) {
      return OptionalDouble.empty();
    }
    double spread = Math.hypot(SampleStatistics.sd(positive), SampleStatistics.sd(negative));
    return spread == 0 ? OptionalDouble.empty() : OptionalDouble.of((SampleStatistics.mean(positive) - SampleStatistics.mean(negative)) / spread);
  }

  private static OptionalDouble window(double distance, double spread) {
    return distance == 0 ? OptionalDouble.empty() : OptionalDouble.of(1 - 3 * spread / Math.abs(distance));
  }

  private static boolean tooFew(double[] positive, double[] negative) {
    return positive.length < 2 || negative.length < 2;
  }

  private static boolean blind(double[] group) {
    return SampleStatistics.scaledMad(group) == 0 && SampleStatistics.sd(group) > 0;
  }
}
