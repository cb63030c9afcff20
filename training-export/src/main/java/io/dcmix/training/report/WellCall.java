package io.dcmix.training.report;

import io.dcmix.core.screening.HitMargin;
import io.dcmix.core.wells.WellScore;
import io.dcmix.training.data.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a network says of a well. It is called by the mean logits of its sites.
 *
 * @param plate plate it is on
 * @param well well of the plate
 * @param label 0-based class by the plate map
 * @param sites its sites, at least one
 * @param logits one array of K per site
 */
public record WellCall(String plate, String well, int label, List<Sample> sites, List<double[]> logits) {
  public WellCall {
    sites = List.copyOf(sites);
    logits = List.copyOf(logits);
    if (sites.isEmpty() || sites.size() != logits.size()) {
      throw new IllegalArgumentException("A well has one or more sites, and logits for each");
    }
  }

  /**
   * Gathers sites into wells, in the order in which wells first occur.
   *
   * @param samples sites
   * @param logits K per site
   */
  public static List<WellCall> of(List<Sample> samples, List<float[]> logits) {
    Map<String, List<Integer>> wells = new LinkedHashMap<>();
    for (int i = 0; i < samples.size(); i++) {
      wells.computeIfAbsent(samples.get(i).wellKey(), k -> new ArrayList<>()).add(i);
    }
    return wells.values().stream().map(sites -> {
      Sample first = samples.get(sites.getFirst());
      return new WellCall(first.plate(), first.well(), first.label(),
          sites.stream().map(samples::get).toList(), sites.stream().map(i -> wide(logits.get(i))).toList());
    }).toList();
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int k = 0; k < wide.length; k++) {
      wide[k] = values[k];
    }
    return wide;
  }

  /** Plate and well: {@code P1/B02}. */
  public String name() {
    return plate + "/" + well;
  }

  /** 0-based class of the highest mean logit; the first of equals. */
  public int called() {
    double[] sums = new double[logits.getFirst().length];
    for (double[] z : logits) {
      for (int k = 0; k < sums.length; k++) {
        sums[k] += z[k];
      }
    }
    return WellScore.indexOfMax(sums);
  }

  /** Whether it is called what the plate map says. */
  public boolean right() {
    return called() == label;
  }

  /**
   * Mean over its sites of the hit class's margin, as the processor takes it.
   *
   * @param hit 0-based class
   */
  public double margin(int hit) {
    return logits.stream().mapToDouble(z -> HitMargin.of(z, hit)).average().orElseThrow();
  }

  /**
   * How many wells of each class are called what.
   *
   * @return [K, K]: rows are classes by the plate map, columns what they are called
   */
  static int[][] confusion(List<WellCall> wells, int classes) {
    int[][] counts = new int[classes][classes];
    wells.forEach(w -> counts[w.label()][w.called()]++);
    return counts;
  }
}
