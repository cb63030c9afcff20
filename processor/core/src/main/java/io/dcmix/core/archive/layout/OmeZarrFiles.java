package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files of OME-Zarr plates: which there are, and what those are for that are no planes. */
final class OmeZarrFiles {
  private final FolderScan folder;
  private final List<Path> files;
  private final ListedFiles listed;
  /** Why the files below a folder are no planes; empty if they are. */
  private final Map<Path, String> roles = new HashMap<>();

  OmeZarrFiles(FolderScan folder) {
    this.folder = folder;
    files = folder.files();
    listed = new ListedFiles(folder);
  }

  /**
   * One of several files of a group or array.
   *
   * @param base folder that the path starts in
   * @param path of the group, as the metadata have it
   * @param names of the file, the first that is there is taken
   * @throws IllegalArgumentException if the path leads out of the archive
   */
  Optional<Path> find(Path base, String path, List<String> names) {
    return names.stream().flatMap(name -> listed.find(base, path + "/" + name).stream()).findFirst();
  }

  boolean isThere(Path file) {
    return Collections.binarySearch(files, file) >= 0;
  }

  /** The array of a folder is read. */
  void used(Path array) {
    roles.put(array, "");
  }

  /** What lies below a folder is no plane. */
  void ignored(Path below, String why) {
    roles.put(below, why);
  }

  /** Tells of every file that is neither of a plane nor metadata. */
  void tellOthers(List<Path> plates, Findings findings) {
    folder.refused().forEach(refused -> findings.warning("refused: " + refused));
    for (Path file : files) {
      String why = why(file);
      String name = ListedFiles.fileName(file);
      if (why != null) {
        if (!why.isEmpty()) {
          findings.ignored(why, folder.name(file));
        }
      } else if (plates.stream().noneMatch(file::startsWith) && ListedFiles.isImage(name)) {
        findings.unknown(folder.name(file));
      } else if (!name.equals("zarr.json") && !name.startsWith(".z")) {
        findings.ignored("not in the plate's index", folder.name(file));
      }
    }
  }

  private @Nullable String why(Path file) {
    for (Path at = file.getParent(); at != null && !at.equals(folder.root()); at = at.getParent()) {
      String why = roles.get(at);
      if (why != null) {
        return why;
      }
      if (ListedFiles.fileName(at).equals("labels")) {
        return "labels of objects";
      }
    }
    return null;
  }
}
