package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What MetaXpress declares of an acquisition in its {@code .HTD}: lines of {@code "Key", value, value}, in a Windows encoding that
 * nothing names. A part that is missing or cannot be read is null, and told.
 *
 * @param format size of the plate
 * @param wells those that are selected
 * @param sites how many are taken in each well, and which of the grid they are
 * @param waves names of the channels by their numbers, from 1
 * @param irregular the waves that may not be taken at every timepoint
 * @param timepoints numbers, from 1
 * @param steps focal planes, from 1; empty where no stacks are taken
 */
record Htd(
    @Nullable PlateFormat format, @Nullable SortedSet<WellAddress> wells, @Nullable Sites sites, @Nullable SortedMap<Integer, String> waves,
    SortedSet<Integer> irregular, @Nullable SortedSet<Integer> timepoints, @Nullable SortedSet<Integer> steps) {
  /** Nothing is promised. */
  static final Htd NONE = new Htd(null, null, null, null, new TreeSet<>(), null, null);

  private static final String BEGIN = "\"HTSInfoFile\"";
  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_SITES = 10_000;
  private static final int MAX_STEPS = 1_000;
  private static final int MAX_TIMEPOINTS = 100_000;
  private static final int MAX_WAVES = 9;
  private static final Pattern LINE = Pattern.compile("\"([^\"]{1,200})\"\\s*,\\s*(.*)", Pattern.DOTALL);

  /**
   * The sites of a well.
   *
   * @param grid numbers of the selected places, counted row by row from 1
   */
  record Sites(SortedSet<Integer> grid) {
    /** The numbers that they have if only selected places are counted. */
    SortedSet<Integer> counted() {
      return upTo(grid.size());
    }
  }

  /** Whether a file begins like one. */
  static boolean isOne(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return begins(new String(in.readNBytes(64), StandardCharsets.ISO_8859_1));
    }
  }

  /** A byte order mark of UTF-8 does no harm. */
  private static boolean begins(String text) {
    return text.replaceFirst("^\u00EF\u00BB\u00BF", "").stripLeading().startsWith(BEGIN);
  }

  /** The beginning of a file: as much of it as is read. */
  static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_BYTES + 1);
    }
  }

  /**
   * Reads the bytes of a file.
   *
   * @param place what it is called in messages
   * @return empty if it is none, which is told
   */
  static Optional<Htd> parse(byte[] bytes, String place, Findings findings) {
    // Descriptions hold bytes of whatever encoding the computer had; all that is read here is ASCII, but for names of channels.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (bytes.length > MAX_BYTES || !begins(text)) {
      findings.warning("%s is not read: it %s".formatted(
          place, bytes.length > MAX_BYTES ? "has more than %d MiB".formatted(MAX_BYTES >> 20) : "does not begin with " + BEGIN));
      return Optional.empty();
    }
    Reader reader = new Reader(place, findings);
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size() && !reader.ended; i++) {
      reader.line(lines.get(i).strip(), i + 1);
    }
    if (!reader.ended) {
      findings.warning("%s ends at line %d without \"EndFile\": is it whole? What it does not say is taken from the files".formatted(place, lines.size()));
    }
    return Optional.of(reader.htd());
  }

  private static SortedSet<Integer> upTo(int last) {
    SortedSet<Integer> numbers = new TreeSet<>();
    for (int i = 1; i <= last; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  private static final class Reader {
    private record Values(List<String> texts, int line) {}

    private final String place;
    private final Findings findings;
    private final Map<String, Values> entries = new HashMap<>();
    private boolean ended;

    Reader(String place, Findings findings) {
      this.place = place;
      this.findings = findings;
    }

    void line(String line, int number) {
      if (line.equals("\"EndFile\"")) {
        ended = true;
        return;
      }
      Matcher m = LINE.matcher(line);
      // A description may go on in lines of its own; nothing that is read here does.
      if (m.matches()) {
        entries.putIfAbsent(m.group(1), new Values(split(m.group(2)), number));
      }
    }

    Htd htd() {
      Integer rows = number("YWells", 1, WellAddress.MAX_ROWS);
      Integer columns = number("XWells", 1, WellAddress.MAX_COLUMNS);
      SortedMap<Integer, String> waves = waves();
      return new Htd(
          rows == null || columns == null ? null : PlateSizes.of(rows, columns, place, findings), rows == null ? null : wells(rows), sites(), waves,
          irregular(waves), timepoints(), steps());
    }

    private static @Nullable String name(String text) {
      try {
        return PlateBuilder.text(text, "wave's name");
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    private @Nullable SortedSet<WellAddress> wells(int rows) {
      SortedSet<WellAddress> wells = new TreeSet<>();
      for (int row = 0; row < rows; row++) {
        List<Boolean> selected = flags("WellsSelection" + (row + 1), WellAddress.MAX_COLUMNS);
        if (selected == null) {
          return null;
        }
        for (int column = 0; column < selected.size(); column++) {
          if (selected.get(column)) {
            wells.add(new WellAddress(row, column));
          }
        }
      }
      return wells;
    }

    private @Nullable Sites sites() {
      Boolean several = flag("Sites");
      if (several == null) {
        return null;
      }
      if (!several) {
        return new Sites(upTo(1));
      }
      Integer width = number("XSites", 1, MAX_SITES);
      Integer height = number("YSites", 1, MAX_SITES);
      if (width == null || height == null || (long) width * height > MAX_SITES) {
        return null;
      }
      SortedSet<Integer> grid = new TreeSet<>();
      for (int row = 0; row < height; row++) {
        List<Boolean> selected = flags("SiteSelection" + (row + 1), width);
        if (selected == null) {
          return null;
        }
        for (int column = 0; column < selected.size(); column++) {
          if (selected.get(column)) {
            grid.add(row * width + column + 1);
          }
        }
      }
      return grid.isEmpty() ? null : new Sites(grid);
    }

    private @Nullable SortedMap<Integer, String> waves() {
      Boolean several = flag("Waves");
      if (several == null) {
        return null;
      }
      Integer count = several ? number("NWavelengths", 1, MAX_WAVES) : Integer.valueOf(1);
      if (count == null) {
        return null;
      }
      SortedMap<Integer, String> waves = new TreeMap<>();
      for (int wave = 1; wave <= count; wave++) {
        Values name = entries.get("WaveName" + wave);
        String usable = name == null ? null : name(name.texts.getFirst());
        if (usable == null) {
          findings.warning("%s: wave %d has no name and is called w%d".formatted(place, wave, wave));
        }
        waves.put(wave, usable == null ? "w" + wave : usable);
      }
      return waves;
    }

    /** Of WaveCollect only 1 was ever seen. What else it may be is not known, so nothing is promised then. */
    private SortedSet<Integer> irregular(@Nullable SortedMap<Integer, String> waves) {
      SortedSet<Integer> irregular = new TreeSet<>();
      if (waves != null) {
        waves.forEach((wave, name) -> {
          Values collect = entries.get("WaveCollect" + wave);
          if (collect != null && !collect.texts.getFirst().equals("1")) {
            irregular.add(wave);
            findings.warning("%s, line %d: WaveCollect%d is %s, not 1, so what the disk lacks of %s is not counted as missing".formatted(
                place, collect.line, wave, Shown.of(collect.texts.getFirst()), Shown.of(name)));
          }
        });
      }
      return irregular;
    }

    private @Nullable SortedSet<Integer> timepoints() {
      Integer count = number("TimePoints", 0, MAX_TIMEPOINTS);
      return count == null ? null : upTo(Math.max(count, 1));
    }

    private @Nullable SortedSet<Integer> steps() {
      Boolean stacks = flag("ZSeries");
      if (stacks == null || !stacks) {
        return stacks == null ? null : new TreeSet<>();
      }
      Integer count = number("ZSteps", 0, MAX_STEPS);
      return count == null || count == 0 ? null : upTo(count);
    }

    private @Nullable Integer number(String key, int from, int to) {
      Values values = entries.get(key);
      if (values == null) {
        return null;
      }
      String text = values.texts.getFirst();
      try {
        int number = Integer.parseInt(text);
        if (number >= from && number <= to) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Told below.
      }
      wrong(key, values, "not a number from %d to %d".formatted(from, to));
      return null;
    }

    private @Nullable Boolean flag(String key) {
      Values values = entries.get(key);
      if (values == null) {
        return null;
      }
      Boolean flag = truth(values.texts.getFirst());
      if (flag == null) {
        wrong(key, values, "neither TRUE nor FALSE");
      }
      return flag;
    }

    private @Nullable List<Boolean> flags(String key, int most) {
      Values values = entries.get(key);
      if (values == null) {
        return null;
      }
      if (values.texts.size() > most) {
        wrong(key, values, "of more than %d values".formatted(most));
        return null;
      }
      List<Boolean> flags = new ArrayList<>();
      for (String text : values.texts) {
        Boolean flag = truth(text);
        if (flag == null) {
          wrong(key, values, "neither TRUE nor FALSE");
          return null;
        }
        flags.add(flag);
      }
      return flags;
    }

    private static @Nullable Boolean truth(String text) {
      return switch (text.toUpperCase(Locale.ROOT)) {
        case "TRUE" -> Boolean.TRUE;
        case "FALSE" -> Boolean.FALSE;
        default -> null;
      };
    }

    private void wrong(String key, Values values, String what) {
      findings.warning("%s, line %d: %s is %s, %s; it is taken from the files".formatted(
          place, values.line, Shown.of(key), Shown.of(String.join(", ", values.texts)), what));
    }

    /** The values of a line; a comma between quotes parts nothing. */
    private static List<String> split(String text) {
      List<String> values = new ArrayList<>();
      StringBuilder value = new StringBuilder();
      boolean quoted = false;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '"') {
          quoted = !quoted;
        } else if (c == ',' && !quoted) {
          values.add(value.toString().strip());
          value.setLength(0);
        } else {
          value.append(c);
        }
      }
      values.add(value.toString().strip());
      return values;
    }
  }
}
