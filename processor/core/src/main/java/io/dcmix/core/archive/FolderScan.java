package io.dcmix.core.archive;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files below a folder, in the order of their paths. Links to folders are not followed, so that none leads round in circles;
 * links to files that lead out of the folder are refused, and so are names with characters that nobody sees, such as a line's end.
 */
public final class FolderScan {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_ENTRIES = 1_000_000;

  private final Path root;
  private final int maxEntries;
  private int entries;
  private final List<Path> files = new ArrayList<>();
  private final Map<Path, FileStamp> stamps = new HashMap<>();
  private final List<String> refused = new ArrayList<>();

  private FolderScan(Path root, int maxEntries) {
    this.root = root;
    this.maxEntries = maxEntries;
  }

  /**
   * Lists a folder.
   *
   * @throws ArchiveException if it is none, or holds more than a million files and folders
   */
  public static FolderScan of(Path folder) throws IOException {
    return of(folder, MAX_ENTRIES);
  }

  static FolderScan of(Path folder, int maxEntries) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new ArchiveException("Archive " + folder, "is not a folder");
    }
    FolderScan scan = new FolderScan(folder.toRealPath(), maxEntries);
    Files.walkFileTree(scan.root, EnumSet.noneOf(FileVisitOption.class), MAX_DEPTH, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        scan.count();
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        scan.visit(file, attributes);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException e) {
        scan.refused.add("%s cannot be read (%s)".formatted(scan.shown(file), e.getClass().getSimpleName()));
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
    return Collections.unmodifiableList(files);
  }

  /** What was seen of the files as they were listed. */
  public Map<Path, FileStamp> stamps() {
    return Collections.unmodifiableMap(stamps);
  }

  /** The folder as if it held these of its files only. */
  public FolderScan only(Set<Path> visible) {
    FolderScan part = new FolderScan(root, maxEntries);
    files.stream().filter(visible::contains).forEach(part.files::add);
    part.stamps.putAll(stamps);
    part.stamps.keySet().retainAll(visible);
    part.refused.addAll(refused);
    return part;
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
    count();
    if (name(file).codePoints().anyMatch(Shown::isControl)) {
      refused.add(shown(file) + " has a character in its name that nobody sees; give it another name");
    } else if (attributes.isRegularFile()) {
      add(file, attributes);
    } else if (attributes.isDirectory()) {
      refused.add("%s is not looked into: it lies more than %d folders deep".formatted(shown(file), MAX_DEPTH));
    } else if (attributes.isSymbolicLink()) {
      visitLink(file);
    }
  }

  private void add(Path file, BasicFileAttributes attributes) {
    files.add(file);
    stamps.put(file, FileStamp.of(attributes));
  }

  private void count() throws ArchiveException {
    if (++entries > maxEntries) {
      throw new ArchiveException("Archive " + root, "holds more than %d files and folders; take the folder of one plate".formatted(maxEntries));
    }
  }

  private String shown(Path file) {
    return Shown.whole(name(file));
  }

  private void visitLink(Path link) {
    try {
      Path target = link.toRealPath();
      if (!target.startsWith(root)) {
        refused.add(shown(link) + " is a link that leads out of the folder");
      } else if (Files.isRegularFile(target)) {
        add(link, Files.readAttributes(target, BasicFileAttributes.class));
      }
    } catch (IOException e) {
      refused.add(shown(link) + " is a link that leads nowhere");
    }
  }
}
