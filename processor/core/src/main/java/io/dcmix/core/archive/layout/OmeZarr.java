package io.dcmix.core.archive.layout;

import com.fasterxml.jackson.databind.JsonNode;
import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.Shown;
import io.dcmix.core.archive.zarr.ZarrJson;
import io.dcmix.core.images.CorruptPlaneException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * OME-Zarr with the HCS model, 0.4 (Zarr 2) and 0.5 (Zarr 3): a folder whose attributes tell of a plate, in it wells, in them
 * fields, in them arrays of several resolutions, of which only the full one is read.
 */
public final class OmeZarr implements ArchiveLayout {
  static final String NAME = "ome-zarr";

  /** The attributes of a group: of version 3 first, which may lie beside the old ones. */
  static final List<String> ATTRIBUTES = List.of("zarr.json", ".zattrs");

  /** Folders below the archive's root in which a plate is looked for. */
  private static final int MAX_DEPTH = 4;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "OME-Zarr plates, 0.4 and 0.5: .zattrs or zarr.json that tell of a plate";
  }

  @Override
  public Set<String> choices() {
    return Set.of(OmeZarrPlate.WELLS_BY, OmeZarrPlate.EMPTY, OmeZarrPlate.TIMES, PlateBuilder.WELLS);
  }

  @Override
  public boolean recognises(FolderScan folder) throws IOException {
    for (Path file : candidates(folder)) {
      try {
        if (plate(ZarrJson.read(file)).isPresent()) {
          return true;
        }
      } catch (CorruptPlaneException e) {
        // One that cannot be read tells nothing of a plate.
      }
    }
    return false;
  }

  @Override
  public ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException {
    Findings findings = new Findings();
    OmeZarrFiles files = new OmeZarrFiles(folder);
    List<Path> plates = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<PlateIndex> all = new ArrayList<>();
    for (Path file : candidates(folder)) {
      Path root = file.resolveSibling("");
      if (plates.stream().anyMatch(root::startsWith)) {
        continue;
      }
      try {
        Optional<JsonNode> plate = plate(ZarrJson.read(file));
        if (plate.isPresent()) {
          plates.add(root);
          for (PlateIndex index : new OmeZarrPlate(root, folder, files, options, findings).read(plate.get())) {
            if (all.stream().anyMatch(other -> other.key().equals(index.key()))) {
              findings.warning("%s is not read: another folder has plate %s, acquisition %s already".formatted(
                  Shown.whole(folder.name(root)), Shown.of(index.key().plate()), Shown.of(index.key().acquisition())));
            } else {
              all.add(index);
            }
          }
        }
      } catch (CorruptPlaneException e) {
        problems.add(Shown.whole(folder.name(file)) + ": " + e.getMessage());
      }
    }
    if (all.isEmpty()) {
      problems.addAll(findings.warnings());
      throw new ArchiveException("Archive " + folder.root(), problems.isEmpty() ? List.of("has no plate in OME-Zarr") : problems);
    }
    problems.forEach(findings::warning);
    files.tellOthers(plates, findings);
    return new ArchiveIndex(NAME, Chosen.plates(all, folder, options, findings), findings);
  }

  /** What the attributes of a group say of OME: behind {@code attributes.ome} since 0.5. */
  static JsonNode ome(JsonNode json) {
    JsonNode attributes = json.path("attributes");
    return attributes.has("ome") ? attributes.path("ome") : attributes.isObject() ? attributes : json;
  }

  private static Optional<JsonNode> plate(JsonNode json) {
    JsonNode plate = ome(json).path("plate");
    return plate.isObject() ? Optional.of(plate) : Optional.empty();
  }

  /** Attributes of groups that are no deeper than plates are, the higher ones first. */
  private static List<Path> candidates(FolderScan folder) {
    int top = folder.root().getNameCount();
    return folder.files().stream()
        .filter(file -> file.getNameCount() - top <= MAX_DEPTH + 1 && ATTRIBUTES.contains(ListedFiles.fileName(file)))
        .sorted(Comparator.comparingInt(Path::getNameCount).thenComparingInt(OmeZarr::rank))
        .toList();
  }

  private static int rank(Path file) {
    return ATTRIBUTES.indexOf(ListedFiles.fileName(file));
  }
}
