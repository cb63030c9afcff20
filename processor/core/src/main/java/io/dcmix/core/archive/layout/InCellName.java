package io.dcmix.core.archive.layout;

import io.dcmix.schema.WellAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an IN Cell says by the name of a file. Pure.
 *
 * @param site field, from 1; 1 where the name has none
 * @param channel the filters, see {@link #channel(String, String)}; empty where the name has none, as of single channels
 * @param timepoint 0-based
 * @param z focal plane, 0-based
 */
record InCellName(WellAddress well, int site, String channel, int timepoint, int z) {
  private static final Pattern NAME = Pattern.compile(
      "(?:.*_)?(?<row>[A-Z]{1,2}) - (?<column>\\d{1,2})\\((?:fld (?<field>\\d{1,6}))?(?: ?wv (?<excitation>.+?)(?: - (?<emission>.+?))?)?(?: wix \\d+)?"
          + "(?: ?z (?<z>\\d{1,6}))?(?: ?time (?<time>\\d{1,6}) - \\d+ ?ms)?\\)\\.(?:tif|tiff|TIF|TIFF|im)");

  /**
   * Reads the name of a file.
   *
   * @return empty if no IN Cell names images so
   * @throws IllegalArgumentException if it does, and there is no such plane
   */
  static Optional<InCellName> of(String name) {
    Matcher m = NAME.matcher(name);
    if (!m.matches()) {
      return Optional.empty();
    }
    String excitation = m.group("excitation");
    String emission = m.group("emission");
    return Optional.of(new InCellName(
        WellAddress.parse(m.group("row") + m.group("column")), 1 + index(m.group("field")),
        excitation == null ? "" : channel(excitation, emission == null ? "" : emission), index(m.group("time")), index(m.group("z"))));
  }

  /** The name of a channel by its filters: {@code DAPI}, or {@code DAPI - FITC} where they differ. */
  static String channel(String excitation, String emission) {
    String first = excitation.strip();
    String second = emission.strip();
    return second.isEmpty() || first.equals(second) ? first : first.isEmpty() ? second : first + " - " + second;
  }

  /** 0-based, of a number that counts from 1; 0 if there is none. */
  private static int index(@Nullable String number) {
    if (number == null) {
      return 0;
    }
    int index = Integer.parseInt(number) - 1;
    if (index < 0) {
      throw new IllegalArgumentException("fields, timepoints and focal planes count from 1");
    }
    return index;
  }
}
