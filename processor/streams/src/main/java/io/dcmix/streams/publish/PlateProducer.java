package io.dcmix.streams.publish;

import io.dcmix.schema.PlateKey;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of one imaging run in transactions. Its id follows from lane, plate and acquisition, so whoever takes over
 * ends the open transaction of the one before and shuts it out.
 *
 * <p>Threading: used by one thread; any thread may close it, which aborts the open transaction.
 */
final class PlateProducer implements AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final PlateKey key;
  private final String lane;
  private final Duration timeout;
  private final Producer<byte[], byte[]> producer;
  private boolean open;
  private long openedAt;

  PlateProducer(PlateKey key, String lane, Duration timeout, Producer<byte[], byte[]> producer) {
    this.key = key;
    this.lane = lane;
    this.timeout = timeout;
    this.producer = producer;
  }

  /**
   * Connects lazily.
   *
   * @param client bootstrap.servers and security
   * @param timeout a transaction that is open for longer is ended by the broker
   */
  static PlateProducer connect(PlateKey key, Topics topics, Map<String, Object> client, Duration timeout) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId(topics, key));
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) timeout.toMillis());
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 20);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L << 20);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LaneTopics.MAX_MESSAGE_BYTES);
    // The first connection to the coordinator counts as a retry, too: with the default of 100 ms every plate would begin by waiting.
    config.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 10);
    return new PlateProducer(key, topics.source(), timeout, new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  /** One publisher a lane, plate and run: {@code dcmix-publish-screening/P-7/run1}. */
  static String transactionalId(Topics topics, PlateKey key) {
    return topics.publisherTransactions() + key;
  }

  /** Ends the open transaction of an earlier publisher and shuts it out; must come first, once. */
  void takeOver() throws IOException, InterruptedException {
    attempt("to begin", producer::initTransactions);
  }

  /** Sends within the open transaction, or opens one. */
  Future<RecordMetadata> send(String topic, String recordKey, byte[] value) throws IOException, InterruptedException {
    return send(topic, recordKey, value, List.of());
  }

  /** The same, with headers. */
  Future<RecordMetadata> send(String topic, String recordKey, byte[] value, List<Header> headers) throws IOException, InterruptedException {
    if (!open) {
      attempt("a transaction", producer::beginTransaction);
      open = true;
      openedAt = System.nanoTime();
    }
    try {
      return producer.send(new ProducerRecord<>(topic, null, recordKey.getBytes(StandardCharsets.UTF_8), value, headers));
    } catch (KafkaException e) {
      throw failed("an event", e);
    }
  }

  /** How long the open transaction has been open; nothing if none is. */
  Duration openFor() {
    return open ? Duration.ofNanos(System.nanoTime() - openedAt) : Duration.ZERO;
  }

  /** Makes everything since the last commit visible, or nothing of it. */
  void commit() throws IOException, InterruptedException {
    attempt("to commit", producer::commitTransaction);
    open = false;
  }

  /** What became of a record; known once its transaction is committed. */
  static RecordMetadata place(Future<RecordMetadata> sent) throws IOException, InterruptedException {
    try {
      return sent.get();
    } catch (ExecutionException e) {
      throw new IOException("Kafka refused an event: " + e.getCause(), e);
    }
  }

  private void attempt(String what, Runnable step) throws IOException, InterruptedException {
    try {
      step.run();
    } catch (KafkaException e) {
      throw failed(what, e);
    }
  }

  private IOException failed(String what, KafkaException e) throws InterruptedException {
    if (e instanceof InterruptException) {
      Thread.interrupted();
      throw new InterruptedException(e.getMessage());
    }
    if (!isShutOut(e)) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new IOException("Kafka refused %s of %s in lane %s: %s".formatted(what, key, lane, cause.getMessage()), e);
    }
    // The broker shuts out whoever keeps a transaction open for too long, too.
    return open && System.nanoTime() - openedAt > timeout.toNanos()
        ? new IOException("A well of %s took longer than the transaction timeout of %d s to be read and sent, so Kafka gave it up; give it more time (--transaction-timeout). Started again, publishing goes on behind the last whole well"
            .formatted(key, timeout.toSeconds()), e)
        : new TakenOverException("Another publisher took over %s in lane %s and goes on; this one ends".formatted(key, lane), e);
  }

  private static boolean isShutOut(@Nullable Throwable e) {
    return e != null && (e instanceof ProducerFencedException || e instanceof InvalidProducerEpochException || isShutOut(e.getCause()));
  }

  @Override
  public void close() {
    producer.close(CLOSE);
  }
}
