package io.dcmix.streams.publish;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PublishProgress;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.PublishTracer.Publication;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a plate piece by piece while it is acquired. What is new goes out in one transaction with records of all that was
 * published of its wells, so that whoever goes on after a crash publishes no plane twice and skips none.
 *
 * <p>After an {@link IOException} it is of no use any more; another one goes on. Used by one thread.
 */
public final class LivePlate implements AutoCloseable {
  /** The announcement follows what becomes known at most so often. */
  private static final long ANNOUNCE_EVERY = Duration.ofSeconds(2).toNanos();

  /** A plane that cannot be read is tried again after this time: its share may be away. */
  private static final long RETRY_AFTER = Duration.ofSeconds(5).toNanos();

  private final PlateKey key;
  private final Topics topics;
  private final PlateProducer producer;
  private final EventReader reader;
  private final InstantSource clock;
  private final Duration timeout;
  private final @Nullable PublishTracer tracer;
  private final Runnable close;
  private final AvroCodec<ImageEvent> images = AvroCodec.of(ImageEvent.class);
  private final AvroCodec<Acquisition> acquisitions = AvroCodec.of(Acquisition.class);
  private final AvroCodec<PlateLayout> layouts = AvroCodec.of(PlateLayout.class);
  private final AvroCodec<PublishProgress> progress = AvroCodec.of(PublishProgress.class);
  private final Map<WellKey, WellContent> wells = new HashMap<>();
  private final Map<WellKey, PublishProgress> unchecked;
  private final Set<WellKey> asAWhole = new HashSet<>();
  private final Map<PlaneId, AbsentPlane> impossible = new HashMap<>();
  private final Map<PlaneId, Failure> failures = new HashMap<>();
  private final Map<Path, PlaneId> files = new HashMap<>();
  private final Instant startedAt;
  private @Nullable Acquisition announced;
  private long announcedAt;
  private boolean told;
  private @Nullable PlateMap map;

  /**
   * Goes on behind what was published before.
   *
   * @param producer has shut out all others
   * @param tracer follows the wells; null: nobody does
   * @param close gives it back
   */
  LivePlate(
      PlateKey key, Topics topics, PlateProducer producer, PlateProgress before, @Nullable Referral referral, InstantSource clock, Duration timeout,
      @Nullable PublishTracer tracer, Runnable close) {
    this.key = key;
    this.topics = topics;
    this.producer = producer;
    this.reader = new EventReader(key, referral);
    this.clock = clock;
    this.timeout = timeout;
    this.tracer = tracer;
    this.close = close;
    this.announced = before.announced();
    this.unchecked = new HashMap<>(before.wells());
    before.wells().forEach((well, record) -> {
      List<String> lines = record.getPublished();
      if (lines == null) {
        asAWhole.add(well);
      }
      wells.put(well, lines == null ? new WellContent() : WellContent.of(lines));
    });
    Instant began = announced == null ? null : announced.getStartedAt();
    this.startedAt = began == null ? clock.instant() : began;
  }

  /**
   * What came of a look.
   *
   * @param images number of image events that went out
   * @param bytes of these events
   * @param news whether anything was published or became known
   * @param left planes that are promised and not published yet, and will be
   * @param warnings what a person should know; each is said once
   * @param conflict why nothing of it is published; null if all is well
   */
  public record Round(long images, long bytes, boolean news, int left, List<String> warnings, @Nullable String conflict) {}

  public PlateKey key() {
    return key;
  }

  /** Whether it was announced as finished, and nothing since. */
  public boolean isFinished() {
    return announced != null && announced.getStatus() == AcquisitionStatus.FINISHED;
  }

  /** Number of planes that were published piece by piece, earlier publishers' included. */
  public long planes() {
    return wells.values().stream().mapToLong(WellContent::planes).sum();
  }

  /** Number of wells that something was published of, by earlier publishers, too. */
  public int wells() {
    return wells.size();
  }

