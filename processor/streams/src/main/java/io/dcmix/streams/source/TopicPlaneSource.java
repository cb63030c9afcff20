package io.dcmix.streams.source;

import io.dcmix.core.images.Sha256;
import io.dcmix.core.log.LogFields;
import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.PlaneSource;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.event.ImageEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Reads images again from the topic they came by: what memory lost in a restart, a rebalance or an eviction.
 *
 * <p>Threading: any thread asks; one daemon thread owns the consumer, takes all requests that wait, and serves them by
 * ascending partition and offset. It starts with the first request.
 */
public final class TopicPlaneSource implements PlaneSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicPlaneSource.class);
  private static final Duration POLL = Duration.ofMillis(500);

  /** Longest wait for one record: longer than a broker's restart, and a stuck broker is no reason to give a well up. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String topic;

  /** Whose images these are, as far as the log knows. */
  private final @Nullable String lane = MDC.get(LogFields.LANE);

  private final String topicId;
  private final Map<String, Object> clientConfig;
  private final Function<byte[], ImageEvent> decoder;
  private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private volatile boolean closed;
  private boolean started; // guarded by this

  /**
   * Prepares the source; connects with the first read.
   *
   * @param topic the image-events topic
   * @param topicId its id now; a pointer with another id leads nowhere
   * @param clientConfig bootstrap.servers and security
   */
  public TopicPlaneSource(String topic, String topicId, Map<String, Object> clientConfig, Function<byte[], ImageEvent> decoder) {
    this.topic = topic;
    this.topicId = topicId;
    this.decoder = decoder;
    this.clientConfig = new HashMap<>(clientConfig);
    this.clientConfig.putAll(Map.of(
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
        ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 16,
        // At the end of a partition there is nothing to wait for: what is asked for lies before it.
        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 10,
        // What is asked for may lie far apart: a fetch brings the batch that it lies in, and little more.
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 256 << 10));
  }

  private record Request(PlanePointer.InTopic pointer, CompletableFuture<ByteBuffer> answer) {}

  @Override
  public ByteBuffer read(PlanePointer where) throws SourceExpiredException {
    if (!(where instanceof PlanePointer.InTopic pointer)) {
      throw new IllegalArgumentException("Not in a topic: " + where);
    }
    if (!pointer.topicId().equals(topicId)) {
      throw new SourceExpiredException("The topic " + topic + " was created anew since this image was published");
    }
    Request request = new Request(pointer, new CompletableFuture<>());
    requests.add(request);
    ensureStarted();
    try {
      return request.answer().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SourceExpiredException expired) {
        throw expired;
      }
      throw new IllegalStateException("Cannot read " + place(pointer) + " again", e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("Kafka did not give " + place(pointer) + " within " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while reading " + place(pointer) + " again", e);
    }
  }

  private synchronized void ensureStarted() {
    if (!started && !closed) {
      started = true;
      Thread.ofPlatform().name("plane-source").daemon().start(this::serve);
    }
  }

  private void serve() {
    while (!closed) {
      try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(clientConfig)) {
        serveWith(consumer);
      } catch (InterruptedException e) {
        LOG.debug("The plane source ends");
        return;
      } catch (RuntimeException e) {
        LOG.atWarn().addKeyValue(LogFields.LANE, lane).log("Reading images again failed; connecting anew: {}", e.toString());
      }
    }
  }

  private void serveWith(Consumer<byte[], byte[]> consumer) throws InterruptedException {
    while (!closed) {
      Request first = requests.poll(200, TimeUnit.MILLISECONDS);
      if (first == null) {
        continue;
      }
      List<Request> batch = new ArrayList<>(List.of(first));
      requests.drainTo(batch);
      batch.sort((a, b) -> a.pointer().partition() != b.pointer().partition()
          ? Integer.compare(a.pointer().partition(), b.pointer().partition())
          : Long.compare(a.pointer().offset(), b.pointer().offset()));
      try {
        serve(consumer, batch);
      } catch (RuntimeException e) {
        // Whoever still waits hears of it now; those who were served are not touched.
        batch.forEach(request -> request.answer().completeExceptionally(e));
        throw e;
      }
    }
  }

  private void serve(Consumer<byte[], byte[]> consumer, List<Request> batch) {
    TopicPartition assigned = null;
    long position = -1;
    List<ConsumerRecord<byte[], byte[]>> fetched = List.of();
    for (Request request : batch) {
      PlanePointer.InTopic pointer = request.pointer();
      TopicPartition partition = new TopicPartition(topic, pointer.partition());
      if (!partition.equals(assigned)) {
        consumer.assign(List.of(partition));
        assigned = partition;
        position = -1;
        fetched = List.of();
      }
      try {
        ConsumerRecord<byte[], byte[]> found = find(fetched, pointer.offset());
        if (found == null) {
          if (pointer.offset() != position) {
            consumer.seek(partition, pointer.offset());
          }
          fetched = poll(consumer, partition);
          position = consumer.position(partition);
          found = find(fetched, pointer.offset());
        }
        request.answer().complete(payload(pointer, found));
      } catch (SourceExpiredException e) {
        request.answer().completeExceptionally(e);
      } catch (OffsetOutOfRangeException | NoOffsetForPartitionException e) {
        position = -1;
        fetched = List.of();
        request.answer().completeExceptionally(new SourceExpiredException(place(pointer) + " is no longer kept"));
      }
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> poll(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!closed && System.nanoTime() < until) {
      List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
      if (!records.isEmpty()) {
        return records;
      }
    }
    throw new IllegalStateException(closed ? "closed while reading " + partition : "Kafka gave nothing of " + partition + " within " + PATIENCE);
  }

  private static @Nullable ConsumerRecord<byte[], byte[]> find(List<ConsumerRecord<byte[], byte[]>> records, long offset) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.offset() == offset) {
        return record;
      }
    }
    return null;
  }

  private ByteBuffer payload(PlanePointer.InTopic pointer, @Nullable ConsumerRecord<byte[], byte[]> found)
      throws SourceExpiredException {
    if (found == null) {
      throw new SourceExpiredException(place(pointer) + " is no longer kept");
    }
    ByteBuffer payload;
    try {
      payload = decoder.apply(found.value()).getBytes();
    } catch (UnreadableRecordException e) {
      throw new SourceExpiredException(place(pointer) + " is not the image that it was: " + e.getMessage());
    }
    if (payload == null || !Sha256.of(payload).equals(pointer.sha256())) {
      throw new SourceExpiredException(place(pointer) + " is not the image that it was, or never was the one whose SHA-256 its event states");
    }
    return payload;
  }

  private String place(PlanePointer.InTopic pointer) {
    return "%s, partition %d, offset %d".formatted(topic, pointer.partition(), pointer.offset());
  }

  @Override
  public void close() {
    closed = true;
  }
}
