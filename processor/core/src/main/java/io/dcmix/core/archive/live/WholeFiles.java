package io.dcmix.core.archive.live;

import io.dcmix.core.archive.FileStamp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a folder are whole, look by look. A file is whole once two looks, at least the settling time apart, found it
 * alike, it is not empty, and its content agrees: a writer that pauses for longer is found out by that. A file that changes again
 * is not whole until it has settled again.
 *
 * <p>Pure but for what it remembers: looks and their times are given to it, and the check of the content is. The times are of one
 * clock that never goes back; the files' own times are compared with each other only. Not thread-safe.
 */
public final class WholeFiles {
  private final long settleNanos;
  private final Check check;
  private final Map<Path, Seen> seen = new HashMap<>();

  /** Looks into a file that has settled. */
  @FunctionalInterface
  public interface Check {
    /** Why a file is not whole; null if it is. */
    @Nullable String problem(Path file);
  }

  /**
   * What a look brought.
   *
   * @param whole files that are whole now
   * @param changed whether other files are whole than at the look before, or the same ones with another content
   * @param broken files that rest and are not whole, and why
   * @param altered files that were whole and are another size or have another time now; each is told once a change
   * @param unsettled files of which nobody knows yet
   * @param again nanoseconds after which the first of them may have settled; empty if there is none
   */
  public record Look(
      Set<Path> whole, boolean changed, Map<Path, String> broken, List<Path> altered, Set<Path> unsettled, OptionalLong again) {}

  private static final class Seen {
    FileStamp stamp;
    long since;
    boolean settled;
    boolean there = true;
    @Nullable String problem;
    @Nullable FileStamp whole;

    Seen(FileStamp stamp, long since) {
      this.stamp = stamp;
      this.since = since;
    }
  }

  /** @param settle how long a file must not change before it counts */
  public WholeFiles(Duration settle, Check check) {
    this.settleNanos = settle.toNanos();
    this.check = check;
  }

  /**
   * Takes in a listing of the folder. What it does not hold any more is neither whole nor forgotten.
   *
   * @param nanos when it was begun
   */
  public Look look(Map<Path, FileStamp> files, long nanos) {
    boolean changed = false;
    List<Path> altered = new ArrayList<>();
    for (Map.Entry<Path, Seen> entry : seen.entrySet()) {
      Seen file = entry.getValue();
      if (file.there && !files.containsKey(entry.getKey())) {
        changed |= isWhole(file);
        file.there = false;
      }
    }
    for (Map.Entry<Path, FileStamp> entry : files.entrySet()) {
      Path path = entry.getKey();
      FileStamp stamp = entry.getValue();
      Seen file = seen.computeIfAbsent(path, p -> new Seen(stamp, nanos));
      boolean before = isWhole(file);
      if (!file.there || !file.stamp.equals(stamp)) {
        if (file.whole != null && !file.stamp.isAlike(stamp) && !file.whole.isAlike(stamp)) {
          altered.add(path);
        }
        file.stamp = stamp;
        file.since = nanos;
        file.settled = false;
        file.there = true;
        file.problem = null;
      } else if (!file.settled && stamp.size() > 0 && nanos - file.since >= settleNanos) {
        file.settled = true;
        file.problem = check.problem(path);
        file.whole = file.problem == null ? stamp : file.whole;
      }
      changed |= before != isWhole(file);
    }
    return told(changed, altered, nanos);
  }

  /** What a whole file was when it was last found so; null if it never was. */
  public @Nullable FileStamp whole(Path file) {
    Seen known = seen.get(file);
    return known == null ? null : known.whole;
  }

  private Look told(boolean changed, List<Path> altered, long nanos) {
    Set<Path> whole = new HashSet<>();
    Map<Path, String> broken = new HashMap<>();
    Set<Path> unsettled = new HashSet<>();
    long first = Long.MAX_VALUE;
    for (Map.Entry<Path, Seen> entry : seen.entrySet()) {
      Seen file = entry.getValue();
      String problem = file.problem;
      if (!file.there) {
        continue;
      }
      if (!file.settled) {
        unsettled.add(entry.getKey());
        if (file.stamp.size() > 0) {
          first = Math.min(first, file.since + settleNanos - nanos);
        }
      } else if (problem == null) {
        whole.add(entry.getKey());
      } else {
        broken.put(entry.getKey(), problem);
      }
    }
    return new Look(whole, changed, broken, List.copyOf(altered), unsettled, first == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(first));
  }

  private static boolean isWhole(Seen file) {
    return file.there && file.settled && file.problem == null;
  }
}
