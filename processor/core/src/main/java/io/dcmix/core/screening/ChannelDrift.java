package io.dcmix.core.screening;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far a channel's share of the blended image has moved, in standard deviations between single wells (Glass's Δ, Glass 1976, with
 * a floor under the SD). It is an effect size, not a test: it does not grow with the number of wells, so one threshold serves plates of
 * every format. 3 means that the mean well lies where one well in 370 of the reference does.
 */
public final class ChannelDrift {
  /**
   * The smallest SD that is divided by. Without a floor, wells that happen to be alike would make a tenth of a percent of the blend an
   * alarm, and a model of one channel, whose share is always 1, would divide by 0. A shift of 1.5 % of the blend is never 3 SDs.
   */
  public static final double LEAST_SD = 0.005;

  private ChannelDrift() {}

  /**
   * (mean − reference mean) / max(reference SD, {@link #LEAST_SD}); positive where the share has grown.
   *
   * @param mean of the wells in question, a share of 0 to 1
   * @param referenceMean mean of the reference wells
   * @param referenceSd their sample SD
   */
  public static double of(double mean, double referenceMean, double referenceSd) {
    return (mean - referenceMean) / Math.max(referenceSd, LEAST_SD);
  }

  /**
   * The newest wells against the first ones of the same plate.
   *
   * @param shares of one channel, one a well, in the order in which the wells were acquired
   * @param wells how many at either end are compared, 2 or more
   * @return null while the two ends would overlap, that is below 2 · wells
   */
  public static @Nullable Double fromStart(double[] shares, int wells) {
    if (shares.length < 2 * wells) {
      return null;
    }
    double[] first = Arrays.copyOfRange(shares, 0, wells);
    double[] newest = Arrays.copyOfRange(shares, shares.length - wells, shares.length);
    return of(SampleStatistics.mean(newest), SampleStatistics.mean(first), SampleStatistics.sd(first));
  }
}
