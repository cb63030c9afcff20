package io.dcmix.streams.publish;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.PublishProgress;
import io.dcmix.streams.Topics;
import io.dcmix.streams.results.LaneReader;
import io.dcmix.streams.results.LaneReader.QuietBrokerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What earlier publishers left of one imaging run.
 *
 * @param announced the last announcement; null if there is none
 * @param wells those that were published
 */
record PlateProgress(@Nullable Acquisition announced, Map<WellKey, PublishProgress> wells) {
  private static final AvroCodec<Acquisition> ACQUISITIONS = AvroCodec.of(Acquisition.class);
  private static final AvroCodec<PublishProgress> PROGRESS = AvroCodec.of(PublishProgress.class);

  /**
   * Reads it. Whoever wants to go on from it has fenced all others before.
   *
   * @param patience longer than other publishers' transactions may be open
   * @throws IOException if a topic does not exist, a record of this run cannot be read, or Kafka does not answer
   */
  static PlateProgress read(Topics topics, Map<String, Object> client, PlateKey key, Duration patience) throws IOException {
    Map<WellKey, PublishProgress> wells = new HashMap<>();
    List<Optional<Acquisition>> announced = new ArrayList<>();
    try (LaneReader reader = new LaneReader(client, List.of(topics.publishProgress(), topics.acquisitions()))) {
      for (String topic : List.of(topics.imageEvents(), topics.acquisitions(), topics.publishProgress())) {
        if (!reader.existing().contains(topic)) {
          throw new IOException("Topic %s does not exist: create the lane's topics first (--create-topics)".formatted(topic));
        }
      }
      reader.readAll(patience, record -> {
        if (record.key() == null || record.value() == null) {
          return;
        }
        String text = new String(record.key(), StandardCharsets.UTF_8);
        if (record.topic().equals(topics.acquisitions())) {
          if (text.equals(key.toString())) {
            announced.add(announcement(record.value()));
          }
        } else if (text.startsWith(key + "/")) {
          wells.put(WellKey.parse(text), progress(record));
        }
      });
    } catch (QuietBrokerException | UnreadableRecordException | IllegalArgumentException e) {
      throw new IOException("What was published of %s cannot be told: %s".formatted(key, e.getMessage()), e);
    }
    return new PlateProgress(announced.isEmpty() ? null : announced.getLast().orElse(null), Map.copyOf(wells));
  }

  /** Others announce, too, perhaps in a wire format that is not ours: then it is announced again. */
  private static Optional<Acquisition> announcement(byte[] value) {
    try {
      return Optional.of(ACQUISITIONS.decode(value));
    } catch (UnreadableRecordException e) {
      return Optional.empty();
    }
  }

  private static PublishProgress progress(ConsumerRecord<byte[], byte[]> record) {
    try {
      return PROGRESS.decode(record.value());
    } catch (UnreadableRecordException e) {
      throw new UnreadableRecordException("record %d of %s-%d: %s".formatted(record.offset(), record.topic(), record.partition(), e.getMessage()), e);
    }
  }
}
