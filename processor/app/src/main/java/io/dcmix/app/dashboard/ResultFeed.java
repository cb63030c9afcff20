package io.dcmix.app.dashboard;

import io.dcmix.core.log.LogFields;
import io.dcmix.streams.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the result topics of a lane from the beginning into the view, committed records only, in no consumer group. Topics
 * and partitions that do not exist yet are looked for again and again; an error of the broker starts the reading anew, which
 * the view does not mind.
 *
 * <p>Threading: one daemon thread owns the consumer; {@link #close} hands it the end by a latch and a wake-up.
 */
final class ResultFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ResultFeed.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration LOOK_SOON = Duration.ofSeconds(1);
  private static final Duration LOOK_SELDOM = Duration.ofSeconds(30);
  private static final Duration ASK = Duration.ofSeconds(10);
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private final DashboardConfig config;
  private final Map<String, Class<? extends SpecificRecord>> types;
  private final Set<String> topics;
  private final ResultDecoder decoder;
  private final ScreeningView view;
  private final Runnable afterBatch;
  private final Supplier<? extends Consumer<byte[], byte[]>> consumers;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong unreadable = new AtomicLong();
  private volatile List<String> missing;
  private volatile Consumer<byte[], byte[]> current;

  /**
   * Makes a feed; {@link #start} starts it.
   *
   * @param afterBatch called on the feed's thread after each batch that went into the view
   */
  ResultFeed(DashboardConfig config, ResultDecoder decoder, ScreeningView view, Runnable afterBatch) {
    this(config, decoder, view, afterBatch, () -> consumer(config));
  }

  /** For tests: over consumers made elsewhere, one for each start of the reading. */
  ResultFeed(
      DashboardConfig config,
      ResultDecoder decoder,
      ScreeningView view,
      Runnable afterBatch,
      Supplier<? extends Consumer<byte[], byte[]>> consumers) {
    this.config = config;
    this.types = ResultDecoder.types(new Topics(config.lane()));
    this.topics = types.keySet();
    this.decoder = decoder;
    this.view = view;
    this.afterBatch = afterBatch;
    this.missing = List.copyOf(new TreeSet<>(topics));
    this.consumers = consumers;
    this.current = consumers.get();
    this.thread = Thread.ofPlatform().name("dashboard-feed").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  Api.FeedStatus status() {
    return new Api.FeedStatus(config.lane(), missing, records.get(), unreadable.get());
  }

  /** Ends the reading; waits a moment for the thread to close its connections. */
  @Override
  public void close() {
    closing.countDown();
    current.wakeup();
    try {
      thread.join(CLOSE.plusSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!isClosing()) {
      try {
        read(current);
      } catch (RuntimeException e) {
        if (!isClosing()) {
          log.atWarn().addKeyValue(LogFields.LANE, config.lane()).log("The dashboard lost the broker {} and starts reading anew: {}", config.bootstrapServers(), e.getMessage());
          rest(LOOK_SOON);
          current = consumers.get();
        }
      }
    }
  }

  private void read(Consumer<byte[], byte[]> consumer) {
    try {
      long lookedAt = System.nanoTime();
      Set<TopicPartition> assigned = look(consumer, Set.of());
      while (!isClosing()) {
        Duration interval = missing.isEmpty() ? LOOK_SELDOM : LOOK_SOON;
        if (System.nanoTime() - lookedAt >= interval.toNanos()) {
          assigned = look(consumer, assigned);
          lookedAt = System.nanoTime();
        }
        if (assigned.isEmpty()) {
          rest(POLL);
          continue;
        }
        ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
        if (!batch.isEmpty()) {
          batch.forEach(this::take);
          afterBatch.run();
        }
      }
    } finally {
      consumer.close(CloseOptions.timeout(CLOSE));
    }
  }

  /** Assigns partitions that were not there before, from their beginning. */
  private Set<TopicPartition> look(Consumer<byte[], byte[]> consumer, Set<TopicPartition> assigned) {
    Map<String, List<PartitionInfo>> existing = consumer.listTopics(ASK);
    Set<TopicPartition> found = new HashSet<>(assigned);
    for (String topic : topics) {
      for (PartitionInfo partition : existing.getOrDefault(topic, List.of())) {
        found.add(new TopicPartition(topic, partition.partition()));
      }
    }
    missing = topics.stream().filter(topic -> !existing.containsKey(topic)).sorted().toList();
    if (found.size() > assigned.size()) {
      consumer.assign(found);
      consumer.seekToBeginning(found.stream().filter(partition -> !assigned.contains(partition)).toList());
    }
    return found;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    records.incrementAndGet();
    try {
      if (record.value() == null) {
        forget(record);
        return;
      }
      view.apply(decoder.decode(record.topic(), record.value()), Instant.ofEpochMilli(record.timestamp()));
    } catch (RuntimeException e) {
      long skipped = unreadable.incrementAndGet();
      if (skipped <= 10 || Long.bitCount(skipped) == 1) { // a topic full of them must not fill the log
        log.atWarn().addKeyValue(LogFields.LANE, config.lane()).log(
            "The dashboard skips record {} of {}-{} ({} so far): {}",
            record.offset(), record.topic(), record.partition(), skipped, e.getMessage());
      }
    }
  }

  /** What has no key cannot be named, and so cannot be forgotten. */
  private void forget(ConsumerRecord<byte[], byte[]> record) {
    Class<? extends SpecificRecord> type = types.get(record.topic());
    if (type != null && record.key() != null) {
      view.forget(type, new String(record.key(), StandardCharsets.UTF_8));
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void rest(Duration time) {
    try {
      boolean ignored = closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closing.countDown();
      Thread.currentThread().interrupt();
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(DashboardConfig config) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "dcmix-dashboard-" + config.lane());
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.putAll(config.kafkaOverrides());
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
