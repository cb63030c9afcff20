package io.dcmix.core.screening;

import java.util.Arrays;

/**
 * Wells that are much less sharp than is usual in one channel of their plate. Focus scores differ by factors rather than by
 * amounts, so their logarithms are compared: z = (ln f − median) / (1.4826 · MAD), the robust z-score (B. Iglewicz and D. Hoaglin,
 * How to Detect and Handle Outliers, 1993; 1.4826 · MAD is the standard deviation of a Gaussian).
 *
 * <p>The spread counts as 5 % at least: on a plate that is sharp all over, no well is blurred for being a little less so.
 */
public final class FocusOutliers {
  /** Fewer scores tell nothing of what is usual. */
  public static final int LEAST_WELLS = 8;

  /** Robust z below which a well counts as blurred, unless somebody says otherwise. */
  public static final double BLURRED_BELOW = -5;

  private static final double LEAST_SPREAD = 0.05;

  private FocusOutliers() {}

  /**
   * Robust z of each focus score among all.
   *
   * @param focus the wells' focus scores in one channel, 0 to 1; those that show no cells must be left out or NaN
   * @return z by well, negative for less sharp than usual; NaN where the score is 0 or NaN (nothing to focus on), and everywhere
   *     with fewer than {@link #LEAST_WELLS} others
   */
  public static double[] robustZ(double[] focus) {
    double[] logs = Arrays.stream(focus).map(f -> f > 0 ? Math.log(f) : Double.NaN).toArray();
    double[] known = Arrays.stream(logs).filter(l -> !Double.isNaN(l)).toArray();
    double[] z = new double[focus.length];
    if (known.length < LEAST_WELLS) {
      Arrays.fill(z, Double.NaN);
      return z;
    }
    double centre = SampleStatistics.median(known);
    double spread = Math.max(LEAST_SPREAD, SampleStatistics.scaledMad(known));
    Arrays.setAll(z, i -> (logs[i] - centre) / spread);
    return z;
  }
}
