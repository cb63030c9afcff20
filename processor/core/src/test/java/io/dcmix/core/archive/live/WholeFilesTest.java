package io.dcmix.core.archive.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.archive.FileStamp;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WholeFilesTest {
  private static final Duration SETTLE = Duration.ofMillis(750);
  private static final Path FILE = Path.of("A01_DNA.png");

  private final Map<Path, String> problems = new HashMap<>();
  private final WholeFiles files = new WholeFiles(SETTLE, problems::get);
  private long now;

  @Test
  void aFileIsWholeOnceTwoLooksFarEnoughApartFoundItAlike() {
    assertThat(look(0, stamp(10, 5)).whole()).isEmpty();
    WholeFiles.Look early = look(500, stamp(10, 5));
    assertThat(early.whole()).isEmpty();
    assertThat(early.again()).hasValue(Duration.ofMillis(250).toNanos());
    WholeFiles.Look whole = look(250, stamp(10, 5));
    assertThat(whole.whole()).containsExactly(FILE);
    assertThat(whole.changed()).isTrue();
    assertThat(whole.again()).isEmpty();
    assertThat(look(500, stamp(10, 5)).changed()).as("told once").isFalse();
  }

  @Test
  void aFileThatGrowsOrIsWrittenWithinIsNotWhole() {
    assertThat(look(0, stamp(10, 5)).whole()).isEmpty();
    assertThat(look(800, stamp(20, 5)).whole()).isEmpty();
    assertThat(look(800, stamp(20, 6)).whole()).as("other bytes in a file of its full length").isEmpty();
    assertThat(look(800, stamp(20, 6)).whole()).containsExactly(FILE);
  }

  @Test
  void theFilesTimeMayBeAnyBecauseNobodysClocksAgree() {
    FileStamp future = new FileStamp(10, FileTime.fromMillis(Long.MAX_VALUE / 2), null);
    look(0, future);
    assertThat(look(800, future).whole()).containsExactly(FILE);
    look(1, stamp(10, 5));
    assertThat(look(800, stamp(10, 5)).whole()).as("a clock that was set back is another time, and no more").containsExactly(FILE);
  }

  @Test
  void anEmptyFileIsNeverWhole() {
    look(0, stamp(0, 5));
    assertThat(look(5000, stamp(0, 5)).whole()).isEmpty();
  }

  @Test
  void aWriterThatPausesIsFoundOutByTheContent() {
    problems.put(FILE, "PNG is truncated");
    look(0, stamp(10, 5));
    WholeFiles.Look paused = look(800, stamp(10, 5));
    assertThat(paused.whole()).isEmpty();
    assertThat(paused.broken()).containsExactly(Map.entry(FILE, "PNG is truncated"));
    problems.clear();
    assertThat(look(800, stamp(10, 5)).whole()).as("not looked into again before it changes").isEmpty();
    look(1, stamp(20, 6));
    assertThat(look(800, stamp(20, 6)).whole()).containsExactly(FILE);
  }

  @Test
  void aWholeFileThatChangesIsToldOnce() {
    look(0, stamp(10, 5));
    look(800, stamp(10, 5));
    assertThat(look(1, stamp(4, 7)).altered()).containsExactly(FILE);
    assertThat(look(1, stamp(4, 7)).altered()).isEmpty();
  }

  @Test
  void aShareThatIsMountedAgainGivesOtherKeysAndThatIsNoChange() {
    look(0, new FileStamp(10, FileTime.fromMillis(5), "inode 1"));
    look(800, new FileStamp(10, FileTime.fromMillis(5), "inode 1"));
    WholeFiles.Look back = look(1, new FileStamp(10, FileTime.fromMillis(5), "inode 2"));
    assertThat(back.altered()).isEmpty();
    assertThat(look(800, new FileStamp(10, FileTime.fromMillis(5), "inode 2")).whole()).containsExactly(FILE);
  }

  @Test
  void aFileThatIsNotListedIsNotWholeAndSettlesAgainWhenItIsBack() {
    look(0, stamp(10, 5));
    look(800, stamp(10, 5));
    assertThat(files.look(Map.of(), now).whole()).isEmpty();
    assertThat(look(5000, stamp(10, 5)).whole()).isEmpty();
    assertThat(look(800, stamp(10, 5)).whole()).containsExactly(FILE);
  }

  /**
   * A microscope of any habits: files written in pieces in place, or beside and renamed; pauses longer than the settling time; a
   * clock that jumps; looks at any moment.
   */
  @Property
  void aPlaneIsReportedExactlyOnceAndOnlyWhenWhole(@ForAll Random random, @ForAll @IntRange(min = 1, max = 12) int count) {
    Microscope microscope = new Microscope(random, count);
    WholeFiles watched = new WholeFiles(SETTLE, microscope::problem);
    List<Path> reported = new ArrayList<>();
    Set<Path> known = new HashSet<>();
    long nanos = random.nextLong();
    for (int step = 0; step < 2000 && reported.size() < count; step++) {
      for (int writes = random.nextInt(4); writes > 0; writes--) {
        microscope.write();
      }
      nanos += Duration.ofMillis(random.nextInt(600)).toNanos();
      if (random.nextInt(12) == 0) {
        watched.look(Map.of(), nanos); // a listing that misses everything
      }
      for (Path file : watched.look(microscope.listing(), nanos).whole()) {
        if (file.toString().endsWith(".png") && known.add(file)) {
          assertThat(microscope.isWhole(file)).as("%s is whole", file).isTrue();
          reported.add(file);
        }
      }
    }
    assertThat(reported).as("each once, and none skipped").containsExactlyInAnyOrderElementsOf(microscope.names());
  }

  private static final class Microscope {
    private static final int LENGTH = 4;

    private final Random random;
    private final int count;
    private final Map<Path, Integer> written = new HashMap<>();
    private final Map<Path, Long> times = new HashMap<>();
    private long clock;

    Microscope(Random random, int count) {
      this.random = random;
      this.count = count;
    }

    List<Path> names() {
      List<Path> names = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        names.add(Path.of("A%02d.png".formatted(i)));
      }
      return names;
    }

    /** Whichever file is not whole yet gets a piece, a new time, or its name. */
    void write() {
      clock += random.nextInt(10) == 0 ? random.nextInt(2_000_001) - 1_000_000 : random.nextInt(1, 50);
      int i = random.nextInt(count);
      Path file = names().get(i);
      if (i % 2 == 0) {
        piece(file);
      } else if (!written.containsKey(file)) {
        Path beside = Path.of(file + ".tmp");
        piece(beside);
        if (isWhole(beside) && random.nextBoolean()) {
          written.put(file, LENGTH);
          times.put(file, times.getOrDefault(beside, 0L));
          written.remove(beside);
        }
      }
    }

    private void piece(Path file) {
      if (written.getOrDefault(file, 0) < LENGTH) {
        written.merge(file, written.containsKey(file) ? 1 : random.nextInt(2), Integer::sum);
        times.put(file, clock);
      }
    }

    boolean isWhole(Path file) {
      return written.getOrDefault(file, 0) == LENGTH;
    }

    @Nullable String problem(Path file) {
      return isWhole(file) ? null : "truncated";
    }

    Map<Path, FileStamp> listing() {
      Map<Path, FileStamp> listing = new HashMap<>();
      written.forEach((file, length) -> listing.put(file, new FileStamp(length, FileTime.fromMillis(times.getOrDefault(file, 0L)), null)));
      return listing;
    }
  }

  private WholeFiles.Look look(long afterMillis, FileStamp stamp) {
    now += Duration.ofMillis(afterMillis).toNanos();
    return files.look(Map.of(FILE, stamp), now);
  }

  private static FileStamp stamp(long size, long time) {
    return new FileStamp(size, FileTime.fromMillis(time), null);
  }
}