  /** Whether a plane was published from this file by this publisher. */
  public boolean isFrom(Path file) {
    return files.containsKey(file);
  }

  /**
   * Publishes what is there and was not published.
   *
   * @param archive the planes that are whole, and as missing those that are promised
   * @param map layout; null if there is none yet
   * @param nanos a clock that never goes back
   */
  public Round publish(PlateArchive archive, @Nullable PlateMap map, long nanos) throws IOException, InterruptedException {
    List<String> warnings = new ArrayList<>();
    Map<WellKey, List<PlaneId>> planes = PlateReading.wells(archive, key);
    String conflict = conflict(archive);
    if (conflict != null) {
      return new Round(0, 0, false, 0, warnings, conflict);
    }
    compareWithEarlier(archive, planes, warnings);
    Map<WellKey, List<PlaneId>> left = left(planes);
    boolean known = announce(archive, map, !left.isEmpty(), nanos);
    Sending sending = new Sending(archive, planes);
    try {
      for (Map.Entry<WellKey, List<PlaneId>> well : left.entrySet()) {
        for (PlaneId id : well.getValue()) {
          Failure failure = failures.get(id);
          if (failure == null || nanos - failure.nanos >= RETRY_AFTER) {
            try {
              sending.send(well.getKey(), id);
            } catch (Unreadable e) {
              String why = String.valueOf(e.getMessage());
              if (failures.put(id, new Failure(why, nanos)) == null) {
                warnings.add("%s is tried again: %s".formatted(id, why));
              }
            }
          }
        }
        sending.commitIfLarge();
      }
      sending.commit();
    } finally {
      sending.abandon();
    }
    int after = awaited(archive).size() + left(planes).values().stream().mapToInt(List::size).sum();
    return new Round(sending.images, sending.bytes, known || sending.images > 0, after, warnings, null);
  }

  /**
   * Says that nothing more comes; what is still promised is absent from then on.
   *
   * @param status finished, or aborted
   * @return the absent planes, each with its reason
   */
  public List<AbsentPlane> end(PlateArchive archive, AcquisitionStatus status) throws IOException, InterruptedException {
    List<AbsentPlane> absent = new ArrayList<>(known(archive));
    absent.addAll(awaited(archive));
    left(PlateReading.wells(archive, key)).values().forEach(unread -> unread.forEach(id -> {
      Failure failure = failures.get(id);
      absent.add(new AbsentPlane(id, failure == null ? "it was not read any more" : failure.why));
    }));
    List<AbsentPlane> sorted = sorted(archive, absent);
    Acquisition earlier = announced;
    Instant before = earlier == null || earlier.getStatus() != status ? null : earlier.getFinishedAt();
    Acquisition manifest = Manifests.acquisition(
        archive, key.acquisition(), List.of(), sorted, status, startedAt, before == null ? clock.instant() : before);
    if (!manifest.equals(earlier)) {
      send(manifest);
      producer.commit();
    }
    return sorted;
  }

  /** An index that gives other names to what was published would make all of it come twice. */
  private @Nullable String conflict(PlateArchive archive) {
    Set<String> channels = wells.values().stream().flatMap(content -> content.channels().stream()).collect(Collectors.toSet());
    channels.removeAll(archive.channels());
    if (!channels.isEmpty()) {
      return "channels %s were published, and now there are %s; give the plate another run with --acquisition ID, or name the channels with --channel OLD=NEW"
          .formatted(channels.stream().sorted().toList(), archive.channels());
    }
    for (PlaneId id : archive.planes()) {
      Path file = archive.file(id);
      PlaneId before = file == null ? null : files.get(file);
      if (file != null && before != null && !before.equals(id)) {
        return "%s was published as %s, and now it is %s; give the plate another run with --acquisition ID".formatted(file.getFileName(), before, id);
      }
    }
    return null;
  }

