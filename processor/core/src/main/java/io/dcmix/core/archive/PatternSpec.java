package io.dcmix.core.archive;

import io.dcmix.schema.PlateFormat;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * How to read a folder of image files as a plate. Written as {@code key = value} lines (see docs/archives.md).
 *
 * @param pattern of the file name, or of the path below the folder where it contains a slash; its named groups
 *     are well (or row and column), channel, and optionally site, timepoint, z and plate
 * @param channels channel names by the text in the file name, in the order of the archive; empty takes that text as the name
 * @param plate barcode; null takes the group {@code plate}, else the name of the folder
 * @param acquisition id of the imaging run
 * @param instrument name of the microscope
 * @param format the plate; null takes the smallest that holds the wells
 * @param rowBase number of the first row, where rows are numbers
 * @param columnBase number of the first column
 * @param timepointBase number of the first timepoint
 * @param zBase number of the first focal plane
 * @param plateMap file of the plate map, relative to the archive's folder
 * @param columns of the plate map
 */
public record PatternSpec(
    Pattern pattern,
    Map<String, String> channels,
    @Nullable String plate,
    String acquisition,
    @Nullable String instrument,
    @Nullable PlateFormat format,
    int rowBase,
    int columnBase,
    int timepointBase,
    int zBase,
    @Nullable String plateMap,
    PlateMapColumns columns) {

  /** The file that describes an archive when it lies in its folder. */
  public static final String FILE_NAME = "dcmix-archive.properties";

  private static final long MAX_BYTES = 1 << 16;

  private static final Set<String> KEYS = new TreeSet<>(List.of(
      "pattern", "channels", "plate", "acquisition", "instrument", "wells", "rowBase", "columnBase", "timepointBase", "zBase",
      "plateMap", "plateMap.plate", "plateMap.well", "plateMap.row", "plateMap.column", "plateMap.role", "plateMap.roles", "plateMap.controls",
      "plateMap.treatment", "plateMap.concentration", "plateMap.unit", "plateMap.concentrationUnit"));

  /**
   * Reads a description from a file.
   *
   * @throws ArchiveException with everything that is wrong with it
   */
  public static PatternSpec read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
      throw new ArchiveException("Archive description " + file, "is not a text file of at most " + MAX_BYTES + " bytes");
    }
    try {
      return parse(Files.readString(file), file.toString());
    } catch (MalformedInputException e) {
      throw new ArchiveException("Archive description " + file, "is not UTF-8 text");
    }
  }

  /**
   * Reads a description. Lines are {@code key = value}; blank lines and lines that start with {@code #} are skipped.
   * Backslashes stand for themselves, unlike in Java's property files, because patterns are full of them.
   *
   * @param place where the text comes from, for messages
   */
  public static PatternSpec parse(String text, String place) throws ArchiveException {
    List<String> problems = new ArrayList<>();
    Map<String, String> values = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String stripped = line.replace("\uFEFF", "").strip();
      int equals = stripped.indexOf('=');
      if (stripped.isEmpty() || stripped.startsWith("#")) {
        continue;
      }
      String key = equals < 0 ? stripped : stripped.substring(0, equals).strip();
      if (equals < 0) {
        problems.add("line %d: '%s' is not key = value".formatted(number, stripped));
      } else if (!KEYS.contains(key)) {
        problems.add("line %d: the key '%s' is unknown; known are %s".formatted(number, key, KEYS));
      } else if (values.put(key, stripped.substring(equals + 1).strip()) != null) {
        problems.add("line %d: the key '%s' was given before".formatted(number, key));
      }
    }
    PatternSpec spec = of(values, problems);
    if (!problems.isEmpty()) {
      throw new ArchiveException("Archive description " + place, problems);
    }
    return spec;
  }

  private static PatternSpec of(Map<String, String> values, List<String> problems) {
    PlateMapColumns columns = PlateMapColumns.of(
        values, "plateMap.", values.getOrDefault("plateMap.roles", ""), values.getOrDefault("plateMap.controls", ""), problems);
    Map<String, String> channels = pairs(values.getOrDefault("channels", ""), "channels", problems);
    if (Set.copyOf(channels.values()).size() < channels.size()) {
      problems.add("channels: two of them have the same name: " + channels);
    }
    return new PatternSpec(
        pattern(values.get("pattern"), problems),
        channels,
        values.get("plate"),
        values.getOrDefault("acquisition", "1"),
        values.get("instrument"),
        format(values.get("wells"), problems),
        base(values, "rowBase", 1, problems),
        base(values, "columnBase", 1, problems),
        base(values, "timepointBase", 0, problems),
        base(values, "zBase", 0, problems),
        values.get("plateMap"),
        columns);
  }

  private static Pattern pattern(@Nullable String text, Collection<String> problems) {
    if (text == null) {
      problems.add("pattern is missing");
      return Pattern.compile("");
    }
    try {
      Pattern pattern = Pattern.compile(text);
      Set<String> groups = pattern.namedGroups().keySet();
      if (!groups.contains("well") && !groups.containsAll(List.of("row", "column"))) {
        problems.add("pattern: it needs the group (?<well>...), or (?<row>...) and (?<column>...)");
      }
      if (!groups.contains("channel")) {
        problems.add("pattern: it needs the group (?<channel>...)");
      }
      return pattern;
    } catch (PatternSyntaxException e) {
      problems.add("pattern: " + e.getDescription() + " at character " + (e.getIndex() + 1));
      return Pattern.compile("");
    }
  }

  private static @Nullable PlateFormat format(@Nullable String wells, Collection<String> problems) {
    if (wells == null) {
      return null;
    }
    for (PlateFormat format : PlateFormat.values()) {
      if (wells.equals(Integer.toString(format.size()))) {
        return format;
      }
    }
    problems.add("wells: '" + wells + "' must be one of " + Arrays.stream(PlateFormat.values()).map(PlateFormat::size).toList());
    return null;
  }

  private static int base(Map<String, String> values, String key, int otherwise, Collection<String> problems) {
    String text = values.get(key);
    if (text == null || text.equals("0") || text.equals("1")) {
      return text == null ? otherwise : Integer.parseInt(text);
    }
    problems.add(key + ": '" + text + "' must be 0 or 1");
    return otherwise;
  }

  /** Reads {@code 1=GFP,2=DNA}, keeping the order. */
  static Map<String, String> pairs(String text, String key, Collection<String> problems) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : text.isBlank() ? new String[0] : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      String left = equals < 0 ? "" : pair.substring(0, equals).strip();
      String right = pair.substring(equals + 1).strip();
      if (left.isEmpty() || right.isEmpty()) {
        problems.add("%s: '%s' is not of the form a=b".formatted(key, pair.strip()));
      } else if (pairs.put(left, right) != null) {
        problems.add("%s: '%s' is given twice".formatted(key, left));
      }
    }
    return pairs;
  }
}
