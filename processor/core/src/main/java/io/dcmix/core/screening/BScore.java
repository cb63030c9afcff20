package io.dcmix.core.screening;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.Optional;

/**
 * B-score: the residuals of a two-way {@link MedianPolish} over the plate, which take out what rows and columns have in common,
 * divided by the residuals' MAD, the plain median absolute deviation (Brideau, Gunter, Pikounis and Liaw 2003, doi
 * 10.1177/1087057103258285; Malo 2006). A normal distribution's SD is 1.4826 MAD, so 3 SD are a B-score of 4.45.
 *
 * <p>It takes most wells for inactive: with many hits, or with hits that share a row or column, it hides them and makes others.
 */
public final class BScore {
  /** Part of the values' range that a MAD must exceed. */
  private static final double LEAST = 1e-6;

  private BScore() {}

  /**
   * The B-scores of a plate.
   *
   * @param values [row][column]; NaN where there is no sample
   * @return in the same places, NaN in the same places; empty where the residuals' MAD is 0, or, which was never seen, the polish
   *     does not converge
   */
  public static Optional<double[][]> of(double[][] values) {
    MedianPolish polish = MedianPolish.of(values);
    double[] residuals = Arrays.stream(polish.residuals()).flatMapToDouble(Arrays::stream).filter(v -> !Double.isNaN(v)).toArray();
    double mad = SampleStatistics.scaledMad(residuals) / SampleStatistics.MAD_SCALE;
    // Where rows and columns explain (nearly) everything, what is left is rounding and the polish's own tolerance.
    if (!polish.converged() || residuals.length == 0 || mad <= LEAST * range(values)) {
      return Optional.empty();
    }
    return Optional.of(Arrays.stream(polish.residuals()).map(row -> Arrays.stream(row).map(r -> r / mad).toArray()).toArray(double[][]::new));
  }

  private static double range(double[][] values) {
    DoubleSummaryStatistics all = Arrays.stream(values).flatMapToDouble(Arrays::stream).filter(v -> !Double.isNaN(v)).summaryStatistics();
    return all.getMax() - all.getMin();
  }
}
