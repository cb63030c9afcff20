package io.dcmix.app.run;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Amounts of memory as people write them: {@code 512m}, {@code 4g}; powers of 1024, in bytes. */
public final class ByteSizes implements ITypeConverter<Long> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})\\s*([kmg])(?:i?b)?");

  @Override
  public Long convert(String text) {
    Matcher m = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!m.matches() || Long.parseLong(m.group(1)) == 0) {
      throw new TypeConversionException("'" + text + "' is no size such as 512m or 4g");
    }
    int shift = switch (m.group(2)) {
      case "k" -> 10;
      case "m" -> 20;
      default -> 30;
    };
    return Long.parseLong(m.group(1)) << shift;
  }
}
