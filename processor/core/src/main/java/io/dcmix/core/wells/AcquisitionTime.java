package io.dcmix.core.wells;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The acquisition time that statistics use. Microscope clocks are wrong at times; a time more than ten minutes after the image
 * arrived, or before 1990, is replaced by the arrival time and flagged.
 *
 * @param time acquisition time, or arrival time
 * @param implausible whether the instrument's own time was refused
 */
public record AcquisitionTime(Instant time, boolean implausible) {
  private static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");
  private static final Duration AHEAD = Duration.ofMinutes(10);

  /**
   * Decides which time counts.
   *
   * @param claimed what the event says; null when it does not
   * @param arrival append time of the event
   */
  public static AcquisitionTime of(@Nullable Instant claimed, Instant arrival) {
    if (claimed == null) {
      return new AcquisitionTime(arrival, false);
    }
    boolean implausible = claimed.isBefore(EARLIEST) || claimed.isAfter(arrival.plus(AHEAD));
    return new AcquisitionTime(implausible ? arrival : claimed, implausible);
  }
}
