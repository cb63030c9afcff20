package io.dcmix.streams.publish;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PublishProgress;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.PlateReading.Step;
import io.dcmix.streams.publish.PublishObserver.SentWell;
import io.dcmix.streams.publish.PublishTracer.Publication;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a plate as events: its layout, the announcement of the acquisition, its images well by well, and the end of it.
 *
 * <p>Once, whatever happens: the images of a well go out in one transaction with a record of that, so a publisher that starts
 * again, after a crash at any moment, goes on behind the last whole well. Small wells share a transaction, and none is divided. Of
 * two publishers of one plate the later one goes on and the earlier one ends with a {@link TakenOverException}.
 *
 * <p>Threading: publishes on one thread; any thread may close it, which ends the publishing.
 */
public final class ArchivePublisher implements AutoCloseable {
  /** How long a well may take; also for how long readers wait on a publisher that was killed and not started again. */
  public static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(60);

  /** Wells share a transaction until they have so many bytes: each costs a few round trips, whatever is in it. */
  private static final long TRANSACTION_BYTES = 64L << 20;

  /** And until they are so many: what a crash sends again stays little. */
  private static final int TRANSACTION_WELLS = 64;

  /** And until it has been open for so long: readers see no well before, however slowly others follow. */
  private static final Duration TRANSACTION_TIME = Duration.ofMillis(100);

  /** Whole wells are made visible when nothing follows for so long. */
  private static final Duration PATIENCE = Duration.ofMillis(20);

  /** Added to it for the broker's sweep, while this publisher waits for others to finish theirs. */
  private static final Duration SWEEP = Duration.ofSeconds(60);

  private final Topics topics;
  private final Map<String, Object> client;
  private final InstantSource clock;
  private final @Nullable Referral referral;
  private final Duration timeout;
  private final @Nullable PublishTracer tracer;
  private final AvroCodec<Acquisition> acquisitions = AvroCodec.of(Acquisition.class);
  private final AvroCodec<PlateLayout> layouts = AvroCodec.of(PlateLayout.class);
  private final AvroCodec<PublishProgress> progress = AvroCodec.of(PublishProgress.class);
  private final Set<PlateProducer> producers = new HashSet<>();
  private boolean closed;

  /** A publisher that sends all images inline. */
  public ArchivePublisher(Topics topics, Map<String, Object> client, InstantSource clock) {
    this(topics, client, clock, null, TRANSACTION_TIMEOUT);
  }

  /** A publisher that nobody follows. */
  public ArchivePublisher(Topics topics, Map<String, Object> client, InstantSource clock, @Nullable Referral referral, Duration timeout) {
    this(topics, client, clock, referral, timeout, null);
  }

  /**
   * Connects when it publishes.
   *
   * @param client bootstrap.servers and security
   * @param referral which images go by reference; null sends all inline
   * @param timeout how long a well may take to be read and sent
   * @param tracer follows the wells, and is closed with this; null: nobody does
   */
  public ArchivePublisher(
      Topics topics, Map<String, Object> client, InstantSource clock, @Nullable Referral referral, Duration timeout, @Nullable PublishTracer tracer) {
    this.topics = topics;
    this.client = Map.copyOf(client);
    this.clock = clock;
    this.referral = referral;
    this.timeout = timeout;
    this.tracer = tracer;
  }

  /**
   * What was published.
   *
   * @param images number of image events
   * @param wells number of wells with at least one
   * @param bytes of the image events
   * @param imagesBefore planes of wells that earlier publishers sent
   * @param wellsBefore number of these wells
   * @param announced whether anything had to be said of the plate: false if it was all published and finished before
   * @param absent planes that were promised and did not come, each with its reason
   * @param changed wells that were published before and hold something else now
   * @param empty wells without a single image, now or before
   */
  public record Published(
      PlateKey key, long images, long wells, long bytes, long imagesBefore, long wellsBefore, boolean announced, List<AbsentPlane> absent,
      List<ChangedWell> changed, Set<WellKey> empty) {
    /** Everything was done before, and nothing has changed. */
    public boolean nothingToDo() {
      return !announced && images == 0 && changed.isEmpty();
    }
  }

