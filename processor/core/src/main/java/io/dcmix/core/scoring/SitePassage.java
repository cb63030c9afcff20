package io.dcmix.core.scoring;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a site went through the scorer, by the wall clock.
 *
 * @param decode from the beginning of the first decoding of a plane of it to the end of the last, with whatever lay between; null if none
 *     was decoded
 * @param planes number of planes that were decoded
 * @param decoding time that this took, summed over them
 * @param run of the model, its explanation included; null if it came to none
 * @param sites in that run's batch; 0 without one
 */
public record SitePassage(@Nullable Interval decode, int planes, Duration decoding, @Nullable Interval run, int sites) {
  /** From one moment to a later one. */
  public record Interval(Instant from, Instant to) {
    /**
     * What {@link System#nanoTime} measured.
     *
     * @param nowNanos that clock's reading at {@code now}
     */
    static Interval of(long fromNanos, long toNanos, Instant now, long nowNanos) {
      return new Interval(now.minusNanos(nowNanos - fromNanos), now.minusNanos(nowNanos - toNanos));
    }
  }
}
