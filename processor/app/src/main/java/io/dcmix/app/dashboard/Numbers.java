package io.dcmix.app.dashboard;

import org.jspecify.annotations.Nullable;

/** Numbers on their way into JSON, which has no infinity. */
final class Numbers {
  private Numbers() {}

  static @Nullable Double finite(@Nullable Double value) {
    return value != null && Double.isFinite(value) ? value : null;
  }
}
