package io.dcmix.app.publish;

import io.dcmix.app.run.Shutdown;
import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.live.LiveFolder;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.publish.LivePlate;
import io.dcmix.streams.publish.TakenOverException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Follows folders until their plates have ended: looks, publishes what is whole, says what is awaited. Used by one thread. */
final class Watching {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
  private static final long SHOW_FOR = Duration.ofSeconds(7).toNanos();
  private static final long RETRY_AFTER = Duration.ofSeconds(5).toNanos();

  private final String lane;
  private final ArchivePublisher publisher;
  private final WatchOptions options;
  private final Ending ending;
  private final Shutdown shutdown;
  private final Map<PlateKey, Followed> plates = new LinkedHashMap<>();
  private long images;
  private boolean published;

  Watching(String lane, ArchivePublisher publisher, WatchOptions options, Shutdown shutdown) {
    this.lane = lane;
    this.publisher = publisher;
    this.options = options;
    this.ending = options.ending();
    this.shutdown = shutdown;
  }

  /** A plate that appeared. */
  private static final class Followed {
    final PlateKey key;
    final WatchedFolder folder;
    final List<String> warnings = new ArrayList<>();
    @Nullable LivePlate live;
    long newsAt;
    long failedAt;
    boolean failing;
    boolean changed;
    int left;
    long images;
    int wells;
    long bytes;
    long before;
    @Nullable String conflict;
    @Nullable AcquisitionStatus ended;
    List<AbsentPlane> absent = List.of();

    Followed(PlateKey key, WatchedFolder folder, long nanos) {
      this.key = key;
      this.folder = folder;
      this.newsAt = nanos;
    }

    void warn(String warning) {
      warnings.add(warning);
      System.err.println("Note: plate " + key.plate() + ": " + warning);
    }
  }

  /**
   * Publishes what comes.
   *
   * @throws CliException if Kafka refuses, another publisher took over, or Ctrl-C came
   */
  WatchSummary watch(List<WatchedFolder> folders) throws InterruptedException {
    long start = System.nanoTime();
    String where = folders.size() == 1 ? folders.getFirst().folder().toString() : folders.size() + " folders";
    try (ProgressBar bar = ProgressBar.start("Following %s into lane %s, images".formatted(where, lane), 0)) {
      String shown = "";
      long shownImages = 0;
      long changedAt = start;
      while (true) {
        long now = System.nanoTime();
        long pause = options.poll().toNanos();
        for (WatchedFolder folder : folders) {
          LiveFolder.Look look = folder.look(now);
          pause = Math.min(pause, look.again().orElse(pause));
          follow(folder, look, now);
        }
        String state = state(folders);
        if (images != shownImages || !state.equals(shown)) {
          shown = state;
          shownImages = images;
          changedAt = now;
        }
        // In a log file, silence is not repeated every few seconds.
        if (now - changedAt < SHOW_FOR) {
          bar.update(images, state);
        }
        if (!options.keepWatching() && isOver(folders, start)) {
          return summary(folders, (System.nanoTime() - start) / 1e9);
        }
        // Whatever a look cost: half of the time at least belongs to the microscope's disk.
        long cost = System.nanoTime() - now;
        if (shutdown.await(Duration.ofNanos(Math.max(Math.max(pause, SHORTEST_PAUSE.toNanos()), Math.min(cost, options.poll().toNanos()))))) {
          throw new InterruptedException("asked to end");
        }
      }
    } catch (IOException e) {
      throw stopped(e, new CliException(String.valueOf(e.getMessage()), e));
    } catch (RuntimeException e) {
      throw stopped(e, e);
    } catch (InterruptedException e) {
      throw stopped(e, new CliException("Interrupted", e));
    } finally {
      plates.values().forEach(Watching::letGo);
    }
  }

  private RuntimeException stopped(Exception what, RuntimeException otherwise) throws InterruptedException {
    return shutdown.await(Duration.ZERO)
        ? new CliException("Stopped. Plates that have not ended stay announced as started; the same command goes on with them", what)
        : otherwise;
  }

  private void follow(WatchedFolder folder, LiveFolder.Look look, long now) throws IOException, InterruptedException {
    if (folder.live().isGone()) {
      // A share that is away says nothing about the microscope.
      plates.values().stream().filter(plate -> plate.folder == folder).forEach(plate -> plate.newsAt = now);
      return;
    }
    for (WatchedFolder.Plate plate : folder.plates()) {
      PlateKey key = plate.archive().key();
      Followed followed = plates.computeIfAbsent(key, k -> new Followed(k, folder, now));
      if (followed.folder != folder) {
        throw new CliException("Plate %s, run %s, lies in %s and in %s: follow one of them, or each under its own --acquisition".formatted(
            key.plate(), key.acquisition(), followed.folder.folder(), folder.folder()));
      }
      for (Path file : look.altered()) {
        if (followed.live != null && followed.live.isFrom(file)) {
          followed.changed = true;
          followed.warn(file + " was changed after it was published; nothing of it is published again");
        }
      }
      if (!followed.failing || now - followed.failedAt >= RETRY_AFTER) {
        attempt(plate, followed, now);
      }
    }
  }