  /** What earlier publishers read may have changed since; looked at once, when all of it is there. */
  private void compareWithEarlier(PlateArchive archive, Map<WellKey, List<PlaneId>> planes, List<String> warnings) {
    for (WellKey well : Set.copyOf(unchecked.keySet())) {
      PublishProgress record = unchecked.get(well);
      WellContent content = wells.get(well);
      List<PlaneId> there = planes.getOrDefault(well, List.of());
      if (record == null || content == null || there.isEmpty()) {
        continue;
      }
      List<PlaneId> published = asAWhole.contains(well) ? there : there.stream().filter(content::holds).toList();
      if (published.size() < record.getPlanes()) {
        continue;
      }
      unchecked.remove(well);
      if (Resumption.of(record, WellContent.fingerprint(archive, published)) == Resumption.COMPARE) {
        WellContent now = new WellContent();
        for (PlaneId id : published) {
          try {
            if (reader.read(archive, id) instanceof EventReader.Plane.Event(ImageEvent event, var _)) {
              now.add(id, event.getSha256());
            }
          } catch (IOException e) {
            warnings.add("%s was published, and cannot be read now: %s".formatted(id, e.getMessage()));
          }
        }
        if (!now.sha256().equals(record.getContentSha256())) {
          warnings.add(new ChangedWell(well, record.getPlanes(), now.planes()) + "; nothing of them is published again");
        }
      }
    }
  }

  private Map<WellKey, List<PlaneId>> left(Map<WellKey, List<PlaneId>> planes) {
    Map<WellKey, List<PlaneId>> left = new LinkedHashMap<>();
    planes.forEach((well, ids) -> {
      WellContent content = wells.get(well);
      List<PlaneId> own = asAWhole.contains(well) ? List.of()
          : ids.stream().filter(id -> (content == null || !content.holds(id)) && !impossible.containsKey(id)).toList();
      if (!own.isEmpty()) {
        left.put(well, own);
      }
    });
    return left;
  }

  private static List<AbsentPlane> awaited(PlateArchive archive) {
    return archive.absent().stream().filter(plane -> plane.kind() == Absence.MISSING).toList();
  }

  /** Those of which it is known already that they will never come. */
  private List<AbsentPlane> known(PlateArchive archive) {
    List<AbsentPlane> known = new ArrayList<>(archive.absent().stream().filter(plane -> plane.kind() != Absence.MISSING).toList());
    known.addAll(impossible.values());
    return sorted(archive, known);
  }

  private static List<AbsentPlane> sorted(PlateArchive archive, List<AbsentPlane> planes) {
    return planes.stream().sorted(Comparator.comparing(AbsentPlane::id, PlaneId.order(archive.channels()))).toList();
  }

  private boolean announce(PlateArchive archive, @Nullable PlateMap newMap, boolean more, long nanos) throws IOException, InterruptedException {
    List<AbsentPlane> awaited = awaited(archive);
    Acquisition manifest = Manifests.acquisition(archive, key.acquisition(), awaited, known(archive), AcquisitionStatus.STARTED, startedAt, null);
    boolean ended = announced != null && announced.getStatus() != AcquisitionStatus.STARTED;
    boolean mapped = newMap != null && !newMap.equals(map);
    if (!mapped && manifest.equals(announced)) {
      return false;
    }
    if (ended && !more && !isPromisedSince(awaited)) {
      return false;
    }
    if (told && nanos - announcedAt < ANNOUNCE_EVERY) {
      return false;
    }
    if (newMap != null && mapped) {
      var _ = producer.send(topics.plateLayouts(), KeyParts.join(key.plate()), layouts.encode(Layouts.of(key.plate(), newMap, Orientation.NORMAL)));
    }
    send(manifest);
    producer.commit();
    map = newMap;
    told = true;
    announcedAt = nanos;
    return true;
  }

