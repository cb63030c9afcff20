package io.dcmix.core.model;

import io.dcmix.core.screening.ChannelDrift;
import io.dcmix.core.screening.SampleStatistics;
import java.util.ArrayList;
import java.util.List;

/**
 * What share of the blended image each channel had in the wells that a model was trained on: what later wells are held against.
 * A well's share is the mean over its sites, as in predictions.
 *
 * @param wells how many wells, 2 or more
 * @param means mean share per channel, 0 to 1
 * @param standardDeviations sample SD between the wells per channel, 0 to 1
 */
public record ContributionReference(int wells, List<Double> means, List<Double> standardDeviations) {
  /** Below it there is no spread between wells. */
  public static final int LEAST_WELLS = 2;

  public ContributionReference {
    means = List.copyOf(means);
    standardDeviations = List.copyOf(standardDeviations);
  }

  /**
   * Measures wells.
   *
   * @param contributions one array of C shares a well, at least {@link #LEAST_WELLS}
   */
  public static ContributionReference of(List<double[]> contributions) {
    List<Double> means = new ArrayList<>();
    List<Double> sds = new ArrayList<>();
    for (int c = 0; c < contributions.getFirst().length; c++) {
      int channel = c;
      double[] shares = contributions.stream().mapToDouble(well -> well[channel]).toArray();
      means.add(SampleStatistics.mean(shares));
      sds.add(SampleStatistics.sd(shares));
    }
    return new ContributionReference(contributions.size(), means, sds);
  }

  /** {@link ChannelDrift#of} of a mean share from this reference; channels count from 0. */
  public double drift(int channel, double mean) {
    return ChannelDrift.of(mean, means.get(channel), standardDeviations.get(channel));
  }
}
