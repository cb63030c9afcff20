package io.dcmix.app.run;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes in bytes as people write them: {@code 500KiB}, {@code 256MiB}, {@code 4GiB}; a bare number is bytes. */
public final class Sizes implements ITypeConverter<Long> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})\\s*(|b|kib|mib|gib)");

  @Override
  public Long convert(String text) {
    Matcher m = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!m.matches()) {
      throw new TypeConversionException("'" + text + "' is no size such as 500KiB, 256MiB or 4GiB");
    }
    long amount = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "kib" -> amount << 10;
      case "mib" -> amount << 20;
      case "gib" -> amount << 30;
      default -> amount;
    };
  }
}
