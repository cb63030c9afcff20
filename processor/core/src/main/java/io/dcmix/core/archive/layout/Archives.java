package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedArchive;
import io.dcmix.core.archive.OpenedArchive;
import io.dcmix.core.archive.PatternLayout;
import io.dcmix.core.archive.PatternSpec;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.PlateMapColumns;
import io.dcmix.core.archive.PlateMaps;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Opens the plates of a folder, whatever its layout, each with what is in its wells. */
public final class Archives {
  private Archives() {}

  /**
   * How a folder is read, where a person knows better.
   *
   * @param layout its layout's name; null takes the pattern where there is a description, else the first that the folder looks like
   * @param description of the layout pattern; null takes {@value PatternSpec#FILE_NAME} in the folder, if it is there
   * @param plateMap what is in the wells; null takes what the description or the index says. Its columns are those that the description
   *     names, else known by their own names
   */
  public record Reading(@Nullable String layout, @Nullable Path description, @Nullable Path plateMap, ArchiveOptions options) {
    /** As it lies there. */
    public static final Reading PLAIN = new Reading(null, null, null, ArchiveOptions.NONE);

    /** By a description; null takes the one in the folder, if it is there. */
    public static Reading by(@Nullable Path description) {
      return new Reading(null, description, null, ArchiveOptions.NONE);
    }
  }

  /**
   * Opens the only plate of a folder, or the one that the options choose among several.
   *
   * @throws ArchiveException with everything that keeps it from being read; naming the plates if there are several
   */
  public static OpenedArchive one(Path folder, Reading reading) throws IOException {
    List<OpenedArchive> plates = all(folder, reading);
    if (plates.size() != 1) {
      List<String> keys = plates.stream().map(plate -> Shown.of(plate.archive().key().toString())).limit(10).toList();
      throw new ArchiveException("Archive " + folder, plates.isEmpty() ? "holds no plate"
          : "holds %d plates (plate/acquisition), %s%s: choose one with --plate or --acquisition".formatted(
              plates.size(), keys.size() < plates.size() ? "such as " : "", keys));
    }
    return plates.getFirst();
  }

  /**
   * Opens all plates of a folder, in the order of their keys. What is to be known of the folder as a whole stands with each of them.
   *
   * @throws ArchiveException with everything that keeps it from being read
   */
  public static List<OpenedArchive> all(Path folder, Reading reading) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new ArchiveException("Archive " + folder, "is not a folder");
    }
    FolderScan scan = FolderScan.of(folder);
    Path description = description(folder, reading);
    PatternSpec spec = description == null ? null : PatternSpec.read(description);
    ArchiveIndex index = spec == null ? FoundArchive.open(scan, fitting(scan, reading.layout()), reading.options()).index()
        : PatternLayout.read(scan, spec, map(scan, spec, reading), reading.options());
    List<OpenedArchive> plates = new ArrayList<>();
    for (PlateIndex plate : index.plates()) {
      PlateMap map = spec != null || reading.plateMap() == null ? plate.map()
          : PlateMaps.read(reading.plateMap(), PlateMapColumns.AUTOMATIC, plate.key().plate());
      IndexedArchive archive = new IndexedArchive(scan.root(), plate);
      List<String> warnings = warnings(index.findings());
      addMissing(warnings, archive, map);
      plates.add(new OpenedArchive(archive, map, warnings));
    }
    return plates;
  }

  /** The description that the folder is read by; null if it is read by another layout than the pattern. */
  private static @Nullable Path description(Path folder, Reading reading) throws ArchiveException {
    boolean pattern = reading.layout() == null || reading.layout().equals(PatternLayout.NAME);
    Path given = reading.description();
    if (given != null && !pattern) {
      throw new ArchiveException("Archive " + folder, "a description is for the layout %s, not for %s".formatted(PatternLayout.NAME, reading.layout()));
    }
    if (given != null && !Files.exists(given)) {
      throw new ArchiveException("Archive " + folder, "the description " + given + " does not exist");
    }
    Path inside = folder.resolve(PatternSpec.FILE_NAME);
    return given != null ? given : pattern && Files.exists(inside) ? inside : null;
  }

  private static List<ArchiveLayout> fitting(FolderScan scan, @Nullable String layout) throws IOException {
    return layout == null ? ArchiveLayouts.recognise(scan) : List.of(ArchiveLayouts.named(layout));
  }

  private static @Nullable PlateMap map(FolderScan scan, PatternSpec spec, Reading reading) throws IOException {
    String named = spec.plateMap();
    Path file = reading.plateMap() != null ? reading.plateMap() : named == null ? null : scan.root().resolve(named);
    String plate = reading.options().plate() == null ? spec.plate() : reading.options().plate();
    return file == null ? null : PlateMaps.read(file, spec.columns(), plate);
  }

  private static List<String> warnings(Findings findings) {
    List<String> warnings = new ArrayList<>(findings.warnings());
    findings.ignored().forEach((why, group) ->
        warnings.add("%d files were ignored (%s), such as %s".formatted(group.count(), why, group.examples())));
    return warnings;
  }

  private static void addMissing(List<String> warnings, PlateArchive archive, @Nullable PlateMap map) {
    if (map == null) {
      warnings.add("there is no plate map, so nothing is known of what is in the wells");
      return;
    }
    TreeSet<WellAddress> unmapped = new TreeSet<>();
    archive.planes().forEach(p -> unmapped.add(p.well()));
    unmapped.removeAll(map.wells().keySet());
    if (!unmapped.isEmpty()) {
      warnings.add("%d imaged wells are not on the plate map: %s".formatted(unmapped.size(), unmapped));
    }
  }
}
