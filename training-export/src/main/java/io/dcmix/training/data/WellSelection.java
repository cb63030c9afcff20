package io.dcmix.training.data;

import io.dcmix.core.cli.CliException;
import io.dcmix.schema.WellAddress;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which wells of a plate a model may learn from: {@code A-D}, {@code A-C,F}, {@code B02,B03}, or any mixture of them. */
public final class WellSelection {
  private static final Pattern ROWS = Pattern.compile("([A-Z]{1,2})(?:-([A-Z]{1,2}))?");

  private WellSelection() {}

  /**
   * Reads a selection.
   *
   * @throws CliException if a part is neither rows nor a well; the message names the part
   */
  public static Predicate<WellAddress> parse(String text) {
    Set<Integer> rows = new HashSet<>();
    Set<WellAddress> wells = new HashSet<>();
    for (String part : text.toUpperCase(Locale.ROOT).split(",", -1)) {
      Matcher m = ROWS.matcher(part.strip());
      try {
        if (m.matches()) {
          int first = row(m.group(1));
          int last = m.group(2) == null ? first : row(m.group(2));
          if (last < first) {
            throw new IllegalArgumentException("rows run backwards");
          }
          for (int row = first; row <= last; row++) {
            rows.add(row);
          }
        } else {
          wells.add(WellAddress.parse(part));
        }
      } catch (IllegalArgumentException e) {
        throw new CliException("'%s' is neither rows such as A-D nor a well such as B02 (%s)".formatted(part.strip(), e.getMessage()), e);
      }
    }
    return well -> rows.contains(well.row()) || wells.contains(well);
  }

  private static int row(String letters) {
    return WellAddress.parse(letters + "1").row();
  }
}
