package io.dcmix.core.archive;

import io.dcmix.schema.PlateFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads plate maps from CSV and TSV files: lists of wells, or grids shaped like the plate. */
public final class PlateMaps {
  private PlateMaps() {}

  /**
   * Reads the map of one plate. Several lines may speak of one well, as in lists of images, if they agree.
   *
   * @return the wells of the map, on the smallest plate that holds them
   * @throws ArchiveException with every bad line at once, or if the file describes several plates
   * @throws IOException if the file cannot be read
   */
  public static PlateMap read(Path file, PlateMapColumns columns) throws IOException {
    return read(file, columns, null);
  }

  /**
   * Reads the map of one plate.
   *
   * @param plate which one, where the file describes several
   */
  public static PlateMap read(Path file, PlateMapColumns columns, @Nullable String plate) throws IOException {
    PlateMapFile read = readAll(file, columns, null, null);
    if (!read.problems().isEmpty()) {
      throw new ArchiveException("Plate map " + file, read.problems());
    }
    PlateMap map = read.maps().size() == 1 ? read.maps().firstEntry().getValue() : plate == null ? null : read.maps().get(plate);
    if (map == null) {
      List<String> some = read.maps().keySet().stream().limit(10).map(Shown::of).toList();
      throw new ArchiveException("Plate map " + file, "describes %d plates%s, such as %s; choose one by plate = ...".formatted(
          read.maps().size(), plate == null ? "" : ", and not " + plate, some));
    }
    return map;
  }

  /**
   * Reads all plates of a file, as far as it can be read.
   *
   * @param format the plates; null takes the smallest that holds the wells of all of them
   * @param treatments a table of the treatments with a column in common with the map, as in JUMP: it adds names and roles; null if there is none
   * @throws ArchiveException if nothing of it can be read
   */
  public static PlateMapFile readAll(Path file, PlateMapColumns columns, @Nullable PlateFormat format, @Nullable Path treatments)
      throws IOException {
    List<Csv.Row> rows = Csv.readRows(file);
    Csv grid = PlateGrid.table(rows, columns, file.toString());
    Csv table = grid == null ? Csv.table(rows, file.toString()) : grid;
    if (treatments != null) {
      table = table.leftJoin(Csv.read(treatments), treatments.toString());
    }
    return new PlateMapReader(table, columns, format, name(file)).read(grid == null ? preamblePlate(rows) : null);
  }

  /** The plate that a Harmony table names above its data. */
  private static @Nullable String preamblePlate(List<Csv.Row> rows) {
    for (Csv.Row row : rows.subList(0, Csv.preamble(rows))) {
      String key = ColumnNames.plain(row.cells().getFirst());
      if (row.cells().size() > 1 && (key.equals("platename") || key.equals("plateid"))) {
        return row.cells().get(1).isEmpty() ? null : row.cells().get(1);
      }
    }
    return null;
  }

  static String name(Path file) {
    Path name = file.getFileName();
    return (name == null ? file : name).toString();
  }
}
