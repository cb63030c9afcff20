package io.dcmix.core.source;

import java.time.Duration;

/** Pauses between attempts: each twice the last, up to a limit, shortened by chance so that a thousand readers do not come at once. */
final class BackOff {
  private static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final int MAX_DOUBLINGS = 16;

  private BackOff() {}

  /**
   * The pause after an attempt.
   *
   * @param attempt 1 for the first
   * @param chance 0 to 1: half the pause to all of it
   */
  static Duration after(int attempt, double chance) {
    Duration doubled = FIRST.multipliedBy(1L << Math.min(attempt - 1, MAX_DOUBLINGS));
    Duration whole = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return Duration.ofNanos((long) (whole.toNanos() * (0.5 + 0.5 * chance)));
  }
}
