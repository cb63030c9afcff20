package io.dcmix.training.report;

import io.dcmix.training.data.Sample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the model calls wells that it was not trained on. A well's logits are the mean over its sites.
 *
 * @param wells how many wells
 * @param right how many of them are called right
 * @param wrong the others, by name
 */
public record Validation(int wells, int right, List<String> wrong) {
  public Validation {
    wrong = List.copyOf(wrong);
  }

  /** Calls the wells. */
  public static Validation of(List<Sample> samples, List<float[]> logits) {
    Map<String, double[]> sums = new LinkedHashMap<>();
    Map<String, Integer> labels = new LinkedHashMap<>();
    for (int i = 0; i < samples.size(); i++) {
      float[] z = logits.get(i);
      double[] sum = sums.computeIfAbsent(samples.get(i).wellKey(), k -> new double[z.length]);
      for (int k = 0; k < z.length; k++) {
        sum[k] += z[k];
      }
      labels.put(samples.get(i).wellKey(), samples.get(i).label());
    }
    List<String> wrong = sums.entrySet().stream()
        .filter(e -> best(e.getValue()) != labels.getOrDefault(e.getKey(), -1))
        .map(Map.Entry::getKey)
        .toList();
    return new Validation(sums.size(), sums.size() - wrong.size(), wrong);
  }

  private static int best(double[] values) {
    int best = 0;
    for (int k = 1; k < values.length; k++) {
      best = values[k] > values[best] ? k : best;
    }
    return best;
  }
}
