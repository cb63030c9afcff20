package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The files of a folder by the names that an index gives them. What the scan did not list is not there, so nothing outside of
 * the folder is ever reached. Remembers which files were asked for, so that the others can be told at the end.
 */
final class ListedFiles {
  private final FolderScan folder;
  private final List<Path> files;
  private final BitSet known = new BitSet();

  ListedFiles(FolderScan folder) {
    this.folder = folder;
    files = folder.files();
  }

  /**
   * Finds a file and marks it as known.
   *
   * @param base folder of the index
   * @param reference what the index says: a path relative to the base, with slashes of either kind
   * @return empty if there is no such file
   * @throws IllegalArgumentException if it is a URL, or leads out of the archive, or is no path
   */
  Optional<Path> find(Path base, String reference) {
    List<String> parts = parts(folder.name(base));
    String path = reference.replace('\\', '/');
    if (path.startsWith("/") || path.matches("[A-Za-z][A-Za-z0-9+.-]*:.*")) {
      throw new IllegalArgumentException("is an absolute path or a URL");
    }
    for (String part : parts(path)) {
      if (!part.equals("..")) {
        parts.add(part);
      } else if (parts.isEmpty()) {
        throw new IllegalArgumentException("leads out of the archive");
      } else {
        parts.removeLast();
      }
    }
    return parts.isEmpty() ? Optional.empty() : find(folder.root().resolve(String.join("/", parts)));
  }

  /** Finds a file by its path below the root and marks it as known. */
  Optional<Path> find(Path file) {
    int index = Collections.binarySearch(files, file);
    if (index < 0) {
      return Optional.empty();
    }
    known.set(index);
    return Optional.of(files.get(index));
  }

  /** Marks a file that is no plane, and says why. */
  void ignore(Path file, String why, Findings findings) {
    find(file).ifPresent(f -> findings.ignored(why, folder.name(f)));
  }

  /** Tells of every file that nobody asked for, and of the links that were refused. */
  void tellOthers(Findings findings) {
    folder.refused().forEach(refused -> findings.warning("refused: " + refused));
    for (int i = known.nextClearBit(0); i < files.size(); i = known.nextClearBit(i + 1)) {
      String name = folder.name(files.get(i));
      if (isImage(name)) {
        findings.unknown(name);
      } else {
        findings.ignored("not an image", name);
      }
    }
  }

  /** Whether a name ends like those of the images that can be read. */
  static boolean isImage(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".tif") || lower.endsWith(".tiff") || lower.endsWith(".png");
  }

  /** The last part of a path. */
  static String fileName(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  private static List<String> parts(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts;
  }
}
