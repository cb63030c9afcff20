package io.dcmix.core.archive;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Maps shaped like the plate: a line of column numbers, and below it a line for each row that begins with its letter. Several
 * such grids may follow each other, each with what it holds in its upper left corner: role, treatment or concentration. A grid
 * with another corner holds either: a cell that is a role gives the role, any other text is a treatment of a sample.
 */
final class PlateGrid {
  private static final String WELL = "well";
  private static final String ROLE = "role";
  private static final String TREATMENT = "treatment";

  private PlateGrid() {}

  /**
   * The grids as a list of wells; null if the rows are no grid.
   *
   * @throws ArchiveException if they begin like one and do not go on
   */
  static @Nullable Csv table(List<Csv.Row> rows, PlateMapColumns columns, String place) throws ArchiveException {
    if (rows.isEmpty() || width(rows.getFirst()) == 0) {
      return null;
    }
    List<String> header = new ArrayList<>(List.of(WELL, ROLE, TREATMENT));
    Map<WellAddress, Map<String, String>> wells = new TreeMap<>();
    Map<WellAddress, Integer> lines = new LinkedHashMap<>();
    Set<String> layers = new HashSet<>();
    String layer = "";
    int width = 0;
    for (Csv.Row row : rows) {
      if (width(row) > 0) {
        width = width(row);
        layer = layer(row.cells().getFirst());
        if (!layers.add(layer) || (layer.isEmpty() && layers.size() > 1)) {
          throw new ArchiveException(place, "line %d: is a second grid; say in the upper left corner of each what it holds: role, treatment or concentration"
              .formatted(row.line()));
        }
        if (!layer.isEmpty() && !header.contains(layer)) {
          header.add(layer);
        }
        continue;
      }
      for (int c = 1; c < row.cells().size(); c++) {
        String cell = Csv.text(row.cells().get(c));
        if (cell.isEmpty()) {
          continue;
        }
        WellAddress well = well(row, c, width, place);
        lines.putIfAbsent(well, row.line());
        Map<String, String> content = wells.computeIfAbsent(well, any -> new LinkedHashMap<>());
        if (layer.isEmpty()) {
          put(content, cell, columns);
        } else {
          content.put(layer, cell);
        }
      }
    }
    List<Csv.Row> list = new ArrayList<>();
    wells.forEach((well, content) -> {
      List<String> cells = new ArrayList<>(header.stream().map(name -> content.getOrDefault(name, "")).toList());
      cells.set(0, well.toString());
      list.add(new Csv.Row(lines.getOrDefault(well, 0), List.copyOf(cells)));
    });
    return new Csv(List.copyOf(header), list);
  }

  private static void put(Map<String, String> content, String cell, PlateMapColumns columns) {
    WellRole own = columns.roles().get(cell);
    if (own == null && WellRoles.parse(cell).isPresent()) {
      content.put(ROLE, cell);
    } else {
      content.put(ROLE, own == null ? "sample" : cell);
      content.put(TREATMENT, cell);
    }
  }

  private static WellAddress well(Csv.Row row, int column, int width, String place) throws ArchiveException {
    try {
      if (column > width) {
        throw new IllegalArgumentException("has text in column %d; the grid has %d".formatted(column, width));
      }
      return WellAddress.parse(row.cells().getFirst() + column);
    } catch (IllegalArgumentException e) {
      throw new ArchiveException(place, "line " + row.line() + ": " + Shown.of(String.valueOf(e.getMessage())));
    }
  }

  /** The number of columns, if this is a grid's first line: anything, then 1, 2, 3 and so on; else 0. */
  private static int width(Csv.Row row) {
    List<String> cells = row.cells();
    int width = 0;
    while (width + 1 < cells.size() && cells.get(width + 1).matches("0?" + (width + 1))) {
      width++;
    }
    boolean rest = cells.subList(Math.min(width + 1, cells.size()), cells.size()).stream().allMatch(String::isEmpty);
    return rest && width >= 2 ? width : 0;
  }

  /** The column that a corner stands for; empty if it names none. */
  private static String layer(String corner) {
    String plain = ColumnNames.plain(corner);
    if (PlateMapColumns.ROLE.contains(plain)) {
      return ROLE;
    }
    return PlateMapColumns.TREATMENT.contains(plain) ? TREATMENT : Dose.Column.of(corner).holds() ? corner : "";
  }
}
