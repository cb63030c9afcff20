package io.dcmix.streams.publish;

import io.dcmix.schema.KeyParts;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.streams.wire.EdgeSerdes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes layouts of plates, and takes them back. The topic keeps the last layout of each plate, so publishing one again
 * changes nothing. Not thread-safe.
 */
public final class LayoutPublisher implements AutoCloseable {
  private final String topic;
  private final Producer<byte[], byte[]> producer;
  private final Serializer<PlateLayout> serializer;

  /** @param topic of the layouts */
  public LayoutPublisher(String topic, Producer<byte[], byte[]> producer, EdgeSerdes serdes) {
    this.topic = topic;
    this.producer = producer;
    this.serializer = serdes.serde(PlateLayout.class).serializer();
  }

  /**
   * A publisher that waits for all copies of the topic.
   *
   * @param clientConfig bootstrap.servers and security
   * @param within a layout that is not stored by then has failed
   */
  public static LayoutPublisher connect(String topic, Map<String, Object> clientConfig, EdgeSerdes serdes, Duration within) {
    Map<String, Object> config = new HashMap<>(clientConfig);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) within.toMillis());
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) within.toMillis() / 2);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) within.toMillis());
    return new LayoutPublisher(topic, new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()), serdes);
  }

  /**
   * Publishes layouts and waits until they are stored.
   *
   * @throws IOException naming the plates whose layouts were refused; the others are stored
   */
  public void publish(Collection<PlateLayout> layouts) throws IOException, InterruptedException {
    Map<String, byte[]> values = new HashMap<>();
    List<String> plates = new ArrayList<>();
    for (PlateLayout layout : layouts) {
      values.put(layout.getPlate(), serializer.serialize(topic, layout));
      plates.add(layout.getPlate());
    }
    send(plates, values);
  }

  /**
   * Takes back what is known of a plate; its wells are unmapped again.
   *
   * @throws IOException if that is refused
   */
  public void remove(Collection<String> plates) throws IOException, InterruptedException {
    send(plates, Map.of());
  }

  private void send(Collection<String> plates, Map<String, byte[]> values) throws IOException, InterruptedException {
    Map<String, Future<RecordMetadata>> sent = new HashMap<>();
    List<String> refused = new ArrayList<>();
    Exception why = null;
    for (String plate : plates) {
      try {
        sent.put(plate, producer.send(record(plate, values.get(plate))));
      } catch (KafkaException e) {
        refused.add(plate);
        why = e;
      }
    }
    producer.flush();
    for (String plate : plates) {
      Future<RecordMetadata> one = sent.get(plate);
      try {
        if (one != null) {
          one.get();
        }
      } catch (ExecutionException e) {
        refused.add(plate);
        why = e;
      }
    }
    if (why != null) {
      throw new IOException("Kafka refused %d of %d layouts, such as that of %s: %s".formatted(
          refused.size(), plates.size(), refused.getFirst(), why.getCause() == null ? why.getMessage() : why.getCause().getMessage()), why);
    }
  }

  private ProducerRecord<byte[], byte[]> record(String plate, byte @Nullable [] value) {
    return new ProducerRecord<>(topic, KeyParts.join(plate).getBytes(StandardCharsets.UTF_8), value);
  }

  @Override
  public void close() {
    producer.close();
  }
}
