package io.dcmix.app.publish;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When the wells of a plate are due, by the times of their acquisition. Pure but for what it remembers: the first well. */
final class Pace {
  private final Speed speed;
  private @Nullable Instant first;
  private long firstNanos;
  private boolean timeless;

  Pace(Speed speed) {
    this.speed = speed;
  }

  /**
   * How long to wait for a well; zero for the first, for one that is late, and for one without a time.
   *
   * @param acquiredAt when the microscope took it; null where nobody knows
   * @param nowNanos a clock that never goes back
   */
  Duration until(@Nullable Instant acquiredAt, long nowNanos) {
    if (speed.isMax()) {
      return Duration.ZERO;
    }
    if (acquiredAt == null) {
      timeless = true;
      return Duration.ZERO;
    }
    if (first == null) {
      first = acquiredAt;
      firstNanos = nowNanos;
      return Duration.ZERO;
    }
    double after = Duration.between(first, acquiredAt).toNanos() / speed.factor();
    return Duration.ofNanos(Math.max(0, Math.round(after) - (nowNanos - firstNanos)));
  }

  /** Whether a well had no time, so that it came without a pause. */
  boolean isTimeless() {
    return timeless;
  }
}
