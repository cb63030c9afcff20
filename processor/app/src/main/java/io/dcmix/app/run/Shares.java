package io.dcmix.app.run;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Shares as people write them, {@code 1%} or {@code 0.5 %}, to numbers of 0 to 1. A bare number could mean either, and is refused. */
public final class Shares implements ITypeConverter<Double> {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)\\s*%");

  @Override
  public Double convert(String text) {
    Matcher m = TEXT.matcher(text.strip());
    // In decimal, so that 99.9% is the same number as 0.999.
    BigDecimal share = m.matches() ? new BigDecimal(m.group(1)).movePointLeft(2) : null;
    if (share == null || share.compareTo(BigDecimal.ONE) > 0) {
      throw new TypeConversionException("'" + text + "' is no share such as 1% or 0.5%, from 0% to 100%");
    }
    return share.doubleValue();
  }
}
