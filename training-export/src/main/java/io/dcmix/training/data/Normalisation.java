package io.dcmix.training.data;

import io.dcmix.core.cli.CliException;
import java.util.ArrayList;
import java.util.List;

/**
 * Mean and SD of every channel, in pixel values, over the samples that are trained on.
 *
 * @param means one per channel
 * @param standardDeviations one per channel, above 0
 */
public record Normalisation(List<Double> means, List<Double> standardDeviations) {
  public Normalisation {
    means = List.copyOf(means);
    standardDeviations = List.copyOf(standardDeviations);
  }

  /**
   * Measures the samples.
   *
   * @throws CliException if a channel has one value everywhere
   */
  public static Normalisation of(List<String> channels, List<Sample> samples) {
    List<Double> means = new ArrayList<>();
    List<Double> sds = new ArrayList<>();
    for (int c = 0; c < channels.size(); c++) {
      Moments all = Moments.NONE;
      for (Sample sample : samples) {
        all = all.plus(sample.moments().get(c));
      }
      if (!(all.standardDeviation() > 1e-6)) {
        throw new CliException(
            "Channel %s has the value %.0f in every pixel of the training wells; leave it out with --channels or mend the archive"
                .formatted(channels.get(c), all.mean()));
      }
      means.add(all.mean());
      sds.add(all.standardDeviation());
    }
    return new Normalisation(means, sds);
  }
}
