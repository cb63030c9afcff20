package io.dcmix.streams;

import io.dcmix.core.model.ModelCard;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.GroupProtocol;
import org.apache.kafka.streams.StreamsConfig;

/** What Kafka Streams is told, as a pure function of what the processor is told. */
final class StreamsSettings {
  private static final int SOCKET_BUFFER = 1 << 20;

  private StreamsSettings() {}

  /**
   * The settings of an instance.
   *
   * @param partitions of the image events
   */
  static Properties of(ProcessorConfig config, ModelCard model, int partitions) {
    Properties p = new Properties();
    p.putAll(config.kafka());
    p.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, config.topics().applicationId());
    p.put(StreamsConfig.STATE_DIR_CONFIG, config.stateDir().toString());
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.streamThreads());
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, config.commitInterval().toMillis());
    p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    quietMetrics(p);
    // Exceptions fail the instance everywhere; spelled out until this is the default (Kafka 5).
    p.put("processing.exception.handler.global.enabled", true);
    // A punctuation waits for the poll, and without input the poll waits this long.
    p.put(StreamsConfig.POLL_MS_CONFIG, 10);
    // What is restored together waits for the parts of it in which there is nothing new: by default half a second.
    p.put(StreamsConfig.restoreConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 50);
    // A lane that starts for the first time takes what was published before it.
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    memory(p, config.memory(), model, partitions);
    group(p, config);
    // While the last transaction is being completed the broker puts the next one off; with the default of 100 ms every commit
    // would take that long. It grows if the trouble lasts.
    p.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 10);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), LaneTopics.MAX_MESSAGE_BYTES);
    return p;
  }

  /**
   * Leaves out who else would be told of each of Kafka's own metrics: ours are asked for. A lane of 8 partitions has some 10,000, and
   * telling JMX and the brokers' collector of each took a third of the time in which the tasks start. Who wants them says so.
   */
  private static void quietMetrics(Properties p) {
    p.putIfAbsent(StreamsConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
    p.putIfAbsent(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
  }

  private static void memory(Properties p, MemoryBudget memory, ModelCard model, int partitions) {
    p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, memory.recordsPerPartition(model, partitions));
    p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), memory.recordsPerPoll(model));
    p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), memory.fetchBytes());
    // Streams' default of 32 KiB means a system call and a wake-up for every 32 KiB of an image.
    p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.RECEIVE_BUFFER_CONFIG), SOCKET_BUFFER);
    p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), memory.partitionFetchBytes(partitions));
    // Streams' cache would keep with each entry the whole record that it came from (4.3), which here is an image.
    p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    p.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksMemory.class);
    p.put(RocksMemory.BYTES, memory.stateBytes());
  }

  private static void group(Properties p, ProcessorConfig config) {
    p.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, config.groupProtocol().name);
    if (config.groupProtocol() == GroupProtocol.CLASSIC) {
      p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbyReplicas());
      int session = (int) config.sessionTimeout().toMillis();
      p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), session);
      p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), session / 10);
    }
    p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG), (int) config.pollInterval().toMillis());
    p.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), (int) config.transactionTimeout().toMillis());
  }
}
