package io.dcmix.app.dashboard;

import java.time.Duration;

/** Too many passwords were wrong. */
final class TooManyAttempts extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Duration atLeast;

  TooManyAttempts(Duration atLeast) {
    super("Too many passwords were wrong: try again in " + seconds(atLeast) + " s");
    this.atLeast = atLeast;
  }

  /** For the header Retry-After. */
  String retryAfter() {
    return Long.toString(seconds(atLeast));
  }

  private static long seconds(Duration wait) {
    return wait.plusMillis(999).toSeconds();
  }
}
