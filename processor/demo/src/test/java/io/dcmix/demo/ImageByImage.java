package io.dcmix.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateMap;
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
import io.dcmix.streams.publish.ImageEvents;
import io.dcmix.streams.publish.Layouts;
import io.dcmix.streams.publish.Manifests;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A publisher that is not ours: it sends image by image, in any order and as often as it is told, without transactions, so that
 * readers see wells in part. Many microscopes' software does that.
 */
final class ImageByImage implements AutoCloseable {
  private static final AvroCodec<ImageEvent> IMAGES = AvroCodec.of(ImageEvent.class);
  private static final AvroCodec<Acquisition> ACQUISITIONS = AvroCodec.of(Acquisition.class);
  private static final AvroCodec<PlateLayout> LAYOUTS = AvroCodec.of(PlateLayout.class);

  private final Topics topics;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();

  ImageByImage(Topics topics, Map<String, Object> client) {
    this.topics = topics;
    Map<String, Object> config = new HashMap<>(client);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 20);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LaneTopics.MAX_MESSAGE_BYTES);
    producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Publishes a plate and returns when all of it is there.
   *
   * @param map null if nobody knows what is in the wells
   * @param progress is told the number of images sent so far
   */
  void publish(PlateArchive plate, PlateMap map, LongConsumer progress) throws IOException, ExecutionException, InterruptedException {
    PlateKey key = plate.key();
    Instant started = Instant.now();
    if (map != null) {
      send(topics.plateLayouts(), KeyParts.join(key.plate()), LAYOUTS.encode(Layouts.of(key.plate(), map, Orientation.NORMAL)));
    }
    send(topics.acquisitions(), key.toString(),
        ACQUISITIONS.encode(Manifests.acquisition(plate, key.acquisition(), List.of(), AcquisitionStatus.STARTED, started, null)));
    flush();
    long images = 0;
    for (PlaneId id : plate.planes()) {
      ArchivePlane plane = plate.read(id);
      ImageEvent event = ImageEvents.of(key, plane, plate.instrument()).setBytes(plane.payload()).build();
      send(topics.imageEvents(), new WellKey(key, id.well(), id.timepoint()).toString(), IMAGES.encode(event));
      progress.accept(++images);
    }
    flush();
    send(topics.acquisitions(), key.toString(),
        ACQUISITIONS.encode(Manifests.acquisition(plate, key.acquisition(), List.of(), AcquisitionStatus.FINISHED, started, Instant.now())));
    flush();
  }

  private void flush() throws ExecutionException, InterruptedException {
    producer.flush();
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
    sent.clear();
  }

  private void send(String topic, String key, byte[] value) {
    sent.add(producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value)));
  }

  @Override
  public void close() {
    producer.close();
  }
}
