package io.dcmix.core.archive.live;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.FileStamp;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.layout.FoundArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A folder that is filled while it is read: at each look, what a layout makes of the files that are whole by then. To the layout
 * the others are not there, so what an index promises of them is missing until they come. The index is read when nothing of it
 * is being written; until then, and when it cannot be read, what it said before holds.
 *
 * <p>A folder that cannot be listed, or holds nothing all at once, is a share that is gone: it is waited for, and nothing is taken
 * for deleted. Used by one thread.
 */
public final class LiveFolder {
  /** What people leave in folders and programs write beside the images; nobody waits for those to rest. */
  private static final Set<String> PASSED_OVER = Set.of("tmp", "temp", "part", "partial", "crdownload", "swp", "bak", "lock", "log", "txt", "db", "ini");

  private final Path folder;
  private final @Nullable String doneName;
  private final Reader reader;
  private final Consumer<String> said;
  private final WholeFiles files;
  private Set<Path> unsettled = Set.of();
  private Map<Path, String> broken = Map.of();
  private @Nullable FoundArchive found;
  private @Nullable String problem;
  private boolean unread = true;
  private boolean empty = true;
  private boolean gone;
  private boolean done;

  /** How the index of a folder is read. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads what is whole.
     *
     * @throws ArchiveException if that holds no plate that can be read
     */
    FoundArchive read(FolderScan folder) throws IOException;
  }

  /**
   * What a look brought.
   *
   * @param found the plates; null until there was one
   * @param news whether files became whole, or the index changed
   * @param altered whole files that were changed
   * @param again nanoseconds until a file may have settled; empty if none is about to
   */
  public record Look(@Nullable FoundArchive found, boolean news, List<Path> altered, OptionalLong again) {}

  /**
   * Looks at nothing yet.
   *
   * @param settle how long a file must not change before it counts
   * @param doneName name of the file that says that nothing more comes; null if there will be none
   * @param said is told in one line what a person should know: that the share is gone, and back; that the index cannot be read
   */
  public LiveFolder(Path folder, Duration settle, @Nullable String doneName, Reader reader, Consumer<String> said) {
    this.folder = folder;
    this.doneName = doneName;
    this.reader = reader;
    this.said = said;
    this.files = new WholeFiles(settle, new ImageCheck());
  }

  /**
   * Looks at the folder.
   *
   * @param nanos a clock that never goes back
   */
  public Look look(long nanos) {
    FolderScan scan = scan();
    if (scan == null) {
      return new Look(found, false, List.of(), OptionalLong.empty());
    }
    Map<Path, FileStamp> counted = new HashMap<>(scan.stamps());
    counted.keySet().removeIf(file -> isPassedOver(file));
    done = doneName != null && counted.remove(scan.root().resolve(doneName)) != null;
    WholeFiles.Look look = files.look(counted, nanos);
    broken = look.broken();
    // What was empty from the beginning may stay so, and says nothing.
    unsettled = new HashSet<>(look.unsettled());
    unsettled.removeIf(file -> counted.get(file) instanceof FileStamp(long size, var _, var _) && size == 0 && files.whole(file) == null);
    unread |= look.changed();
    boolean news = unread && unsettled.stream().allMatch(ImageCheck::isImage) && read(scan, counted.keySet(), look.whole());
    return new Look(found, news, look.altered(), look.again());
  }

  private @Nullable FolderScan scan() {
    String why;
    try {
      FolderScan scan = FolderScan.of(folder);
      if (!scan.files().isEmpty() || empty) {
        empty = scan.files().isEmpty();
        if (gone) {
          gone = false;
          said.accept("is back");
        }
        return scan;
      }
      why = "it is empty, and was not";
    } catch (IOException e) {
      why = String.valueOf(e.getMessage());
    }
    if (!gone) {
      gone = true;
      said.accept("cannot be read, and is waited for: " + why);
    }
    return null;
  }

  private boolean read(FolderScan scan, Set<Path> counted, Set<Path> whole) {
    Set<Path> visible = new HashSet<>(scan.files());
    visible.removeIf(file -> counted.contains(file) && !whole.contains(file));
    try {
      found = reader.read(scan.only(visible));
      problem = null;
      unread = false;
      return true;
    } catch (ArchiveException e) {
      // Another attempt gives the same, until another file is whole.
      unread = false;
      refuse(e);
    } catch (IOException e) {
      refuse(e); // the share
    }
    return false;
  }

  private void refuse(IOException e) {
    String why = String.valueOf(e.getMessage());
    if (found != null && !why.equals(problem)) {
      said.accept("its index cannot be read now, and what it said before holds: " + why);
    }
    problem = why;
  }

  /** Whether the share is away. */
  public boolean isGone() {
    return gone;
  }

  /** Whether every file that counts rests and was taken in. */
  public boolean isResting() {
    return !gone && !unread && unsettled.isEmpty();
  }

  /** Whether the file is there that says that nothing more comes. */
  public boolean isDone() {
    return done;
  }

  /** Why nothing of the folder can be read; null if something can. */
  public @Nullable String problem() {
    return found == null ? problem : null;
  }

  /** Image files that rest and are not whole, and why. */
  public Map<Path, String> broken() {
    return broken;
  }

  /** A plate of the index; what was altered since it was whole cannot be read. */
  public PlateArchive archive(FoundArchive of, PlateIndex plate) {
    return new UnalteredArchive(of.archive(plate), files);
  }

  private static boolean isPassedOver(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.endsWith("~") || name.startsWith(".") || PASSED_OVER.contains(name.substring(name.lastIndexOf('.') + 1));
  }
}
