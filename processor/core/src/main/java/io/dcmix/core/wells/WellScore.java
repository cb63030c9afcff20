package io.dcmix.core.wells;

import io.dcmix.core.screening.HitMargin;
import io.dcmix.schema.state.SiteState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a well from the stored results of its sites: means, in site order, in double.
 *
 * @param probabilities mean per class
 * @param hitLogit mean margin of the hit class
 * @param contribution mean per channel
 * @param importance mean per channel over the sites that were explained; null when none was
 */
@SuppressWarnings("ArrayRecordComponent")
public record WellScore(double[] probabilities, double hitLogit, double[] contribution, double @Nullable [] importance) {

  /**
   * Takes the means.
   *
   * @param sites scored sites by ascending site number, at least one
   * @param hitIndex index of the hit class
   */
  public static WellScore of(List<SiteState> sites, int hitIndex) {
    double margin = 0;
    for (SiteState site : sites) {
      margin += HitMargin.of(site.getLogits().stream().mapToDouble(Double::doubleValue).toArray(), hitIndex);
    }
    List<List<Double>> explained =
        sites.stream().map(SiteState::getImportance).filter(values -> values != null && !values.isEmpty()).toList();
    return new WellScore(
        mean(sites.stream().map(SiteState::getProbabilities).toList()),
        margin / sites.size(),
        mean(sites.stream().map(SiteState::getContribution).toList()),
        explained.isEmpty() ? null : mean(explained));
  }

  /** Index of the class with the highest mean probability; the first of equals. */
  public int predictedIndex() {
    return indexOfMax(probabilities);
  }

  /** Index of the first maximum. */
  public static int indexOfMax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  private static double[] mean(List<List<Double>> rows) {
    double[] mean = new double[rows.getFirst().size()];
    for (List<Double> row : rows) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += row.get(i);
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= rows.size();
    }
    return mean;
  }
}
