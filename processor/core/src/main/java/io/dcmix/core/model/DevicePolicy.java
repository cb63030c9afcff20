package io.dcmix.core.model;

import java.util.Locale;

/** Where a model may run. */
public enum DevicePolicy {
  /** CUDA where it works, else the CPU with one line that says why. */
  AUTO,
  /** The CPU, whatever else is there. */
  CPU,
  /** CUDA or no start. */
  CUDA;

  /**
   * Reads {@code auto}, {@code cpu} or {@code cuda}, in any case.
   *
   * @throws IllegalArgumentException for anything else; the message lists what is allowed
   */
  public static DevicePolicy parse(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "auto" -> AUTO;
      case "cpu" -> CPU;
      case "cuda" -> CUDA;
      default -> throw new IllegalArgumentException("Device '" + text + "' must be auto, cpu or cuda");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
