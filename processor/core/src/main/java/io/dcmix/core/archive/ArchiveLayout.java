package io.dcmix.core.archive;

import java.io.IOException;
import java.util.Set;

/**
 * One way in which plates lie on disk: what a microscope's software or a screening group writes. An implementation reads the
 * index, or the names where there is none, and never a pixel. It keeps nothing, so one object serves every folder. A new one
 * is one class, and one line in {@link io.dcmix.core.archive.layout.ArchiveLayouts}.
 */
public interface ArchiveLayout {
  /** How people choose it: {@code harmony}. */
  String name();

  /** Who writes it and by what it is known, in one line. */
  String description();

  /** Names of the readings that can be chosen ({@link ArchiveOptions#choices}). */
  default Set<String> choices() {
    return Set.of();
  }

  /**
   * Whether a folder looks like it, by the names of its files and at most the first lines of an index.
   *
   * @throws IOException if a file that would tell cannot be read
   */
  boolean recognises(FolderScan folder) throws IOException;

  /**
   * Reads all plates of a folder. What is wrong with one plane, plate or file goes into the findings, and the rest is read.
   *
   * @throws ArchiveException if nothing can be read; names the file and the position in it
   */
  ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException;
}
