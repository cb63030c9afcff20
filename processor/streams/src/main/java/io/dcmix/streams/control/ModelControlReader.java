package io.dcmix.streams.control;

import io.dcmix.core.log.LogFields;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.streams.Topics;
import io.dcmix.streams.results.LaneReader;
import io.dcmix.streams.wire.EdgeSerdes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topic that says which version of the model serves a lane: from its beginning, in no group, as every instance does. A
 * record that cannot be read says nothing; the log names it. Not thread-safe.
 */
public final class ModelControlReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelControlReader.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String topic;
  private final LaneReader reader;
  private final Deserializer<ModelControl> deserializer;
  private final String lane;
  private final Deque<ConsumerRecord<byte[], byte[]>> read = new ArrayDeque<>();
  private ModelOrders orders = ModelOrders.NONE;

  /**
   * Connects.
   *
   * @param client bootstrap.servers and security
   */
  public ModelControlReader(Topics topics, Map<String, Object> client, EdgeSerdes serdes) {
    lane = topics.lane();
    topic = topics.modelControl();
    reader = new LaneReader(client, List.of(topic));
    deserializer = serdes.serde(ModelControl.class).deserializer();
  }

  /** Whether the lane has such a topic. */
  public boolean exists() {
    return reader.missing().isEmpty();
  }

  /**
   * Reads on to where the topic ends now.
   *
   * @throws LaneReader.QuietBrokerException if that does not come
   */
  public ModelOrders readToEnd() {
    reader.readToEnd(PATIENCE, record -> take(record, one -> {}));
    return orders;
  }

  /**
   * Hands on what comes within this time, in order. What could not be, because the registry did not answer, comes again with the next
   * call.
   */
  public void poll(Duration atMost, Consumer<ModelControl> taker) {
    if (read.isEmpty()) {
      reader.poll(atMost).forEach(read::add);
    }
    while (!read.isEmpty()) {
      take(read.getFirst(), taker);
      read.removeFirst();
    }
  }

  /** What was said up to here. */
  public ModelOrders orders() {
    return orders;
  }

  private void take(ConsumerRecord<byte[], byte[]> record, Consumer<ModelControl> taker) {
    ModelControl read = read(record);
    if (read != null) {
      orders = orders.with(read);
      taker.accept(read);
    }
  }

  private @Nullable ModelControl read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return deserializer.deserialize(topic, record.value());
    } catch (UnreadableRecordException e) {
      LOG.atError().addKeyValue(LogFields.LANE, lane).log("A record of {} at offset {} is of no use, and is passed over: {}", topic, record.offset(), e.getMessage());
      return null;
    }
  }

  @Override
  public void close() {
    reader.close();
  }
}
