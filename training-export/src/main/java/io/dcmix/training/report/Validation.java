package io.dcmix.training.report;

import java.util.List;

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

  /** Counts calls. */
  public static Validation of(List<WellCall> calls) {
    List<String> wrong = calls.stream().filter(w -> !w.right()).map(WellCall::name).toList();
    return new Validation(calls.size(), calls.size() - wrong.size(), wrong);
  }
}
