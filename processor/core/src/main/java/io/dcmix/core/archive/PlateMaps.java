package io.dcmix.core.archive;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads plate maps from CSV and TSV files. */
public final class PlateMaps {
  private static final Pattern CONCENTRATION = Pattern.compile("([0-9.eE+-]+)\\s*(\\S.*)?");

  private final Csv table;
  private final PlateMapColumns columns;
  private final List<String> problems = new ArrayList<>();
  private final Map<WellAddress, PlateMap.Content> wells = new HashMap<>();
  private final Map<WellAddress, Integer> lines = new HashMap<>();

  private final List<Integer> well;
  private final List<Integer> row;
  private final List<Integer> column;
  private final List<Integer> role;
  private final List<Integer> treatment;
  private final List<Integer> concentration;
  private final List<Integer> unit;

  private PlateMaps(Csv table, PlateMapColumns columns) {
    this.table = table;
    this.columns = columns;
    well = find(columns.well(), PlateMapColumns.WELL);
    row = find(columns.row(), PlateMapColumns.ROW);
    column = find(columns.column(), PlateMapColumns.COLUMN);
    role = find(columns.role(), PlateMapColumns.ROLE);
    treatment = find(columns.treatment(), PlateMapColumns.TREATMENT);
    concentration = find(columns.concentration(), PlateMapColumns.CONCENTRATION);
    unit = find(columns.unit(), PlateMapColumns.UNIT);
  }

  /**
   * Reads a plate map. Several lines may speak of one well, as in lists of images, if they agree.
   *
   * @return the wells of the map, on the smallest plate that holds them
   * @throws ArchiveException with every bad line at once
   * @throws IOException if the file cannot be read
   */
  public static PlateMap read(Path file, PlateMapColumns columns) throws IOException {
    PlateMaps reader = new PlateMaps(Csv.read(file), columns);
    reader.read();
    if (reader.problems.isEmpty() && reader.wells.isEmpty()) {
      reader.problems.add("describes no well");
    }
    if (!reader.problems.isEmpty()) {
      throw new ArchiveException("Plate map " + file, reader.problems);
    }
    Path name = file.getFileName();
    return new PlateMap(PlateFormat.holding(reader.wells.keySet()), reader.wells, (name == null ? file : name).toString());
  }

  private void read() {
    if (well.isEmpty() && (row.isEmpty() || column.isEmpty())) {
      problems.add("has no column with the well, nor one for row and one for column; it has " + table.header()
          + ". Name them by plateMap.well, or plateMap.row and plateMap.column");
    }
    if (problems.isEmpty()) {
      table.rows().forEach(this::read);
    }
  }

  private void read(Csv.Row line) {
    try {
      if (line.cells().size() != table.header().size()) {
        throw new IllegalArgumentException(
            "has %d cells, the header has %d".formatted(line.cells().size(), table.header().size()));
      }
      WellAddress address = well.isEmpty()
          ? WellText.of(first(line, row), first(line, column), 1, 1)
          : WellAddress.parse(first(line, well));
      PlateMap.Content content = content(line);
      PlateMap.Content before = wells.putIfAbsent(address, content);
      Integer earlier = lines.putIfAbsent(address, line.line());
      if (before != null && !before.equals(content)) {
        throw new IllegalArgumentException("says otherwise of well " + address + " than line " + earlier);
      }
    } catch (IllegalArgumentException e) {
      problems.add("line " + line.line() + ": " + e.getMessage());
    }
  }

  private PlateMap.Content content(Csv.Row line) {
    String what = first(line, treatment);
    Matcher dose = CONCENTRATION.matcher(first(line, concentration));
    if (first(line, concentration).isEmpty()) {
      return new PlateMap.Content(role(first(line, role)), what.isEmpty() ? null : what, null, null);
    }
    if (!dose.matches()) {
      throw new IllegalArgumentException("'" + first(line, concentration) + "' is not a concentration");
    }
    return new PlateMap.Content(
        role(first(line, role)), what.isEmpty() ? null : what, amount(dose.group(1)), unit(dose.group(2), first(line, unit)));
  }

  private WellRole role(String text) {
    WellRole own = columns.roles().get(text);
    Optional<WellRole> role = own == null ? WellRoles.parse(text) : Optional.of(own);
    return role.orElseThrow(() -> new IllegalArgumentException(
        "'%s' is no role that is known; say what it means by plateMap.roles, as in %s=negative".formatted(text, text)));
  }

  private @Nullable String unit(@Nullable String beside, String own) {
    String text = beside != null ? beside : !own.isEmpty() ? own : columns.fixedUnit();
    // Micro is written as the Greek letter, the micro sign or u; the events have u.
    return text == null ? null : text.strip().replace('\u00B5', 'u').replace('\u03BC', 'u');
  }

  private static double amount(String text) {
    double amount;
    try {
      amount = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a concentration", e);
    }
    if (amount < 0 || Double.isInfinite(amount)) {
      throw new IllegalArgumentException("The concentration '" + text + "' must be 0 or more");
    }
    return amount;
  }

  /** The first cell among the columns that is not blank. */
  private static String first(Csv.Row line, List<Integer> columns) {
    return columns.stream().map(line.cells()::get).filter(c -> !c.isEmpty()).findFirst().orElse("");
  }

  /** Indexes of the named column, or of all columns with a usual name, the more telling ones first. */
  private List<Integer> find(@Nullable String name, List<String> usual) {
    List<String> header = table.header();
    if (name != null) {
      int index = header.indexOf(name);
      if (index < 0) {
        problems.add("has no column '" + name + "'; it has " + header);
      }
      return index < 0 ? List.of() : List.of(index);
    }
    List<String> plain = header.stream().map(PlateMaps::plain).toList();
    return usual.stream().map(plain::indexOf).filter(i -> i >= 0).toList();
  }

  private static String plain(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return plain.startsWith("metadata") ? plain.substring("metadata".length()) : plain;
  }
}
