package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedArchive;
import io.dcmix.core.archive.PatternLayout;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.Shown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A folder whose layout is known and whose index was read.
 *
 * @param folder what lies in it
 * @param layout how it was read
 * @param others layouts that the folder looks like, too; empty where a person chose
 * @param index its plates
 */
public record FoundArchive(FolderScan folder, ArchiveLayout layout, List<ArchiveLayout> others, ArchiveIndex index) {
  public FoundArchive {
    others = List.copyOf(others);
  }

  /**
   * Finds the layout of a folder and reads its index.
   *
   * @param layout the name of the layout; null takes the first that the folder looks like
   * @throws ArchiveException listing all layouts if it looks like none, or saying why the index cannot be read
   */
  public static FoundArchive open(Path folder, @Nullable String layout, ArchiveOptions options) throws IOException {
    FolderScan scan = FolderScan.of(folder);
    return open(scan, layout == null ? ArchiveLayouts.recognise(scan) : List.of(ArchiveLayouts.named(layout)), options);
  }

  /**
   * Reads a folder by a description that does not lie in it, see {@link PatternLayout}.
   *
   * @throws ArchiveException if the description or the folder is wrong
   */
  public static FoundArchive described(Path folder, Path description, ArchiveOptions options) throws IOException {
    return described(FolderScan.of(folder), description, options);
  }

  /** Reads a folder by a description that does not lie in it. */
  public static FoundArchive described(FolderScan scan, Path description, ArchiveOptions options) throws IOException {
    PatternLayout layout = new PatternLayout();
    checkChoices(layout, options);
    return new FoundArchive(scan, layout, List.of(), PatternLayout.read(scan, description, options));
  }

  /** Reads the index by the first of the layouts that fit. */
  public static FoundArchive open(FolderScan scan, List<ArchiveLayout> fitting, ArchiveOptions options) throws IOException {
    if (fitting.isEmpty()) {
      throw new ArchiveException("Archive " + scan.root(), none());
    }
    ArchiveLayout layout = fitting.getFirst();
    checkChoices(layout, options);
    return new FoundArchive(scan, layout, fitting.subList(1, fitting.size()), layout.read(scan, options));
  }

  /** A plate of the index, ready to be read. */
  public IndexedArchive archive(PlateIndex plate) {
    return new IndexedArchive(folder.root(), plate);
  }

  /** A choice that nobody asks for was mistyped. */
  private static void checkChoices(ArchiveLayout layout, ArchiveOptions options) throws ArchiveException {
    SortedSet<String> unknown = new TreeSet<>(options.choices().keySet());
    unknown.removeAll(layout.choices());
    if (!unknown.isEmpty()) {
      throw new ArchiveException("Layout " + layout.name(), "has no choice %s; it has %s".formatted(
          unknown.stream().map(Shown::of).toList(), new TreeSet<>(layout.choices())));
    }
  }

  private static String none() {
    StringBuilder text = new StringBuilder("looks like none of the layouts that are known");
    ArchiveLayouts.all().forEach(layout -> text.append("\n  %-16s %s".formatted(layout.name(), layout.description())));
    return text.append("\nChoose one with --layout NAME; docs/archives.md says how each lies on disk.").toString();
  }
}
