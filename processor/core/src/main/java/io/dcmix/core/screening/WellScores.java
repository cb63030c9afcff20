package io.dcmix.core.screening;

import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * Scores of single wells against reference wells of the same plate, as functions of a well's value. Values must be finite; where a
 * score is not defined there is no function.
 */
public final class WellScores {
  private WellScores() {}

  /**
   * Robust z-score, (x − median) / (1.4826·MAD) of the reference (Malo, Hanley, Cerquozzi, Pelletier and Nadon 2006, doi
   * 10.1038/nbt1186).
   *
   * @return empty where the reference has fewer than two wells or a MAD of 0
   */
  public static Optional<DoubleUnaryOperator> robustZ(double[] reference) {
    double spread = SampleStatistics.scaledMad(reference);
    if (reference.length < 2 || spread == 0) {
      return Optional.empty();
    }
    double median = SampleStatistics.median(reference);
    return Optional.of(x -> (x - median) / spread);
  }

  /**
   * Normalised percent inhibition, 100·(m_n − x)/(m_n − m_p): 0 at the mean of the negative controls (n, no effect) and 100 at
   * that of the positive ones (p, full effect), whichever of the two is larger (Malo 2006).
   *
   * @return empty where a group has no wells or the means are equal
   */
  public static Optional<DoubleUnaryOperator> npi(double[] positive, double[] negative) {
    double none = SampleStatistics.mean(negative);
    double window = SampleStatistics.mean(positive) - none;
    // NaN of no wells.
    return window == 0 || Double.isNaN(window) ? Optional.empty() : Optional.of(x -> 100 * (x - none) / window + 0.0);
  }

  /**
   * SSMD* of a well without replicates, the robust estimate: (x − median) / (1.4826·MAD·√(2(n − 1)/(n − 2.48))) of the n negative
   * controls (Zhang, Optimal High-Throughput Screening, Cambridge 2011, ISBN 978-0-521-73444-8). Positive where x is above the
   * controls.
   *
   * @return empty for fewer than three controls or a MAD of 0
   */
  public static Optional<DoubleUnaryOperator> ssmd(double[] negative) {
    int n = negative.length;
    if (n < 3) {
      return Optional.empty();
    }
    double factor = Math.sqrt(2 * (n - 1) / (n - 2.48));
    return robustZ(negative).map(z -> x -> z.applyAsDouble(x) / factor);
  }
}
