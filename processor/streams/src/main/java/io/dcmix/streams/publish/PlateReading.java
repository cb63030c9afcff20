package io.dcmix.streams.publish;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PublishProgress;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads a plate well by well on a thread of its own, a few planes ahead of whoever sends them, so that disk and network work at
 * the same time. A plane that is read is read once.
 */
final class PlateReading implements AutoCloseable {
  /** Events that wait to be sent have at most so many bytes together, or it is one alone. */
  private static final int AHEAD = 32 << 20;

  private final PlateArchive archive;
  private final PlateKey key;
  private final Map<WellKey, PublishProgress> before;
  private final EventReader reader;
  private final InstantSource clock;
  private final AvroCodec<ImageEvent> images = AvroCodec.of(ImageEvent.class);
  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(AHEAD);
  private final Thread thread;

  /** What comes next, in the archive's order of wells. */
  sealed interface Step {
    /** An image event, encoded; compared by nobody. */
    @SuppressWarnings("ArrayRecordComponent")
    record Image(WellKey well, @Nullable Instant acquiredAt, byte[] event) implements Step {}

    /** All images of a well have come. */
    record WellRead(WellKey well, PublishProgress progress) implements Step {}

    /** A well that was published before and is the same. */
    record Unchanged(WellKey well, int planes) implements Step {}

    /** A well that was published before and holds something else now. */
    record Changed(ChangedWell well) implements Step {}

    /** A plane that cannot be published. */
    record Absent(AbsentPlane plane) implements Step {}

    /** The end of the plate. */
    record End() implements Step {}

    /** Reading failed in a way that no plane is to blame for. */
    record Failed(RuntimeException why) implements Step {}
  }

  /**
   * Starts to read.
   *
   * @param before wells that were published before
   */
  PlateReading(PlateArchive archive, PlateKey key, Map<WellKey, PublishProgress> before, @Nullable Referral referral, InstantSource clock) {
    this.archive = archive;
    this.key = key;
    this.before = before;
    this.reader = new EventReader(key, referral);
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("plate-reader").daemon().start(this::run);
  }

  /** The next step; null if it does not come within this time. */
  @Nullable Step next(Duration within) throws InterruptedException {
    Step step = steps.poll(within.toNanos(), TimeUnit.NANOSECONDS);
    if (step instanceof Step.Image image) {
      room.release(size(image));
    }
    return step;
  }

  private static int size(Step.Image image) {
    return Math.min(image.event().length, AHEAD);
  }

  /** The planes of each well and timepoint, in the archive's order; an archive may mix them. */
  static Map<WellKey, List<PlaneId>> wells(PlateArchive archive, PlateKey key) {
    Map<WellKey, List<PlaneId>> wells = new LinkedHashMap<>();
    archive.planes().forEach(id -> wells.computeIfAbsent(new WellKey(key, id.well(), id.timepoint()), well -> new ArrayList<>()).add(id));
    return wells;
  }

  private void run() {
    try {
      try {
        for (Map.Entry<WellKey, List<PlaneId>> well : wells(archive, key).entrySet()) {
          read(well.getKey(), well.getValue());
        }
        steps.put(new Step.End());
      } catch (RuntimeException e) {
        steps.put(new Step.Failed(e));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void read(WellKey well, List<PlaneId> planes) throws InterruptedException {
    PublishProgress published = before.get(well);
    List<AbsentPlane> absent = new ArrayList<>();
    String fingerprint = WellContent.fingerprint(archive, planes);
    if (published == null) {
      WellContent content = read(well, planes, id -> true, absent);
      put(absent);
      // A well with an unreadable file must not pass for unchanged once that can be read.
      String complete = content.planes() == planes.size() ? fingerprint : null;
      steps.put(new Step.WellRead(well, progress(key, well, content, complete, false, clock)));
    } else if (Resumption.of(published, fingerprint) == Resumption.SKIP) {
      steps.put(new Step.Unchanged(well, published.getPlanes()));
    } else {
      List<String> pieces = published.getPublished();
      WellContent had = pieces == null ? null : WellContent.of(pieces);
      // Of a well that was published while it was acquired, the rest is sent.
      WellContent content = read(well, planes, id -> had != null && !had.holds(id), absent);
      if (content.sha256().equals(published.getContentSha256())) {
        put(absent);
        steps.put(new Step.Unchanged(well, published.getPlanes()));
      } else if (had != null && content.lines().containsAll(had.lines())) {
        put(absent);
        steps.put(new Step.WellRead(well, progress(key, well, content, content.planes() == planes.size() ? fingerprint : null, false, clock)));
      } else {
        if (had != null) {
          WellContent all = WellContent.of(had.lines());
          planes.stream().filter(id -> !had.holds(id)).forEach(id -> content.sha256(id).ifPresent(sha256 -> all.add(id, sha256)));
          if (all.planes() > had.planes()) {
            steps.put(new Step.WellRead(well, progress(key, well, all, null, true, clock)));
          }
        }
        // What cannot be read any more was published nevertheless.
        steps.put(new Step.Changed(new ChangedWell(well, published.getPlanes(), content.planes())));
      }
    }
  }

  private void put(List<AbsentPlane> absent) throws InterruptedException {
    for (AbsentPlane plane : absent) {
      steps.put(new Step.Absent(plane));
    }
  }

  /** Reads all planes and sends some. */
  private WellContent read(WellKey well, List<PlaneId> planes, Predicate<PlaneId> send, List<AbsentPlane> absent) throws InterruptedException {
    WellContent content = new WellContent();
    for (PlaneId id : planes) {
      try {
        switch (reader.read(archive, id)) {
          case EventReader.Plane.Event(ImageEvent event, Instant acquiredAt) -> {
            content.add(id, event.getSha256());
            if (send.test(id)) {
              Step.Image image = new Step.Image(well, acquiredAt, images.encodeLarge(event));
              room.acquire(size(image));
              steps.put(image);
            }
          }
          case EventReader.Plane.Impossible impossible -> absent.add(impossible.absent());
        }
      } catch (IOException e) {
        absent.add(new AbsentPlane(id, String.valueOf(e.getMessage())));
      }
    }
    return content;
  }

  /**
   * The record of what was published of a well.
   *
   * @param fingerprint of its files; null if it must be compared by content
   * @param open whether more of it may come
   */
  static PublishProgress progress(PlateKey key, WellKey well, WellContent content, @Nullable String fingerprint, boolean open, InstantSource clock) {
    return PublishProgress.newBuilder()
        .setPlate(key.plate())
        .setAcquisition(key.acquisition())
        .setWell(well.well().toString())
        .setTimepoint(well.timepoint())
        .setPlanes(content.planes())
        .setContentSha256(content.sha256())
        .setSourceFingerprint(fingerprint)
        .setPublishedAt(clock.instant().truncatedTo(ChronoUnit.MICROS))
        .setPublished(open ? List.copyOf(content.lines()) : null)
        .build();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
