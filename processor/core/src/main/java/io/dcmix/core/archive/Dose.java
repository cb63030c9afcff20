package io.dcmix.core.archive;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A concentration as plate maps write it.
 *
 * @param amount 0 or more
 * @param unit as the events have it: pM, nM, uM, mM, M; another unit as it is written; null if none is
 */
record Dose(double amount, @Nullable String unit) {
  private static final Pattern TEXT = Pattern.compile("([+-]?(?:\\d+(?:[.,]\\d*)?|[.,]\\d+)(?:[eE][+-]?\\d+)?)\\s*(.*)");

  /** 1,000 may be a thousand or one; 0,125 is an eighth wherever it is written. */
  private static final Pattern AMBIGUOUS = Pattern.compile("[+-]?[1-9]\\d{0,2},\\d{3}");
  private static final int MAX_UNIT = 24;

  private static final Map<String, String> MOLAR = Map.of("pm", "pM", "nm", "nM", "um", "uM", "mm", "mM");
  private static final Pattern MOLES = Pattern.compile("([pnum]?)(?:(?:mol|moles)(?:/l|/liter|/litre|perl|perliter|perlitre|l)|molar)");
  private static final Pattern BRACKETS = Pattern.compile("(.*\\S)\\s*[(\\[]\\s*(\\S.*?)\\s*[)\\]]\\s*");
  private static final List<String> STEMS =
      List.of("finalconcentration", "compoundconcentration", "concentration", "finalconc", "compoundconc", "conc", "sbsdoses", "dose");

  /**
   * Reads {@code 2.5}, {@code 2,5 µM}, {@code 10ng/ml}, {@code 1e-6 M}.
   *
   * @throws IllegalArgumentException if that is no amount of 0 or more
   */
  static Dose parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("'" + Shown.of(text) + "' is not a concentration, such as 2.5 or 2.5 uM");
    }
    if (AMBIGUOUS.matcher(m.group(1)).matches()) {
      throw new IllegalArgumentException("'%s' may be %s or %s; write it without the comma".formatted(
          Shown.of(text), m.group(1).replace(",", ""), m.group(1).replace(',', '.')));
    }
    double amount = Double.parseDouble(m.group(1).replace(',', '.'));
    if (amount < 0 || Double.isInfinite(amount)) {
      throw new IllegalArgumentException("The concentration '" + Shown.of(text) + "' must be 0 or more" + (amount < 0 ? "" : " and finite"));
    }
    return new Dose(amount == 0 ? 0 : amount, m.group(2).isEmpty() ? null : unit(m.group(2)));
  }

  /**
   * A unit as the events write it. Micro is written as the Greek letter, the micro sign or u; the events have u.
   *
   * @throws IllegalArgumentException if it is too long to be one
   */
  static String unit(String text) {
    String plain = text.strip().replace('\u00B5', 'u').replace('\u03BC', 'u');
    String lower = plain.toLowerCase(Locale.ROOT);
    Matcher moles = MOLES.matcher(lower.replaceAll("[\\s_]", ""));
    if (moles.matches()) {
      return moles.group(1) + "M";
    }
    if (plain.length() > MAX_UNIT || plain.codePoints().anyMatch(Shown::isControl) || (!plain.isEmpty() && Character.isDigit(plain.charAt(0)))) {
      throw new IllegalArgumentException("'" + Shown.of(text) + "' is not a unit, such as uM");
    }
    return MOLAR.getOrDefault(lower, plain);
  }

  /** What the name of a column says: whether it holds concentrations, and in which unit. */
  record Column(boolean holds, @Nullable String unit) {
    private static final Column NONE = new Column(false, null);

    /**
     * Reads {@code Concentration}, {@code conc_uM}, {@code Dose [nM]}, {@code Final concentration (ng/ml)},
     * {@code Metadata_mmoles_per_liter}.
     */
    static Column of(String name) {
      Matcher brackets = BRACKETS.matcher(name);
      if (brackets.matches()) {
        boolean holds = STEMS.contains(ColumnNames.plain(brackets.group(1)));
        return holds && brackets.group(2).length() <= MAX_UNIT ? new Column(true, unitOrNull(brackets.group(2))) : NONE;
      }
      String plain = ColumnNames.plain(name);
      Matcher moles = MOLES.matcher(plain);
      if (moles.matches() && plain.contains("per")) {
        return new Column(true, moles.group(1) + "M");
      }
      for (String stem : STEMS) {
        if (plain.startsWith(stem)) {
          String rest = plain.substring(stem.length());
          String unit = rest.startsWith("in") ? rest.substring(2) : rest;
          if (unit.isEmpty()) {
            return rest.isEmpty() ? new Column(true, null) : NONE;
          }
          Matcher per = MOLES.matcher(unit);
          return MOLAR.containsKey(unit) ? new Column(true, MOLAR.get(unit)) : per.matches() ? new Column(true, per.group(1) + "M") : NONE;
        }
      }
      return NONE;
    }

    private static @Nullable String unitOrNull(String text) {
      try {
        return Dose.unit(text);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
  }
}
