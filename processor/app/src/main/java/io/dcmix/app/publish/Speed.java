package io.dcmix.app.publish;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How fast a plate is replayed.
 *
 * @param factor times faster than it was acquired; infinite: as fast as can be
 */
record Speed(double factor) {
  static final Speed MAX = new Speed(Double.POSITIVE_INFINITY);

  boolean isMax() {
    return Double.isInfinite(factor);
  }

  /** {@code max}, {@code 1x}, {@code 10x}, {@code 0.5x}. */
  static final class Converter implements ITypeConverter<Speed> {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,6})?)x");

    @Override
    public Speed convert(String text) {
      String lower = text.strip().toLowerCase(Locale.ROOT);
      if (lower.equals("max")) {
        return MAX;
      }
      Matcher m = TEXT.matcher(lower);
      if (!m.matches() || Double.parseDouble(m.group(1)) == 0) {
        throw new TypeConversionException("'" + text + "' is no speed such as max, 1x or 10x");
      }
      return new Speed(Double.parseDouble(m.group(1)));
    }
  }
}
