package io.dcmix.core.archive;

import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Opens archives from disk. */
public final class Archives {
  private Archives() {}

  /**
   * Opens a folder.
   *
   * @param folder where the images lie
   * @param specFile how to read it; null takes {@value PatternSpec#FILE_NAME} in the folder
   * @throws ArchiveException with everything that keeps it from being read
   */
  public static OpenedArchive open(Path folder, @Nullable Path specFile) throws IOException {
    return open(folder, specFile, null);
  }

  /**
   * Opens a folder with another plate map than the one its description names.
   *
   * @param mapFile the plate map; null takes the description's, relative to the folder
   */
  public static OpenedArchive open(Path folder, @Nullable Path specFile, @Nullable Path mapFile) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new ArchiveException("Archive " + folder, "is not a folder");
    }
    Path description = specFile == null ? folder.resolve(PatternSpec.FILE_NAME) : specFile;
    if (!Files.exists(description)) {
      throw new ArchiveException("Archive " + folder, specFile == null
          ? "has no " + PatternSpec.FILE_NAME + ", which says how files are named; write one (docs/archives.md) or name another file"
          : "the description " + specFile + " does not exist");
    }
    PatternSpec spec = PatternSpec.read(description);
    String named = spec.plateMap();
    Path mapPath = mapFile != null ? mapFile : named == null ? null : folder.resolve(named);
    PlateMap map = mapPath == null ? null : PlateMaps.read(mapPath, spec.columns(), spec.plate());
    FolderScan scan = FolderScan.of(folder);
    ArchiveIndex index = PatternLayout.read(scan, spec, map, ArchiveOptions.NONE);
    IndexedArchive archive = new IndexedArchive(scan.root(), index.plates().getFirst());
    return new OpenedArchive(archive, map, warnings(archive, index.findings(), map));
  }

  private static List<String> warnings(PlateArchive archive, Findings findings, @Nullable PlateMap map) {
    List<String> warnings = new ArrayList<>(findings.warnings());
    findings.ignored().forEach((why, group) ->
        warnings.add("%d files were ignored (%s), such as %s".formatted(group.count(), why, group.examples())));
    if (map == null) {
      warnings.add("there is no plate map, so nothing is known of what is in the wells");
      return warnings;
    }
    TreeSet<WellAddress> unmapped = new TreeSet<>();
    archive.planes().forEach(p -> unmapped.add(p.well()));
    unmapped.removeAll(map.wells().keySet());
    if (!unmapped.isEmpty()) {
      warnings.add("%d imaged wells are not on the plate map: %s".formatted(unmapped.size(), unmapped));
    }
    return warnings;
  }
}
