package io.dcmix.core.archive;

import io.dcmix.schema.event.Orientation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which plate uses which map, under which other barcodes it was read, and how it lay on the stage. In JUMP it is called
 * {@code barcode_platemap.csv}.
 *
 * @param source name of the file
 * @param entries one a line
 */
record BarcodeTable(String source, List<Entry> entries) {
  private static final List<String> MAP = List.of("platemapname", "platemap", "mapname", "map", "layoutname", "layout");
  private static final List<String> ALIAS = List.of("alias", "aliases");
  private static final List<String> ORIENTATION = List.of("orientation");
  private static final int MAX_BARCODE = 200;

  /**
   * One plate.
   *
   * @param line where it stands
   * @param map name of its map; empty if the table names none
   * @param aliases other texts that were read as its barcode, such as typing errors
   * @param orientation null if the table says nothing
   */
  record Entry(int line, String barcode, String map, List<String> aliases, @Nullable Orientation orientation) {}

  /** Whether a header is that of such a table, and not of a plate map. */
  static boolean isHeader(List<String> header) {
    ColumnNames names = new ColumnNames(header, new ArrayList<>());
    boolean wells = !names.find(null, PlateMapColumns.WELL).isEmpty() || !names.find(null, PlateMapColumns.COLUMN).isEmpty();
    boolean more = !names.find(null, MAP).isEmpty() || !names.find(null, ALIAS).isEmpty();
    return !wells && more && !names.find(null, PlateMapColumns.PLATE).isEmpty();
  }

  /** @param problems takes what is wrong, with the line */
  static BarcodeTable of(Csv table, String source, List<String> problems) {
    List<String> wrong = new ArrayList<>();
    ColumnNames names = new ColumnNames(table.header(), wrong);
    List<Integer> barcode = names.find(null, PlateMapColumns.PLATE);
    List<Integer> map = names.find(null, MAP);
    List<Integer> alias = names.find(null, ALIAS);
    List<Integer> orientation = names.find(null, ORIENTATION);
    if (barcode.isEmpty() || (map.isEmpty() && alias.isEmpty())) {
      wrong.add("is no table of barcodes: it needs a column such as Assay_Plate_Barcode, and Plate_Map_Name or Alias; it has " + names.shown());
    }
    List<Entry> entries = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (Csv.Row row : wrong.isEmpty() ? table.rows() : List.<Csv.Row>of()) {
      try {
        if (row.cells().size() < table.header().size()) {
          throw new IllegalArgumentException("has %d cells, the header has %d".formatted(row.cells().size(), table.header().size()));
        }
        Entry entry = new Entry(
            row.line(), barcode(first(row, barcode)), first(row, map), aliases(first(row, alias)), orientation(first(row, orientation)));
        Set<String> own = new HashSet<>(entry.aliases());
        own.add(entry.barcode());
        for (String name : own) {
          Integer earlier = seen.putIfAbsent(name, row.line());
          if (earlier != null) {
            throw new IllegalArgumentException("names %s, as line %d does".formatted(Shown.of(name), earlier));
          }
        }
        entries.add(entry);
      } catch (IllegalArgumentException e) {
        wrong.add("line " + row.line() + ": " + e.getMessage());
      }
    }
    wrong.forEach(problem -> problems.add(source + ": " + problem));
    return new BarcodeTable(source, List.copyOf(entries));
  }

  private static String first(Csv.Row row, List<Integer> columns) {
    return columns.stream().map(row.cells()::get).map(Csv::text).filter(c -> !c.isEmpty()).findFirst().orElse("");
  }

  private static List<String> aliases(String text) {
    return Arrays.stream(text.split("[|;]", -1)).map(String::strip).filter(alias -> !alias.isEmpty()).map(BarcodeTable::barcode).distinct().toList();
  }

  private static String barcode(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("names no plate");
    }
    if (text.length() > MAX_BARCODE || text.codePoints().anyMatch(Shown::isControl)) {
      throw new IllegalArgumentException("'" + Shown.of(text) + "' is no barcode");
    }
    return text;
  }

  private static @Nullable Orientation orientation(String text) {
    return text.isEmpty() ? null : orientationOf(text);
  }

  /** @throws IllegalArgumentException if it is neither */
  static Orientation orientationOf(String text) {
    return switch (ColumnNames.plain(text)) {
      case "normal", "0" -> Orientation.NORMAL;
      case "rotated180", "rotated", "180" -> Orientation.ROTATED_180;
      default -> throw new IllegalArgumentException("the orientation '" + Shown.of(text) + "' is neither normal nor rotated-180");
    };
  }
}
