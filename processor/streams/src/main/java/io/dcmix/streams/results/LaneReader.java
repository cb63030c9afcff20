package io.dcmix.streams.results;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics from their beginning: committed records only, in no group, in the order of each partition. What does not exist
 * is left out and named by {@link #missing}.
 *
 * <p>Not thread-safe.
 */
public final class LaneReader implements AutoCloseable {
  private static final Duration ASK = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Map<String, Object> settings;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Set<String> existing;
  private final Set<String> missing;

  /** What is read does not come. */
  public static final class QuietBrokerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    QuietBrokerException(String message) {
      super(message);
    }
  }

  /**
   * Connects.
   *
   * @param client bootstrap.servers and security
   */
  public LaneReader(Map<String, Object> client, Collection<String> topics) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // Compaction and retention may take the beginning away before it is read.
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings = config;
    consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      Map<String, List<PartitionInfo>> all = consumer.listTopics(ASK);
      existing = Set.copyOf(all.keySet());
      missing = new TreeSet<>(topics);
      missing.removeAll(existing);
      for (String topic : topics) {
        all.getOrDefault(topic, List.of()).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  /** Those of the topics that do not exist. */
  public Set<String> missing() {
    return Set.copyOf(missing);
  }

  /** All topics of the brokers, whether asked for or not. */
  public Set<String> existing() {
    return existing;
  }

  /** What comes within this time. */
  public ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
    return consumer.poll(atMost);
  }

  /** Takes records. */
  @FunctionalInterface
  public interface Taker {
    void take(ConsumerRecord<byte[], byte[]> record);
  }

  /**
   * Reads on to where the topics end now; later records, and transactions that are open now, may not be in it.
   *
   * @param patience how long at most nothing may come
   * @throws QuietBrokerException if it takes longer
   */
  public void readToEnd(Duration patience, Taker taker) {
    readTo(consumer.endOffsets(partitions), patience, taker);
  }

  /**
   * Reads on through everything that lies in the topics now, and waits for transactions that are open now: what was committed
   * behind one of them is not missed.
   *
   * @param patience how long at most nothing may come; longer than a transaction may be open
   * @throws QuietBrokerException if it takes longer
   */
  public void readAll(Duration patience, Taker taker) {
    Map<String, Object> config = new HashMap<>(settings);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    try (KafkaConsumer<byte[], byte[]> open = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      readTo(open.endOffsets(partitions), patience, taker);
    }
  }

  private void readTo(Map<TopicPartition, Long> ends, Duration patience, Taker taker) {
    long news = System.nanoTime();
    while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
      ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
      batch.forEach(taker::take);
      if (!batch.isEmpty()) {
        news = System.nanoTime();
      } else if (System.nanoTime() - news > patience.toNanos()) {
        throw new QuietBrokerException("Kafka gave nothing more of %s for %d s".formatted(
            partitions.stream().map(TopicPartition::topic).distinct().toList(), patience.toSeconds()));
      }
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
