package io.dcmix.core.archive;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the lines of one table of plate maps. For one use. */
final class PlateMapReader {
  private static final int MAX_TEXT = 500;
  private static final int MAX_PLATE = 200;

  /** Plates that are counted within an experiment, as in RxRx: Plate1 of one is not Plate1 of another. */
  private static final Pattern PLATE_NUMBER = Pattern.compile("\\d{1,2}");

  private record Entry(PlateMap.Content content, int line) {}

  private record Concentration(int column, @Nullable String unit) {}

  private final Csv table;
  private final PlateMapColumns columns;
  private final @Nullable PlateFormat format;
  private final String source;
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final SortedMap<String, Map<WellAddress, Entry>> plates = new TreeMap<>();
  private final Map<String, Set<WellAddress>> contradicted = new HashMap<>();

  private final List<Integer> plate;
  private final List<Integer> experiment;
  private final List<Integer> mapName;
  private final List<Integer> well;
  private final List<Integer> row;
  private final List<Integer> column;
  private final List<Integer> role;
  private final List<Integer> treatment;
  private final List<Concentration> concentrations;
  private final List<Integer> unit;
  private boolean unitless;

  PlateMapReader(Csv table, PlateMapColumns columns, @Nullable PlateFormat format, String source) {
    this.table = table;
    this.columns = columns;
    this.format = format;
    this.source = source;
    ColumnNames names = new ColumnNames(table.header(), problems);
    plate = names.find(columns.plate(), PlateMapColumns.PLATE);
    experiment = columns.plate() == null ? names.find(null, PlateMapColumns.EXPERIMENT) : List.of();
    mapName = plate.isEmpty() ? names.find(null, PlateMapColumns.MAP_NAME) : List.of();
    boolean apart = columns.well() == null && columns.row() != null && columns.column() != null;
    well = apart ? List.of() : names.find(columns.well(), PlateMapColumns.WELL);
    row = well.isEmpty() ? names.find(columns.row(), PlateMapColumns.ROW) : List.of();
    column = well.isEmpty() ? names.find(columns.column(), PlateMapColumns.COLUMN) : List.of();
    role = names.find(columns.role(), PlateMapColumns.ROLE);
    treatment = names.find(columns.treatment(), PlateMapColumns.TREATMENT);
    concentrations = names.concentrations(columns.concentration()).stream()
        .map(i -> new Concentration(i, Dose.Column.of(table.header().get(i)).unit())).toList();
    unit = names.find(columns.unit(), PlateMapColumns.UNIT);
    if (well.isEmpty() && (row.isEmpty() || column.isEmpty())) {
      problems.add("has no column with the well, nor one for row and one for column; it has " + names.shown()
          + ". Name them by plateMap.well, or plateMap.row and plateMap.column (in the command: --columns well=...)");
    }
  }

  /** @param elsewhere the plate that the file names outside of its table; null if it does not */
  PlateMapFile read(@Nullable String elsewhere) {
    PlateMapFile.Names names = !plate.isEmpty() || elsewhere != null
        ? PlateMapFile.Names.PLATES
        : mapName.isEmpty() ? PlateMapFile.Names.NONE : PlateMapFile.Names.MAPS;
    if (problems.isEmpty()) {
      table.rows().forEach(line -> read(line, elsewhere));
      if (problems.isEmpty() && plates.isEmpty()) {
        problems.add("describes no well");
      }
    }
    if (unitless) {
      warnings.add("gives concentrations without a unit; name it by plateMap.concentrationUnit (in the command: --columns concentrationUnit=uM)");
    }
    return new PlateMapFile(source, names, maps(), problems, warnings);
  }

  /** The plates of one file are of one kind, so that a plate of which only a corner is described is not taken for a smaller one. */
  private SortedMap<String, PlateMap> maps() {
    SortedMap<String, PlateMap> maps = new TreeMap<>();
    Set<WellAddress> all = new HashSet<>();
    plates.values().forEach(wells -> all.addAll(wells.keySet()));
    if (all.isEmpty()) {
      return maps;
    }
    PlateFormat held = format == null ? PlateFormat.holding(all) : format;
    plates.forEach((name, wells) -> {
      Map<WellAddress, PlateMap.Content> contents = new HashMap<>();
      Set<WellAddress> unclear = contradicted.getOrDefault(name, Set.of());
      wells.forEach((address, entry) -> {
        if (!unclear.contains(address)) {
          contents.put(address, entry.content());
        }
      });
      maps.put(name, new PlateMap(held, contents, source));
    });
    return maps;
  }

