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

/** Lists the files below a folder, in the order of their paths; links that lead out of it are refused. */
final class FolderScan {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_FILES = 1_000_000;

  final Path root;
  final List<Path> files = new ArrayList<>();
  final List<String> refused = new ArrayList<>();

  private FolderScan(Path root) {
    this.root = root;
  }

  static FolderScan of(Path folder) throws IOException {
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

  /** Path below the folder, with slashes. */
  String name(Path file) {
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