  /** Whether something is awaited that was not given up when the plate ended before. */
  private boolean isPromisedSince(List<AbsentPlane> awaited) {
    Acquisition ended = announced;
    Set<PlaneId> givenUp = new HashSet<>();
    if (ended != null) {
      ended.getAbsent().forEach(plane -> givenUp.add(
          new PlaneId(WellAddress.parse(plane.getWell()), plane.getSite(), plane.getChannel(), plane.getTimepoint(), plane.getZ())));
    }
    return awaited.stream().anyMatch(plane -> !givenUp.contains(plane.id()));
  }

  private void send(Acquisition manifest) throws IOException, InterruptedException {
    var _ = producer.send(topics.acquisitions(), key.toString(), acquisitions.encode(manifest));
    announced = manifest;
  }

  /** A plane could not be read at a time of the clock that never goes back. */
  private record Failure(String why, long nanos) {}

  /** The archive is to blame, not Kafka. */
  private static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** What is new, in transactions of a few wells. */
  private final class Sending {
    private final PlateArchive archive;
    private final Map<WellKey, List<PlaneId>> planes;
    private final Set<WellKey> uncommitted = new LinkedHashSet<>();
    private final Map<WellKey, Publication> publications = new LinkedHashMap<>();
    private long begun;
    private long uncommittedBytes;
    private long images;
    private long bytes;

    Sending(PlateArchive archive, Map<WellKey, List<PlaneId>> planes) {
      this.archive = archive;
      this.planes = planes;
    }

    void send(WellKey well, PlaneId id) throws IOException, InterruptedException, Unreadable {
      EventReader.Plane plane;
      try {
        plane = reader.read(archive, id);
      } catch (IOException e) {
        throw new Unreadable(e);
      }
      failures.remove(id);
      switch (plane) {
        case EventReader.Plane.Event(ImageEvent event, var _) -> {
          if (uncommitted.isEmpty()) {
            begun = System.nanoTime();
          }
          byte[] encoded = LivePlate.this.images.encodeLarge(event);
          List<Header> headers =
              tracer == null ? List.of() : publications.computeIfAbsent(well, tracer::begin).image(encoded.length);
          var _ = producer.send(topics.imageEvents(), well.toString(), encoded, headers);
          wells.computeIfAbsent(well, w -> new WellContent()).add(id, event.getSha256());
          Path file = archive.file(id);
          if (file != null) {
            files.put(file, id);
          }
          uncommitted.add(well);
          images++;
          bytes += encoded.length;
          uncommittedBytes += encoded.length;
          // Whoever finds a well half there goes on with it, so a slow disk is no reason to lose a transaction.
          if (System.nanoTime() - begun > timeout.toNanos() / 2) {
            commit();
          }
        }
        case EventReader.Plane.Impossible(AbsentPlane absent) -> impossible.put(id, absent);
      }
    }

    /** What is open now was not committed and never will be. */
    void abandon() {
      publications.values().forEach(Publication::abandoned);
      publications.clear();
    }

    void commitIfLarge() throws IOException, InterruptedException {
      if (ArchivePublisher.isFull(uncommitted.size(), uncommittedBytes, producer.openFor())) {
        commit();
      }
    }

    void commit() throws IOException, InterruptedException {
      if (uncommitted.isEmpty()) {
        return;
      }
      for (WellKey well : uncommitted) {
        WellContent content = wells.getOrDefault(well, new WellContent());
        List<PlaneId> published = planes.getOrDefault(well, List.of()).stream().filter(content::holds).toList();
        String fingerprint = published.size() == content.planes() ? WellContent.fingerprint(archive, published) : null;
        var _ = producer.send(topics.publishProgress(), well.toString(),
            progress.encode(PlateReading.progress(key, well, content, fingerprint, true, clock)));
      }
      producer.commit();
      publications.values().forEach(Publication::committed);
      publications.clear();
      uncommitted.clear();
      uncommittedBytes = 0;
    }
  }

  @Override
  public void close() {
    close.run();
  }
}