  /** Kafka may be away for a while, too, once it was there. */
  private void attempt(WatchedFolder.Plate plate, Followed followed, long now) throws IOException, InterruptedException {
    try {
      publish(plate, followed, now);
      if (followed.failing) {
        followed.failing = false;
        System.err.println("Note: plate " + followed.key.plate() + ": goes on");
      }
      published = true;
    } catch (TakenOverException e) {
      throw e;
    } catch (IOException e) {
      if (!published || shutdown.await(Duration.ZERO)) {
        throw e;
      }
      letGo(followed);
      followed.failedAt = System.nanoTime();
      followed.newsAt = followed.failedAt;
      if (!followed.failing) {
        followed.failing = true;
        System.err.println("Note: plate %s: %s; it is tried again".formatted(followed.key.plate(), e.getMessage()));
      }
    }
  }

  private void publish(WatchedFolder.Plate plate, Followed followed, long now) throws IOException, InterruptedException {
    LivePlate live = followed.live;
    if (live == null) {
      live = publisher.follow(followed.key);
      if (followed.images == 0) {
        followed.before = live.planes();
      }
      followed.live = live;
      followed.newsAt = now;
    }
    boolean finishedBefore = live.isFinished();
    LivePlate.Round round = live.publish(plate.archive(), plate.map(), now);
    round.warnings().forEach(followed::warn);
    String conflict = round.conflict();
    if (conflict != null) {
      if (!conflict.equals(followed.conflict)) {
        followed.warn("nothing more of it is published: " + conflict);
      }
      followed.conflict = conflict;
      followed.changed = true;
    } else {
      followed.conflict = null;
      followed.left = round.left();
    }
    images += round.images();
    followed.images += round.images();
    followed.wells = live.wells();
    followed.bytes += round.bytes();
    if (round.news()) {
      followed.newsAt = now;
      followed.ended = null;
    }
    if (followed.ended == null) {
      Optional<AcquisitionStatus> end = conflict != null ? Optional.empty() : ending.of(new Ending.State(
          followed.folder.live().isResting(), followed.folder.live().isDone(), plate.promised(), finishedBefore && live.isFinished(), followed.left,
          Duration.ofNanos(now - followed.newsAt)));
      if (end.isPresent()) {
        followed.absent = live.end(plate.archive(), end.get());
        followed.ended = end.get();
        followed.folder.live().broken().forEach((file, why) -> System.err.println("Note: " + file + " is not whole: " + why));
      }
    }
  }

  private static void letGo(Followed followed) {
    if (followed.live != null) {
      followed.live.close();
      followed.live = null;
    }
  }

  private boolean isOver(List<WatchedFolder> folders, long start) {
    boolean none = folders.stream().anyMatch(folder -> plates.values().stream().noneMatch(plate -> plate.folder == folder));
    if (none && !ending.isAbandoned(Duration.ofNanos(System.nanoTime() - start))) {
      return false;
    }
    return plates.values().stream().allMatch(plate -> plate.ended != null || (plate.conflict != null
        && (plate.folder.live().isDone() || ending.isAbandoned(Duration.ofNanos(System.nanoTime() - plate.newsAt)))));
  }

  /** What a person wants to know who looks up from other work. */
  private String state(List<WatchedFolder> folders) {
    List<String> parts = new ArrayList<>();
    int wells = plates.values().stream().mapToInt(plate -> plate.wells).sum();
    if (wells > 0) {
      parts.add("%,d wells".formatted(wells));
    }
    for (Followed plate : plates.values()) {
      if (plate.failing) {
        parts.add(plate.key.plate() + " waits for Kafka");
      } else if (plate.conflict != null) {
        parts.add(plate.key.plate() + " has changed");
      } else if (plate.ended == null) {
        parts.add(plate.left > 0 ? "%s awaits %,d planes".formatted(plate.key.plate(), plate.left) : plate.key.plate() + " is all out, waits for more or silence");
      }
    }
    for (WatchedFolder folder : folders) {
      int broken = folder.live().broken().size();
      if (folder.live().isGone()) {
        parts.add("share is away");
      } else if (folder.plates().isEmpty()) {
        parts.add("waits for a plate");
      } else if (broken > 0) {
        parts.add("%,d files not whole".formatted(broken));
      }
    }
    return String.join(", ", parts);
  }

  private WatchSummary summary(List<WatchedFolder> folders, double seconds) {
    List<WatchSummary.Plate> ended = new ArrayList<>();
    for (Followed plate : plates.values()) {
      ended.add(new WatchSummary.Plate(plate.key, plate.ended == null ? AcquisitionStatus.STARTED : plate.ended, plate.images, plate.wells, plate.bytes,
          plate.before, plate.absent, plate.warnings, plate.changed));
    }
    String problem = folders.stream().map(folder -> folder.live().problem()).filter(p -> p != null).findFirst().orElse("the folder is empty");
    return new WatchSummary(lane, ended, problem, seconds);
  }
}
