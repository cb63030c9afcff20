package io.dcmix.streams;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * The clients of Kafka Streams, with a producer that commits nothing unless its instance is still in the group, and a global
 * consumer that does not come back for nothing.
 *
 * <p>Under exactly-once the broker checks membership through the input offsets that a transaction carries. A thread that took
 * over pending wells and has not consumed since has none, so without this it could publish after it was put out of the group,
 * and another had published the same. See docs/adr/0008.
 */
final class FencedClients implements KafkaClientSupplier {
  private final Map<TopicPartition, OffsetAndMetadata> fence;

  /**
   * @param fence a partition that the group reads but has no offsets of: the one where the mark is committed
   */
  FencedClients(TopicPartition fence) {
    this.fence = Map.of(fence, new OffsetAndMetadata(0, "no position: shows that its writer was in the group"));
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new FencedProducer(config, fence);
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return getConsumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return new PatientConsumer(config);
  }

  /**
   * Reads the global table. Its thread has nothing to do but to wait for records, and would come back for none as often as a stream
   * thread, whose punctuations cannot wait: a hundred times a second.
   */
  private static final class PatientConsumer extends KafkaConsumer<byte[], byte[]> {
    private static final Duration WAIT = Duration.ofMillis(200);

    PatientConsumer(Map<String, Object> config) {
      super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      return super.poll(timeout.compareTo(WAIT) > 0 ? timeout : WAIT);
    }
  }

  /** Used by one stream thread alone. */
  private static final class FencedProducer extends KafkaProducer<byte[], byte[]> {
    private final Map<TopicPartition, OffsetAndMetadata> fence;
    private boolean wrote;

    FencedProducer(Map<String, Object> config, Map<TopicPartition, OffsetAndMetadata> fence) {
      super(config, new ByteArraySerializer(), new ByteArraySerializer());
      this.fence = fence;
    }

    @Override
    public void beginTransaction() {
      wrote = false;
      super.beginTransaction();
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
      wrote = true;
      return super.send(record, callback);
    }

    @Override
    public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
      super.sendOffsetsToTransaction(wrote && offsets.isEmpty() ? fence : offsets, group);
    }
  }
}
