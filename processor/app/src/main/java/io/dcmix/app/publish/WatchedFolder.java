package io.dcmix.app.publish;

import io.dcmix.app.archive.ArchiveOptionsMixin;
import io.dcmix.core.archive.BarcodeAliases;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PatternLayout;
import io.dcmix.core.archive.PatternSpec;
import io.dcmix.core.archive.PlaneLocation;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.PlateMapColumns;
import io.dcmix.core.archive.PlateMaps;
import io.dcmix.core.archive.layout.FoundArchive;
import io.dcmix.core.archive.live.LiveFolder;
import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A folder that is followed, and the plates that are known of it by now. */
final class WatchedFolder {
  private final Path folder;
  private final ArchiveOptionsMixin options;
  private final @Nullable Path plateMap;
  private final BarcodeAliases aliases;
  private final LiveFolder live;
  private final Map<String, PlateMap> maps = new HashMap<>();
  private List<Plate> plates = List.of();

  /**
   * A plate as it is now.
   *
   * @param archive its planes that are whole, and as absent those that are promised
   * @param promised whether more than the files themselves says what comes
   */
  record Plate(PlateArchive archive, @Nullable PlateMap map, boolean promised) {}

  WatchedFolder(Path folder, ArchiveOptionsMixin options, @Nullable Path plateMap, BarcodeAliases aliases, WatchOptions watch) {
    this.folder = folder;
    this.options = options;
    this.plateMap = plateMap;
    this.aliases = aliases;
    this.live = new LiveFolder(folder, watch.settle(), watch.doneFile(), this::read, line -> System.err.println("Note: " + folder + " " + line));
  }

  Path folder() {
    return folder;
  }

  LiveFolder live() {
    return live;
  }

  /** The plates of the last look. */
  List<Plate> plates() {
    return plates;
  }

  /** Looks at the folder. */
  LiveFolder.Look look(long nanos) {
    LiveFolder.Look look = live.look(nanos);
    FoundArchive found = look.found();
    if (look.news() && found != null) {
      List<Plate> now = new ArrayList<>();
      for (PlateIndex plate : found.index().plates()) {
        PlateMap map = map(plate);
        now.add(new Plate(aliases.apply(live.archive(found, plate)), map, !isPattern(found) || map != null));
      }
      // A plate that the index does not name for a moment is not gone.
      plates.stream().filter(before -> now.stream().noneMatch(plate -> plate.archive().key().equals(before.archive().key()))).forEach(now::add);
      plates = List.copyOf(now);
    }
    return look;
  }

  private static boolean isPattern(FoundArchive found) {
    return found.layout() instanceof PatternLayout;
  }

  private FoundArchive read(FolderScan scan) throws IOException {
    FoundArchive found = options.open(scan);
    if (isPattern(found) && plateMap != null) {
      // Its wells are expected, so the reader must know them.
      Path description = options.description();
      PatternSpec spec = PatternSpec.read(description == null ? scan.root().resolve(PatternSpec.FILE_NAME) : description);
      PlateMap map = PlateMaps.read(plateMap, spec.columns(), spec.plate());
      found = new FoundArchive(scan, found.layout(), found.others(), PatternLayout.read(scan, spec, map, options.options()));
    }
    if (found.index().plates().stream().flatMap(plate -> plate.planes().stream()).anyMatch(plane -> plane.location() instanceof PlaneLocation.ZarrPlane)) {
      throw new CliException(folder + " holds Zarr arrays, and a chunk that is not written yet looks like a black one: publish the plate without --watch when it is whole");
    }
    return found;
  }

  private @Nullable PlateMap map(PlateIndex plate) {
    if (plateMap == null || plate.map() != null) {
      return plate.map();
    }
    return maps.computeIfAbsent(plate.key().plate(), barcode -> {
      try {
        return PlateMaps.read(plateMap, PlateMapColumns.AUTOMATIC, barcode);
      } catch (IOException e) {
        throw new CliException(String.valueOf(e.getMessage()), e);
      }
    });
  }
}
