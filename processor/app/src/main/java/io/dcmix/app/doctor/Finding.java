package io.dcmix.app.doctor;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at.
 *
 * @param area the heading that it stands under
 * @param name what was looked at
 * @param detail what was found
 * @param remedy what to do; null where nothing is to be done
 */
record Finding(String area, String name, Level level, String detail, @Nullable String remedy) {
  /** How it stands. */
  enum Level {
    OK,
    /** It works, but not as well as it could. */
    WARNING,
    /** It does not work. */
    FAILED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(String area, String name, String detail) {
    return new Finding(area, name, Level.OK, detail, null);
  }

  static Finding warning(String area, String name, String detail, String remedy) {
    return new Finding(area, name, Level.WARNING, detail, remedy);
  }

  static Finding failed(String area, String name, String detail, String remedy) {
    return new Finding(area, name, Level.FAILED, detail, remedy);
  }
}
