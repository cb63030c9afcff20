package io.dcmix.training.report.page;

import java.util.Locale;
import java.util.stream.DoubleStream;

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

  /** Whether a value can be drawn on a logarithmic scale. */
  static boolean positive(double v) {
    return known(v) && v > 1 / HUGE;
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

  /**
   * Decimals that suit all of some values: three significant digits of the largest, fewer if none needs them. -1 where decimals would not do,
   * because the largest is tiny or vast.
   */
  static int digits(DoubleStream values) {
    double[] known = values.filter(Numbers::known).toArray();
    double largest = DoubleStream.of(known).map(Math::abs).max().orElse(0);
    if (largest != 0 && (largest < 1e-2 || largest >= 1e7)) {
      return -1;
    }
    int most = largest < 1 ? 3 : largest < 10 ? 2 : largest < 1000 ? 1 : 0;
    int digits = 0;
    while (digits < most && !wholeAt(known, digits, most)) {
      digits++;
    }
    return digits;
  }

  /** Whether no value loses anything that {@code most} decimals would show. */
  private static boolean wholeAt(double[] values, int digits, int most) {
    double unit = Math.pow(10, digits);
    return DoubleStream.of(values).allMatch(v -> Math.abs(Math.rint(v * unit) / unit - v) < 0.5 * Math.pow(10, -most));
  }

  /** A value with the decimals that {@link #digits} found. */
  static String common(double v, int digits) {
    return digits < 0 ? text(v) : fixed(v, digits);
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