  private void read(Csv.Row line, @Nullable String elsewhere) {
    try {
      int cells = line.cells().size();
      int wanted = table.header().size();
      // Spreadsheets leave separators behind the last column.
      if (cells < wanted || !line.cells().subList(wanted, cells).stream().allMatch(String::isEmpty)) {
        throw new IllegalArgumentException("has %d cells, the header has %d".formatted(cells, wanted));
      }
      WellAddress address = address(line);
      if (format != null && !format.contains(address)) {
        throw new IllegalArgumentException("well %s is not on a plate of %d wells".formatted(address, format.size()));
      }
      String name = plate(line, elsewhere);
      Entry entry = new Entry(content(line), line.line());
      Entry before = plates.computeIfAbsent(name, any -> new HashMap<>()).putIfAbsent(address, entry);
      if (before != null && !before.content().equals(entry.content())) {
        contradicted.computeIfAbsent(name, any -> new HashSet<>()).add(address);
        throw new IllegalArgumentException("says otherwise of well %s%s than line %d".formatted(
            address, name.isEmpty() ? "" : " of " + Shown.of(name), before.line()));
      }
    } catch (IllegalArgumentException e) {
      problems.add("line " + line.line() + ": " + e.getMessage());
    }
  }

  private WellAddress address(Csv.Row line) {
    try {
      return well.isEmpty() ? WellText.of(first(line, row), first(line, column), 1, 1) : WellAddress.parse(first(line, well));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(Shown.of(String.valueOf(e.getMessage())), e);
    }
  }

  private String plate(Csv.Row line, @Nullable String elsewhere) {
    if (plate.isEmpty()) {
      return elsewhere != null ? elsewhere : mapName.isEmpty() ? "" : text(line, mapName, "plate map name", MAX_PLATE);
    }
    String name = text(line, plate, "plate", MAX_PLATE);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("names no plate");
    }
    String within = text(line, experiment, "experiment", MAX_PLATE);
    return !within.isEmpty() && PLATE_NUMBER.matcher(name).matches() ? within + "_" + name : name;
  }

  private PlateMap.Content content(Csv.Row line) {
    String what = text(line, treatment, "treatment", MAX_TEXT);
    WellRole purpose = role(first(line, role), what);
    Dose dose = dose(line);
    return new PlateMap.Content(purpose, what.isEmpty() ? null : what, dose == null ? null : dose.amount(), dose == null ? null : dose.unit());
  }

  private WellRole role(String text, String what) {
    WellRole control = columns.controls().get(what);
    if (control != null) {
      return control;
    }
    WellRole own = columns.roles().get(text);
    WellRole known = own != null ? own : WellRoles.parse(text).orElseThrow(() -> new IllegalArgumentException(
        text.toLowerCase(Locale.ROOT).equals("control")
            ? "'%s' does not say which: negative or positive".formatted(text)
            : "'%s' is no role that is known; say what it means by plateMap.roles (in the command: --roles), as in %s=negative"
                .formatted(Shown.of(text), Shown.of(text))));
    return known == WellRole.UNKNOWN && own == null && !columns.controls().isEmpty() && !what.isEmpty() ? WellRole.SAMPLE : known;
  }

  private @Nullable Dose dose(Csv.Row line) {
    for (Concentration at : concentrations) {
      String text = Csv.text(line.cells().get(at.column()));
      if (!text.isEmpty()) {
        Dose dose = Dose.parse(text);
        String beside = first(line, unit);
        String named = dose.unit() != null ? dose.unit()
            : !beside.isEmpty() ? Dose.unit(beside)
            : columns.fixedUnit() != null ? Dose.unit(columns.fixedUnit()) : at.unit();
        unitless |= named == null && dose.amount() > 0;
        return new Dose(dose.amount(), named);
      }
    }
    return null;
  }

  private static String text(Csv.Row line, List<Integer> columns, String what, int limit) {
    String text = first(line, columns);
    if (text.length() > limit) {
      throw new IllegalArgumentException("the %s '%s' has %d characters; the limit is %d".formatted(what, Shown.of(text), text.length(), limit));
    }
    if (text.codePoints().anyMatch(Shown::isControl)) {
      throw new IllegalArgumentException("the %s '%s' has a line break or another control character".formatted(what, Shown.of(text)));
    }
    return text;
  }

  /** The first cell among the columns that says something. */
  private static String first(Csv.Row line, List<Integer> columns) {
    return columns.stream().map(line.cells()::get).map(Csv::text).filter(c -> !c.isEmpty()).findFirst().orElse("");
  }
}
