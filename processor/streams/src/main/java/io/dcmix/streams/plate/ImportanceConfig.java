package io.dcmix.streams.plate;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * How channel importance is summed up: its window over acquisition times, and what counts as drift. Start from {@link #DEFAULT} and
 * change what differs.
 *
 * @param window length of the rolling window; a multiple of the pane
 * @param pane what the window advances by
 * @param emitEvery how often at most a key is emitted
 * @param scopes what it is taken over; a plate's drift is watched whether its scope is on or not
 * @param driftWells a plate is held against its own start by so many wells at either end, and alarms from so many wells on; 2 or more
 * @param driftThreshold SDs from which drift is an alert, above 0
 */
public record ImportanceConfig(
    Duration window, Duration pane, Duration emitEvery, Set<Scope.Kind> scopes, int driftWells, double driftThreshold) {
  /** What a scope keeps grows with the panes of its window. */
  public static final int MAX_PANES = 1_000;

  /**
   * A day in panes of an hour, at most every two seconds; all scopes but that of treatments, of which a screen has hundreds of thousands
   * with one well each; drift from 3 SDs over 16 wells.
   */
  public static final ImportanceConfig DEFAULT =
      new ImportanceConfig(Duration.ofDays(1), Duration.ofHours(1), Duration.ofSeconds(2), EnumSet.complementOf(EnumSet.of(Scope.Kind.TREATMENT)), 16, 3);

  public ImportanceConfig {
    scopes = Set.copyOf(scopes);
    if (pane.toMillis() <= 0 || window.compareTo(pane) < 0 || window.toMillis() % pane.toMillis() != 0 || window.dividedBy(pane) > MAX_PANES) {
      throw new IllegalArgumentException(
          "The window (" + window + ") must be a multiple of what it advances by (" + pane + "), from 1 to " + MAX_PANES + " times");
    }
    if (driftWells < 2) {
      throw new IllegalArgumentException("Drift needs 2 wells or more to compare, not " + driftWells);
    }
    if (!(driftThreshold > 0) || Double.isInfinite(driftThreshold)) {
      throw new IllegalArgumentException("The threshold of drift must be above 0, not " + driftThreshold);
    }
  }

  public ImportanceConfig withWindow(Duration length, Duration advance) {
    return new ImportanceConfig(length, advance, emitEvery, scopes, driftWells, driftThreshold);
  }

  public ImportanceConfig withScopes(Set<Scope.Kind> wanted) {
    return new ImportanceConfig(window, pane, emitEvery, wanted, driftWells, driftThreshold);
  }

  public ImportanceConfig withDrift(int wells, double threshold) {
    return new ImportanceConfig(window, pane, emitEvery, scopes, wells, threshold);
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
