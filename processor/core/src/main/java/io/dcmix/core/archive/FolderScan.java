package io.dcmix.core.archive;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * The files below a folder, in the order of their paths. Links to folders are not followed, so that none leads round in circles;
 * links to files that lead out of the folder are refused.
 */
public final class FolderScan {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_FILES = 1_000_000;

  private final Path root;
  private final List<Path> files = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  private FolderScan(Path root) {
    this.root = root;
  }

  /**
   * Lists a folder.
   *
   * @throws ArchiveException if it is none, or holds more than a million files
   */
  public static FolderScan of(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new ArchiveException("Archive " + folder, "is not a folder");
    }
    FolderScan scan = new FolderScan(folder.toRealPath());
    Files.walkFileTree(scan.root, EnumSet.noneOf(FileVisitOption.class), MAX_DEPTH, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        scan.visit(file, attributes);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException e) {
        scan.refused.add("%s cannot be read (%s)".formatted(scan.name(file), e.getMessage()));
        return FileVisitResult.CONTINUE;
      }
    });
    scan.files.sort(null);
    return scan;
  }

  /** The folder, links resolved. */
  public Path root() {
    return root;
  }

  /** Regular files, sorted by path. */
  public List<Path> files() {
    return List.copyOf(files);
  }

  /** What was not listed, and why. */
  public List<String> refused() {
    return List.copyOf(refused);
  }

  /** Path below the folder, with slashes. */
  public String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  private void visit(Path file, BasicFileAttributes attributes) throws IOException {
    if (files.size() == MAX_FILES) {
      throw new ArchiveException("Archive " + root, "holds more than " + MAX_FILES + " files");
    }
    if (attributes.isRegularFile()) {
      files.add(file);
    } else if (attributes.isSymbolicLink()) {
      visitLink(file);
    }
  }

  private void visitLink(Path link) {
    try {
      Path target = link.toRealPath();
      if (!target.startsWith(root)) {
        refused.add(name(link) + " is a link that leads out of the folder");
      } else if (Files.isRegularFile(target)) {
        files.add(link);
      }
    } catch (IOException e) {
      refused.add(name(link) + " is a link that leads nowhere");
    }
  }
}
