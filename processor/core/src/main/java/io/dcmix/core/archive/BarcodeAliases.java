package io.dcmix.core.archive;

import io.dcmix.schema.PlateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Other names of plates: barcodes that were mistyped or misread, and what they should have been. Applied before a plate is
 * published, so that all that is known of it stands under one name. Only whole barcodes are replaced, and none that merely looks
 * alike; a barcode that is not in the table stays as it is.
 *
 * @param barcodes the right barcode by alias
 */
public record BarcodeAliases(Map<String, String> barcodes) {
  /** No plate has another name. */
  public static final BarcodeAliases NONE = new BarcodeAliases(Map.of());

  private static final List<String> HEADER = List.of("alias", "barcode");

  public BarcodeAliases {
    barcodes = Map.copyOf(barcodes);
  }

  /**
   * Reads a table with the columns {@code alias} and {@code barcode}: CSV, semicolons or tabs, in UTF-8.
   *
   * @throws ArchiveException naming every line that is wrong: a cell is empty, an alias stands for two barcodes, or for another alias
   */
  public static BarcodeAliases read(Path file) throws IOException {
    Csv table = Csv.read(file);
    if (!table.header().equals(HEADER)) {
      throw new ArchiveException(file.toString(), "line 1: the columns must be alias and barcode, not " + table.header());
    }
    Map<String, String> barcodes = new HashMap<>();
    Map<String, Integer> lines = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (Csv.Row row : table.rows()) {
      if (row.cells().size() != 2 || row.cells().stream().anyMatch(String::isEmpty)) {
        problems.add("line " + row.line() + ": needs an alias and a barcode");
        continue;
      }
      String alias = row.cells().get(0);
      String barcode = row.cells().get(1);
      String before = barcodes.putIfAbsent(alias, barcode);
      lines.putIfAbsent(alias, row.line());
      if (before != null && !before.equals(barcode)) {
        problems.add("line %d: alias %s stands for %s already, and now for %s".formatted(row.line(), alias, before, barcode));
      }
    }
    barcodes.forEach((alias, barcode) -> {
      if (barcodes.containsKey(barcode)) {
        problems.add("line %d: alias %s stands for %s, which is an alias itself: name its barcode".formatted(lines.get(alias), alias, barcode));
      }
    });
    if (!problems.isEmpty()) {
      throw new ArchiveException(file.toString(), problems);
    }
    return new BarcodeAliases(barcodes);
  }

  /** The barcode that a plate goes by. */
  public String of(String plate) {
    return barcodes.getOrDefault(plate, plate);
  }

  /** The same plate under the barcode that it goes by. */
  public PlateArchive apply(PlateArchive archive) {
    String plate = of(archive.key().plate());
    return plate.equals(archive.key().plate()) ? archive : new Renamed(archive, new PlateKey(plate, archive.key().acquisition()));
  }

  private record Renamed(PlateArchive archive, PlateKey key) implements ForwardingArchive {}
}
