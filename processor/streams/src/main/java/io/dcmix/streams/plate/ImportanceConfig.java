package io.dcmix.streams.plate;

import java.time.Duration;

/**
 * Windows of channel importance, over acquisition times.
 *
 * @param window length of the rolling window; a multiple of the pane
 * @param pane what the window advances by
 * @param emitEvery how often at most a key is emitted
 */
public record ImportanceConfig(Duration window, Duration pane, Duration emitEvery) {
  /** A day in panes of an hour, at most every two seconds. */
  public static final ImportanceConfig DEFAULT =
      new ImportanceConfig(Duration.ofDays(1), Duration.ofHours(1), Duration.ofSeconds(2));

  public ImportanceConfig {
    if (pane.isZero() || pane.isNegative() || window.compareTo(pane) < 0 || window.toMillis() % pane.toMillis() != 0) {
      throw new IllegalArgumentException("The window (" + window + ") must be a multiple of the pane (" + pane + ")");
    }
  }

  /** Start of the pane that a time lies in, microseconds since 1970. */
  long paneOf(long micros) {
    return Math.floorDiv(micros, paneMicros()) * paneMicros();
  }

  long paneMicros() {
    return pane.toMillis() * 1000;
  }

  long windowMicros() {
    return window.toMillis() * 1000;
  }
}