  /**
   * Publishes what is not published yet of a plate.
   *
   * @param acquisition id of the run; the archive's own unless the same plate is published again
   * @param map layout; null if there is none
   * @throws TakenOverException if another publisher of the same plate began
   * @throws IOException if Kafka refuses an event; a plane that cannot be read, or is too large to be sent, only becomes absent
   */
  public Published publish(PlateArchive archive, String acquisition, @Nullable PlateMap map, PublishObserver observer)
      throws IOException, InterruptedException {
    PlateKey key = new PlateKey(archive.key().plate(), acquisition);
    PlateProducer producer = open(key);
    try {
      return new Run(archive, key, map, observer, producer, takeOver(key, producer)).publish();
    } finally {
      close(producer);
    }
  }

  /**
   * Takes over a plate that is still acquired; what was published of it is known from then on.
   *
   * @throws IOException if Kafka refuses, or does not tell what was published
   */
  public LivePlate follow(PlateKey key) throws IOException, InterruptedException {
    PlateProducer producer = open(key);
    try {
      return new LivePlate(key, topics, producer, takeOver(key, producer), referral, clock, timeout, tracer, () -> close(producer));
    } catch (IOException | InterruptedException | RuntimeException e) {
      close(producer);
      throw e;
    }
  }

  private PlateProgress takeOver(PlateKey key, PlateProducer producer) throws IOException, InterruptedException {
    producer.takeOver();
    return PlateProgress.read(topics, client, key, timeout.plus(SWEEP));
  }

  private synchronized PlateProducer open(PlateKey key) throws IOException {
    if (closed) {
      throw new IOException("Publishing was ended");
    }
    PlateProducer producer = PlateProducer.connect(key, topics, client, timeout);
    producers.add(producer);
    return producer;
  }

  private void close(PlateProducer producer) {
    producer.close();
    synchronized (this) {
      producers.remove(producer);
    }
  }

  /**
   * A whole well in the open transaction.
   *
   * @param last of its images; null if it has none
   * @param publication its trace; null if it has no image, or nobody follows
   */
  private record OpenWell(WellKey key, @Nullable Future<RecordMetadata> last, int images, long bytes, @Nullable Publication publication) {}

  /** One plate. */
  private final class Run {
    private final PlateArchive archive;
    private final PlateKey key;
    private final @Nullable PlateMap map;
    private final PublishObserver observer;
    private final PlateProducer producer;
    private final PlateProgress before;
    private final Instant startedAt;
    private final List<AbsentPlane> absent;
    private final List<ChangedWell> changed = new ArrayList<>();
    private final Set<WellKey> empty = new HashSet<>();
    private final List<OpenWell> open = new ArrayList<>();
    private long openBytes;
    private @Nullable Publication publication;
    private long images;
    private long wells;
    private long bytes;
    private long imagesBefore;
    private long wellsBefore;
    private boolean announced;

    Run(PlateArchive archive, PlateKey key, @Nullable PlateMap map, PublishObserver observer, PlateProducer producer, PlateProgress before) {
      this.archive = archive;
      this.key = key;
      this.map = map;
      this.observer = observer;
      this.producer = producer;
      this.before = before;
      this.absent = new ArrayList<>(archive.absent());
      Acquisition earlier = before.announced();
      Instant began = earlier == null ? null : earlier.getStartedAt();
      this.startedAt = began == null ? clock.instant() : began;
    }

    Published publish() throws IOException, InterruptedException {
      Set<WellKey> left = new HashSet<>(PlateReading.wells(archive, key).keySet());
      left.removeAll(before.wells().keySet());
      if (!left.isEmpty()) {
        start();
      }
      try (PlateReading reading = new PlateReading(archive, key, before.wells(), referral, clock)) {
        sendAll(reading);
      } finally {
        abandon();
      }
      finish();
      return new Published(key, images, wells, bytes, imagesBefore, wellsBefore, announced, List.copyOf(absent), List.copyOf(changed),
          Set.copyOf(empty));
    }

    /** The announcement comes before the first image; after a restart it is there already. */
    private void start() throws IOException, InterruptedException {
      Acquisition manifest = Manifests.acquisition(archive, key.acquisition(), absent, AcquisitionStatus.STARTED, startedAt, null);
      if (map != null) {
        var _ = producer.send(topics.plateLayouts(), KeyParts.join(key.plate()), layouts.encode(Layouts.of(key.plate(), map, Orientation.NORMAL)));
      }
      if (!manifest.equals(before.announced())) {
        announce(manifest);
      } else if (map != null) {
        producer.commit();
      }
    }

