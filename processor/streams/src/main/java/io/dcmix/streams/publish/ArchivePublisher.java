package io.dcmix.streams.publish;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.images.Sha256;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a plate as events: its layout, the announcement of the acquisition, its images well by well, and the end of it.
 * One plane is in memory at a time, besides what the producer buffers. Not thread-safe.
 */
public final class ArchivePublisher implements AutoCloseable {
  private final Topics topics;
  private final InstantSource clock;
  private final @Nullable Referral referral;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AvroCodec<ImageEvent> images = AvroCodec.of(ImageEvent.class);
  private final AvroCodec<Acquisition> acquisitions = AvroCodec.of(Acquisition.class);
  private final AvroCodec<PlateLayout> layouts = AvroCodec.of(PlateLayout.class);
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /** A publisher that sends all images inline. */
  public ArchivePublisher(Topics topics, Map<String, Object> clientConfig, InstantSource clock) {
    this(topics, clientConfig, clock, null);
  }

  /**
   * Connects lazily.
   *
   * @param clientConfig bootstrap.servers and security
   * @param referral which images go by reference; null sends all inline
   */
  public ArchivePublisher(Topics topics, Map<String, Object> clientConfig, InstantSource clock, @Nullable Referral referral) {
    this.topics = topics;
    this.clock = clock;
    this.referral = referral;
    Map<String, Object> config = new HashMap<>(clientConfig);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 20);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L << 20);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LaneTopics.MAX_MESSAGE_BYTES);
    this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * What was published.
   *
   * @param images number of image events
   * @param wells number of wells with at least one
   * @param absent planes that were promised and did not come, each with its reason
   */
  public record Published(PlateKey key, long images, long wells, List<AbsentPlane> absent) {}

  /**
   * Publishes a plate.
   *
   * @param acquisition id of the run; the archive's own unless the same plate is published again
   * @param map layout; null if there is none
   * @param progress is told the number of planes published so far
   * @throws IOException if Kafka refuses an event; a plane that cannot be read, or is too large to be sent, only becomes absent
   */
  public Published publish(PlateArchive archive, String acquisition, @Nullable PlateMap map, LongConsumer progress)
      throws IOException, InterruptedException {
    PlateKey key = new PlateKey(archive.key().plate(), acquisition);
    Instant started = clock.instant();
    List<AbsentPlane> absent = new ArrayList<>(archive.absent());
    if (map != null) {
      send(topics.plateLayouts(), KeyParts.join(key.plate()), layouts.encode(Layouts.of(key.plate(), map, Orientation.NORMAL)));
    }
    announce(Manifests.acquisition(archive, acquisition, absent, AcquisitionStatus.STARTED, started, null), key);

    long count = 0;
    long wells = 0;
    WellKey last = null;
    for (PlaneId id : archive.planes()) {
      WellKey well = new WellKey(key, id.well(), id.timepoint());
      ArchivePlane plane;
      try {
        plane = archive.read(id);
      } catch (IOException e) {
        absent.add(new AbsentPlane(id, String.valueOf(e.getMessage())));
        continue;
      }
      ImageEvent.Builder event = event(key, plane, archive.instrument());
      switch (Delivery.of(plane.payload().remaining(), archive.file(id), referral)) {
        case Delivery.Inline _ -> event.setBytes(plane.payload());
        case Delivery.ByReference at -> event.setUri(at.uri().toString());
        case Delivery.Impossible impossible -> {
          absent.add(new AbsentPlane(id, plane.origin() + ": " + impossible.why()));
          continue;
        }
      }
      send(topics.imageEvents(), well.toString(), images.encode(event.build()));
      wells += well.equals(last) ? 0 : 1;
      last = well;
      progress.accept(++count);
    }
    // Only when all images are there is it true that the plate is finished.
    producer.flush();
    throwIfFailed();
    announce(Manifests.acquisition(archive, acquisition, absent, AcquisitionStatus.FINISHED, started, clock.instant()), key);
    return new Published(key, count, wells, List.copyOf(absent));
  }

  private void announce(Acquisition acquisition, PlateKey key) throws IOException, InterruptedException {
    try {
      producer.send(record(topics.acquisitions(), key.toString(), acquisitions.encode(acquisition))).get();
    } catch (ExecutionException e) {
      throw new IOException("Kafka refused the announcement of " + key + ": " + e.getMessage(), e);
    }
  }

  private void send(String topic, String key, byte[] value) throws IOException {
    throwIfFailed();
    var _ = producer.send(record(topic, key, value), (metadata, e) -> {
      if (e != null) {
        failure.compareAndSet(null, e);
      }
    });
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
    return new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value);
  }

  private void throwIfFailed() throws IOException {
    Exception e = failure.get();
    if (e != null) {
      throw new IOException("Kafka refused an event: " + e.getMessage(), e);
    }
  }

  private static ImageEvent.Builder event(PlateKey key, ArchivePlane plane, @Nullable String instrument) {
    PlaneFormat format = plane.format();
    Instant acquiredAt = plane.acquiredAt();
    return ImageEvent.newBuilder()
        .setPlate(key.plate())
        .setAcquisition(key.acquisition())
        .setWell(plane.id().well().toString())
        .setSite(plane.id().site())
        .setChannel(plane.id().channel())
        .setTimepoint(plane.id().timepoint())
        .setZ(plane.id().z())
        .setAcquiredAt(acquiredAt == null ? null : acquiredAt.truncatedTo(ChronoUnit.MICROS))
        .setAcquiredAtText(plane.acquiredAtText())
        .setWidth(format.width())
        .setHeight(format.height())
        .setPixelType(format.pixelType())
        .setEncoding(format.encoding())
        .setSize((long) plane.payload().remaining())
        .setSha256(Sha256.of(plane.payload()))
        .setInstrument(instrument);
  }

  @Override
  public void close() {
    producer.close();
  }
}
