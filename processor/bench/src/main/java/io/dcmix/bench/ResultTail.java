package io.dcmix.bench;

import io.dcmix.core.cli.CliException;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the predictions of a lane as any outside consumer would: read_committed, no group. A failure ends the bench, because
 * its images are sound. One thread uses it.
 */
final class ResultTail implements AutoCloseable {
  private static final Duration QUIET_LIMIT = Duration.ofMinutes(2);

  private final Topics topics;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AvroCodec<WellPrediction> predictionCodec = AvroCodec.of(WellPrediction.class);
  private final AvroCodec<WellFailure> failureCodec = AvroCodec.of(WellFailure.class);
  private final List<Seen> seen = new ArrayList<>();
  private final Set<String> wells = new HashSet<>();

  /**
   * One prediction.
   *
   * @param appendedAt when the broker took it, by its clock
   * @param lastImageAt when the broker took the well's last image
   * @param visibleAt when this consumer had it, which is after the commit of its transaction
   */
  record Seen(long appendedAt, Instant lastImageAt, Instant visibleAt) {}

  ResultTail(Topics topics, int partitionCount, Map<String, Object> client) {
    this.topics = topics;
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
    consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    // Not asked of the broker, which may not have spread the news of topics that were created just now.
    for (int p = 0; p < partitionCount; p++) {
      partitions.add(new TopicPartition(topics.wellPredictions(), p));
      partitions.add(new TopicPartition(topics.wellFailures(), p));
    }
    partitions.add(new TopicPartition(topics.deadLetters(), 0));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Takes in what is there, waiting for something at most this long. */
  private void poll(Duration atMost) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(atMost)) {
      Instant now = Instant.now();
      if (record.topic().equals(topics.wellFailures())) {
        WellFailure failure = failureCodec.decode(record.value());
        throw new CliException("The processor failed on well %s of plate %s: %s".formatted(failure.getWell(), failure.getPlate(), failure.getMessage()));
      }
      if (record.topic().equals(topics.deadLetters())) {
        throw new CliException("The processor set an image event aside; see topic " + topics.deadLetters());
      }
      if (wells.add(new String(record.key(), StandardCharsets.UTF_8))) {
        WellPrediction prediction = predictionCodec.decode(record.value());
        seen.add(new Seen(record.timestamp(), prediction.getLastImageAt(), now));
      }
    }
  }

  /**
   * Waits until so many wells have a prediction.
   *
   * @param rest between two looks: long where looking must not cost, none where the moment counts
   * @param processor is not waited for once it has ended
   * @param progress is told the number of wells
   */
  List<Seen> await(int count, Duration rest, Child processor, LongConsumer progress) throws InterruptedException {
    int before = -1;
    long lastNews = System.nanoTime();
    while (seen.size() < count) {
      if (seen.size() > before) {
        before = seen.size();
        lastNews = System.nanoTime();
        progress.accept(before);
      }
      processor.checkAlive();
      if (System.nanoTime() - lastNews > QUIET_LIMIT.toNanos()) {
        throw new CliException("No result came for %d s with %d of %d wells done; run again with --keep and see the logs"
            .formatted(QUIET_LIMIT.toSeconds(), seen.size(), count));
      }
      TimeUnit.NANOSECONDS.sleep(rest.toNanos());
      poll(Duration.ofMillis(100));
    }
    progress.accept(seen.size());
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
