package io.dcmix.core.archive;

import io.dcmix.schema.WellAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Reads planes from file names by a pattern. Pure. */
final class FileNames {
  /** What a file name says; the plate is null where the pattern does not ask for it. */
  record Named(PlaneId id, @Nullable String plate) {}

  private final PatternSpec spec;
  private final Set<String> groups;
  private final boolean paths;

  FileNames(PatternSpec spec) {
    this.spec = spec;
    groups = spec.pattern().namedGroups().keySet();
    paths = spec.pattern().pattern().contains("/");
  }

  /**
   * Reads one name.
   *
   * @param path below the archive's folder, with slashes
   * @return empty if the pattern does not fit
   * @throws IllegalArgumentException if it fits and yet names no plane
   */
  Optional<Named> parse(String path) {
    Path name = Path.of(path).getFileName();
    Matcher m = spec.pattern().matcher(paths || name == null ? path : name.toString());
    if (!m.matches()) {
      return Optional.empty();
    }
    String well = group(m, "well");
    WellAddress address = well != null
        ? WellAddress.parse(well)
        : WellText.of(text(m, "row"), text(m, "column"), spec.rowBase(), spec.columnBase());
    PlaneId id = new PlaneId(
        address, number(m, "site", 0, 1), channel(text(m, "channel")), number(m, "timepoint", spec.timepointBase(), 0),
        number(m, "z", spec.zBase(), 0));
    return Optional.of(new Named(id, group(m, "plate")));
  }

  private String channel(String text) {
    if (spec.channels().isEmpty()) {
      return text;
    }
    String name = spec.channels().get(text);
    if (name == null) {
      throw new IllegalArgumentException("channel '" + text + "' is not among the channels " + spec.channels());
    }
    return name;
  }

  private int number(Matcher m, String group, int base, int otherwise) {
    String text = group(m, group);
    int number = text == null ? otherwise : WellText.number(text, group) - base;
    if (number < 0) {
      throw new IllegalArgumentException(group + " " + text + " lies before the first, " + base);
    }
    return number;
  }

  private String text(Matcher m, String group) {
    String text = group(m, group);
    if (text == null || text.isEmpty()) {
      throw new IllegalArgumentException("the " + group + " is empty");
    }
    return text;
  }

  private @Nullable String group(Matcher m, String group) {
    return groups.contains(group) ? m.group(group) : null;
  }
}