    /** Only when all images are there is it true that the plate is finished. */
    private void finish() throws IOException, InterruptedException {
      Acquisition earlier = before.announced();
      Instant ended = earlier == null || earlier.getStatus() != AcquisitionStatus.FINISHED || images > 0 ? null : earlier.getFinishedAt();
      Acquisition manifest = Manifests.acquisition(
          archive, key.acquisition(), absent, AcquisitionStatus.FINISHED, startedAt, ended == null ? clock.instant() : ended);
      if (images > 0 || !manifest.equals(earlier)) {
        announce(manifest);
      }
    }

    private void announce(Acquisition acquisition) throws IOException, InterruptedException {
      var _ = producer.send(topics.acquisitions(), key.toString(), acquisitions.encode(acquisition));
      producer.commit();
      announced = true;
    }

    private void sendAll(PlateReading reading) throws IOException, InterruptedException {
      Future<RecordMetadata> last = null;
      int count = 0;
      long size = 0;
      while (true) {
        switch (reading.next(PATIENCE)) {
          case null -> {
            if (count == 0) {
              commit(); // whole wells do not wait for the disk
            }
          }
          case Step.Image(WellKey well, Instant acquiredAt, byte[] event) -> {
            if (count == 0 && !observer.isDue(well, acquiredAt, openBytes)) {
              commit();
              observer.await(well, acquiredAt);
            }
            if (count == 0 && tracer != null) {
              publication = tracer.begin(well);
            }
            last = producer.send(topics.imageEvents(), well.toString(), event, publication == null ? List.of() : publication.image(event.length));
            count++;
            size += event.length;
            observer.images(imagesBefore + images + count);
          }
          case Step.WellRead(WellKey well, PublishProgress done) -> {
            var _ = producer.send(topics.publishProgress(), well.toString(), progress.encode(done));
            open.add(new OpenWell(well, last, count, size, publication));
            publication = null;
            openBytes += size;
            images += count;
            last = null;
            count = 0;
            size = 0;
            if (isFull(open.size(), openBytes, producer.openFor())) {
              commit();
            }
          }
          case Step.Unchanged(WellKey well, int planes) -> {
            imagesBefore += planes;
            wellsBefore++;
            if (planes == 0) {
              empty.add(well);
            }
            observer.images(imagesBefore + images);
          }
          case Step.Changed(ChangedWell well) -> {
            imagesBefore += well.before();
            wellsBefore++;
            changed.add(well);
          }
          case Step.Absent(AbsentPlane plane) -> absent.add(plane);
          case Step.Failed(RuntimeException why) -> throw why;
          case Step.End() -> {
            commit();
            return;
          }
        }
      }
    }

    /** What is open now was not committed and never will be. */
    private void abandon() {
      if (publication != null) {
        publication.abandoned();
      }
      for (OpenWell well : open) {
        if (well.publication() != null) {
          well.publication().abandoned();
        }
      }
    }

    /** Makes the whole wells visible that are in the open transaction; does nothing if there is none. */
    private void commit() throws IOException, InterruptedException {
      if (open.isEmpty()) {
        return;
      }
      producer.commit();
      for (OpenWell well : open) {
        if (well.publication() != null) {
          well.publication().committed();
        }
        RecordMetadata place = well.last() == null ? null : PlateProducer.place(well.last());
        if (place == null) {
          empty.add(well.key());
        } else {
          wells++;
        }
        bytes += well.bytes();
        observer.sent(new SentWell(well.key(), place == null ? -1 : place.partition(), place == null ? -1 : place.offset(), well.images(), well.bytes()));
      }
      open.clear();
      openBytes = 0;
    }
  }

  /** Whether a transaction with so many whole wells is to be committed. */
  static boolean isFull(int wells, long bytes, Duration openFor) {
    return bytes >= TRANSACTION_BYTES || wells >= TRANSACTION_WELLS || openFor.compareTo(TRANSACTION_TIME) >= 0;
  }

  /** Ends the publishing; open transactions are aborted. */
  @Override
  public synchronized void close() {
    closed = true;
    producers.forEach(PlateProducer::close);
    if (tracer != null) {
      tracer.close();
    }
  }
}
