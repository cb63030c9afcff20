package io.dcmix.streams.control;

import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.schema.event.ModelEvent;
import io.dcmix.streams.Topics;
import io.dcmix.streams.wire.EdgeSerdes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** Writes what shall serve a lane, and how that went. Records are rare, so each is waited for. Thread-safe. */
public final class ModelControlWriter implements AutoCloseable {
  private static final Duration WITHIN = Duration.ofSeconds(30);
  private static final int MAX_REASON = 4000;

  private final Topics topics;
  private final String by;
  private final Producer<byte[], byte[]> producer;
  private final Serializer<ModelControl> serializer;
  private final InstantSource clock;

  /**
   * Connects.
   *
   * @param client bootstrap.servers and security
   * @param by who writes, for people
   */
  public ModelControlWriter(Topics topics, Map<String, Object> client, EdgeSerdes serdes, String by, InstantSource clock) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) WITHIN.toMillis());
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) WITHIN.toMillis() / 2);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) WITHIN.toMillis());
    this.topics = topics;
    this.by = by;
    this.clock = clock;
    this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    this.serializer = serdes.serde(ModelControl.class).serializer();
  }

  /** Says that this version shall serve. */
  public ModelControl activate(ModelCard model) throws IOException, InterruptedException {
    return write(record(ModelEvent.ACTIVATED, model.name(), model.version(), model.sha256()).build());
  }

  /** Says that this version serves here. */
  public void confirm(ModelCard model) throws IOException, InterruptedException {
    write(record(ModelEvent.CONFIRMED, model.name(), model.version(), model.sha256()).build());
  }

  /** Says that a version cannot serve here, and why. */
  public void refuse(ModelControl wanted, String reason) throws IOException, InterruptedException {
    write(record(ModelEvent.REFUSED, wanted.getModelName(), wanted.getModelVersion(), wanted.getModelSha256())
        .setReason(reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason).build());
  }

  private ModelControl.Builder record(ModelEvent event, String name, String version, String sha256) {
    return ModelControl.newBuilder().setLane(topics.lane()).setEvent(event).setModelName(name).setModelVersion(version).setModelSha256(sha256)
        .setBy(by).setAt(clock.instant().truncatedTo(ChronoUnit.MICROS));
  }

  /** The key of a record: what was activated stands under the lane's own name. */
  static String key(ModelControl record) {
    return switch (record.getEvent()) {
      case ACTIVATED, UNKNOWN -> record.getLane();
      case CONFIRMED -> record.getLane() + "/confirmed";
      case REFUSED -> record.getLane() + "/refused";
    };
  }

  private ModelControl write(ModelControl record) throws IOException, InterruptedException {
    String topic = topics.modelControl();
    try {
      producer.send(new ProducerRecord<>(topic, key(record).getBytes(StandardCharsets.UTF_8), serializer.serialize(topic, record))).get();
      return record;
    } catch (ExecutionException e) {
      throw new IOException("Kafka refused a record of %s: %s".formatted(topic, e.getCause() == null ? e.getMessage() : e.getCause().getMessage()), e);
    } catch (KafkaException e) {
      throw new IOException("Kafka refused a record of %s: %s".formatted(topic, e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
