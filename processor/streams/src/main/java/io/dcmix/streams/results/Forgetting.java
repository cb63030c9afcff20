package io.dcmix.streams.results;

import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.streams.ImageSelection;
import io.dcmix.streams.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Takes back what a lane has said of plates: a tombstone, a record with the key and no value, for each key of theirs in the topics of
 * results and announcements. In compacted topics that deletes; in those that are retained (failures, alerts) it tells readers to
 * forget, and what was said lies there until retention takes it. Images, layouts and dead letters are not touched.
 */
public final class Forgetting {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int TRANSACTION = 10_000;
  private static final int TRANSACTION_MILLIS = 60_000;

  private final Topics lane;
  private final ImageSelection plates;
  private final SequencedMap<String, Function<String, PlateKey>> topics = new LinkedHashMap<>();

  /** A key in its place. */
  private record Place(String topic, int partition, ByteBuffer key) {}

  /**
   * Forgets these plates.
   *
   * @param plates which; all of the lane, its aggregates over plates too, if it selects nothing
   * @param announcements whether what was announced of them goes, too; without it, wells that are scored again end at their deadlines
   * @param progress whether publishers forget them, too, and would publish them again
   */
  public Forgetting(Topics lane, ImageSelection plates, boolean announcements, boolean progress) {
    this.lane = lane;
    this.plates = plates;
    topics.put(lane.wellPredictions(), Forgetting::ofWell);
    topics.put(lane.hitCalls(), Forgetting::ofWell);
    topics.put(lane.wellFailures(), Forgetting::ofWell);
    topics.put(lane.plateQuality(), key -> {
      List<String> parts = KeyParts.split(key, 3);
      return new PlateKey(parts.get(0), parts.get(1));
    });
    topics.put(lane.alerts(), PlateKey::parse);
    topics.put(lane.channelImportance(), key -> {
      List<String> parts = KeyParts.split(key, 3);
      if (!parts.getFirst().equals("plate")) {
        throw new IllegalArgumentException(key + " is the importance of no plate");
      }
      return new PlateKey(parts.get(1), parts.get(2));
    });
    if (announcements && !lane.borrowsImages()) {
      topics.put(lane.acquisitions(), PlateKey::parse);
    }
    if (progress && !lane.borrowsImages()) {
      topics.put(lane.publishProgress(), Forgetting::ofWell);
    }
  }

  private static PlateKey ofWell(String key) {
    return WellKey.parse(key).plate();
  }

  /**
   * Finds what is there, and writes the tombstones.
   *
   * @param client bootstrap.servers and security
   * @param dryRun finds and writes nothing
   * @return number of keys by topic, topics without one included; those that do not exist are left out
   * @throws LaneReader.QuietBrokerException if a topic cannot be read to its end
   * @throws org.apache.kafka.common.KafkaException if the brokers refuse the tombstones; those of the last transaction are then not there
   */
  public SequencedMap<String, Integer> run(Map<String, Object> client, boolean dryRun) {
    SequencedMap<String, Integer> counts = new LinkedHashMap<>();
    List<Place> found = find(client, counts);
    if (!dryRun && !found.isEmpty()) {
      write(client, found);
    }
    return counts;
  }

  private List<Place> find(Map<String, Object> client, Map<String, Integer> counts) {
    Map<Place, Boolean> said = new LinkedHashMap<>();
    try (LaneReader reader = new LaneReader(client, topics.keySet())) {
      topics.keySet().stream().filter(topic -> !reader.missing().contains(topic)).forEach(topic -> counts.put(topic, 0));
      reader.readAll(PATIENCE, record -> {
        if (record.key() != null && takes(record.topic(), record.key())) {
          said.put(new Place(record.topic(), record.partition(), ByteBuffer.wrap(record.key())), record.value() != null);
        }
      });
    }
    List<Place> found = new ArrayList<>();
    said.forEach((place, stands) -> {
      if (stands) {
        found.add(place);
        counts.merge(place.topic(), 1, Integer::sum);
      }
    });
    return found;
  }

  private boolean takes(String topic, byte[] key) {
    if (plates.isAll()) {
      return true;
    }
    PlateKey plate = plate(topic, new String(key, StandardCharsets.UTF_8));
    return plate != null && plates.takes(plate.plate(), plate.acquisition());
  }

  /** Null if the key is of no plate. */
  private @Nullable PlateKey plate(String topic, String key) {
    Function<String, PlateKey> parser = topics.get(topic);
    try {
      return parser == null ? null : parser.apply(key);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Each into the partition where it was found, wherever another partitioner would put it. */
  private void write(Map<String, Object> client, List<Place> places) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, lane.forgetTransactions());
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (int from = 0; from < places.size(); from += TRANSACTION) {
        producer.beginTransaction();
        for (Place place : places.subList(from, Math.min(places.size(), from + TRANSACTION))) {
          var _ = producer.send(new ProducerRecord<>(place.topic(), place.partition(), place.key().array(), null));
        }
        producer.commitTransaction();
      }
    }
  }
}
