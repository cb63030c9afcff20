package io.dcmix.demo;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What lies committed in partitions, as whoever reads from the beginning sees it. */
final class Committed {
  private Committed() {}

  /** A consumer that stands at the beginning of these partitions. */
  static KafkaConsumer<byte[], byte[]> fromTheBeginning(Map<String, Object> client, Collection<TopicPartition> partitions) {
    KafkaConsumer<byte[], byte[]> consumer = consumer(client, "read_committed");
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  /** Reads on until nothing that lies in the partitions now is unread; transactions still open are waited for. */
  static void readToTheEnd(
      Map<String, Object> client, KafkaConsumer<byte[], byte[]> consumer, Duration within, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    Map<TopicPartition, Long> ends;
    try (KafkaConsumer<byte[], byte[]> all = consumer(client, "read_uncommitted")) {
      ends = all.endOffsets(consumer.assignment());
    }
    long until = System.nanoTime() + within.toNanos();
    while (consumer.assignment().stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
      if (System.nanoTime() > until) {
        throw new AssertionError("A transaction is still open after " + within);
      }
      consumer.poll(Duration.ofMillis(20)).forEach(reader);
    }
  }

  /** Number of records. */
  static long count(Map<String, Object> client, Collection<TopicPartition> partitions, Duration within) {
    long[] records = new long[1];
    try (KafkaConsumer<byte[], byte[]> consumer = fromTheBeginning(client, partitions)) {
      readToTheEnd(client, consumer, within, record -> records[0]++);
    }
    return records[0];
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client, String isolation) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
