package io.dcmix.core.wells;

/**
 * The clock that deadlines run on: the newest append time seen, plus the wall time since something was last seen. An hour of
 * downtime does not move it, so it does not end every well; a quiet topic does.
 *
 * <p>Not thread-safe: one per stream task.
 */
public final class ArrivalClock {
  private long newestAppendMillis;
  private long seenAtWallMillis;

  /** Starts at the beginning of a task's life, when nothing was seen yet. */
  public ArrivalClock(long wallMillis) {
    this.seenAtWallMillis = wallMillis;
  }

  /** A record that was appended at this time is processed at this wall time. */
  public void observe(long appendMillis, long wallMillis) {
    newestAppendMillis = Math.max(newestAppendMillis, appendMillis);
    seenAtWallMillis = wallMillis;
  }

  /** A well restored from the store, which was last touched at this append time. Does not count as something happening. */
  public void restore(long appendMillis) {
    newestAppendMillis = Math.max(newestAppendMillis, appendMillis);
  }

  /** Now, in milliseconds since 1970, on the scale of append times. */
  public long now(long wallMillis) {
    return newestAppendMillis + Math.max(0, wallMillis - seenAtWallMillis);
  }
}
