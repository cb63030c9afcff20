package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.Csv;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.PlateMapColumns;
import io.dcmix.core.archive.PlateMapFile;
import io.dcmix.core.archive.PlateMaps;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code metadata.csv} of RxRx1: one line a site, and what is in its well.
 *
 * @param source its name; null if there is no table
 * @param sites that it lists, by plate ({@code HEPG2-01_1}) and well
 * @param maps by plate
 */
record RxRx1Metadata(
    @Nullable String source, Map<String, SortedMap<WellAddress, SortedSet<Integer>>> sites, SortedMap<String, PlateMap> maps) {
  private static final RxRx1Metadata NONE = new RxRx1Metadata(null, Map.of(), new TreeMap<>());
  private static final List<String> NAMES = List.of("metadata.csv", "metadata.csv.gz");
  private static final List<String> COLUMNS = List.of("experiment", "plate", "well", "site");

  /** Reads the table that lies highest; without one, nothing is listed and the findings say so. */
  static RxRx1Metadata read(FolderScan folder, ListedFiles files, Findings findings) throws IOException {
    List<Path> tables = folder.files().stream().filter(file -> NAMES.contains(ListedFiles.fileName(file)))
        .sorted(Comparator.comparingInt(Path::getNameCount)).toList();
    for (Path table : tables) {
      files.find(table);
      try {
        Csv csv = Csv.read(table);
        if (csv.header().containsAll(COLUMNS)) {
          PlateMapFile maps = PlateMaps.readAll(table, PlateMapColumns.AUTOMATIC, PlateFormat.WELLS_384, null);
          maps.problems().forEach(problem -> findings.warning(folder.name(table) + ": " + problem));
          maps.warnings().forEach(warning -> findings.warning(folder.name(table) + ": " + warning));
          return new RxRx1Metadata(folder.name(table), sites(csv, folder.name(table), findings), maps.maps());
        }
        findings.ignored("not a table of sites", folder.name(table));
      } catch (ArchiveException e) {
        findings.warning(String.valueOf(e.getMessage()));
      }
    }
    findings.warning("there is no metadata.csv, so nothing is known of what is in the wells, nor of sites without any file");
    return NONE;
  }

  private static Map<String, SortedMap<WellAddress, SortedSet<Integer>>> sites(Csv table, String name, Findings findings) {
    int[] columns = COLUMNS.stream().mapToInt(table.header()::indexOf).toArray();
    Map<String, SortedMap<WellAddress, SortedSet<Integer>>> sites = new TreeMap<>();
    for (Csv.Row row : table.rows()) {
      try {
        if (row.cells().size() == table.header().size()) {
          String plate = RxRx1.plate(row.cells().get(columns[0]), row.cells().get(columns[1]));
          WellAddress well = WellAddress.parse(row.cells().get(columns[2]));
          sites.computeIfAbsent(plate, any -> new TreeMap<>()).computeIfAbsent(well, any -> new TreeSet<>())
              .add(Integer.parseInt(row.cells().get(columns[3])));
        }
      } catch (IllegalArgumentException e) {
        findings.warning("%s: line %d: a site is left out: %s".formatted(name, row.line(), Shown.of(String.valueOf(e.getMessage()))));
      }
    }
    return sites;
  }

  /** The wells of a plate with the sites that are listed; empty if nothing is. */
  SortedMap<WellAddress, SortedSet<Integer>> of(String plate) {
    return sites.getOrDefault(plate, new TreeMap<>());
  }
}
