package io.dcmix.training.report.page;

import org.jspecify.annotations.Nullable;

/**
 * A result as a tile.
 *
 * @param label what was measured, such as {@code Held-out wells right}
 * @param value the result, such as {@code 24 of 24}
 * @param bar what it is held against, such as {@code ≥ 0.89}, or null
 * @param outcome whether it got there
 */
public record Verdict(String label, String value, @Nullable String bar, Outcome outcome) {
  /** How a result compares with its bar. */
  public enum Outcome {
    /** The bar is reached. */
    MET,
    /** The bar is not reached. */
    MISSED,
    /** There is no bar. */
    NEUTRAL
  }
}
