package io.dcmix.training.report.page;

import java.util.Locale;

/** Numbers for people, and for SVG. */
final class Numbers {
  /** What stands for a missing value. */
  static final String MISSING = "–";
  // Beyond this a range of two values could overflow; nothing that is measured gets there.
  private static final double HUGE = 1e150;

  private Numbers() {}

  /** Whether a value can be drawn. */
  static boolean known(double v) {
    return Math.abs(v) < HUGE; // false for NaN
  }

  /** Three significant digits, whole numbers in full. */
  static String text(double v) {
    double size = Math.abs(v);
    if (!known(v)) {
      return MISSING;
    }
    if (size != 0 && (size < 1e-3 || size >= 1e7)) {
      return minus(String.format(Locale.ROOT, "%.1e", v));
    }
    return v == Math.rint(v) ? fixed(v, 0) : fixed(v, size < 1 ? 3 : size < 10 ? 2 : size < 1000 ? 1 : 0);
  }

  /** A number of decimals, with commas between thousands and never minus zero. */
  static String fixed(double v, int digits) {
    if (!known(v)) {
      return MISSING;
    }
    String text = String.format(Locale.ROOT, "%,." + digits + "f", v);
    return minus(text.matches("-[0.]+") ? text.substring(1) : text);
  }

  static String format(Block.Format format, double v) {
    return switch (format) {
      case AUTO -> text(v);
      case COUNT -> fixed(v, 0);
      case TWO_DECIMALS -> fixed(v, 2);
      case PERCENT -> known(v) ? fixed(100 * v, 1) + " %" : MISSING;
    };
  }

  /** A place in a drawing, to a hundredth. A missing value here is a mistake of the caller. */
  static String coordinate(double v) {
    if (!known(v)) {
      throw new IllegalArgumentException("not a place in a drawing: " + v);
    }
    long hundredths = Math.round(v * 100);
    if (hundredths % 100 == 0) {
      return Long.toString(hundredths / 100);
    }
    return String.format(Locale.ROOT, hundredths % 10 == 0 ? "%.1f" : "%.2f", hundredths / 100.0);
  }

  private static String minus(String text) {
    return text.replace('-', '\u2212');
  }
}
