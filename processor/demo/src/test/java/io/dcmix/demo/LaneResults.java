package io.dcmix.demo;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Every result record of a lane that holds one plate, as a read_committed consumer sees it, in the order of its partition. */
final class LaneResults implements AutoCloseable {
  private static final AvroCodec<WellPrediction> PREDICTIONS = AvroCodec.of(WellPrediction.class);
  private static final AvroCodec<WellFailure> FAILURES = AvroCodec.of(WellFailure.class);
  private static final AvroCodec<ChannelImportance> IMPORTANCE = AvroCodec.of(ChannelImportance.class);

  private final Topics topics;
  private final Map<String, Object> client;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Set<String> ended = new HashSet<>();

  final List<WellPrediction> predictions = new ArrayList<>();
  final List<WellFailure> failures = new ArrayList<>();
  final Map<String, WellPrediction> latest = new HashMap<>();
  final Map<String, ChannelImportance> importance = new HashMap<>();
  long deadLetters;

  LaneResults(Topics topics, Map<String, Object> client) {
    this.topics = topics;
    this.client = client;
    consumer = consumer("read_committed");
    for (String topic : List.of(topics.wellPredictions(), topics.wellFailures(), topics.channelImportance(), topics.deadLetters())) {
      consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Takes in what comes within a moment. */
  void poll() {
    consumer.poll(Duration.ofMillis(20)).forEach(this::take);
  }

  /** Reads on until nothing that lies in the topics now is unread; transactions still open are waited for. */
  void readToTheEnd(Duration within) {
    Map<TopicPartition, Long> ends;
    try (KafkaConsumer<byte[], byte[]> all = consumer("read_uncommitted")) {
      ends = all.endOffsets(partitions);
    }
    long until = System.nanoTime() + within.toNanos();
    while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
      if (System.nanoTime() > until) {
        throw new AssertionError("A transaction on the results is still open after " + within);
      }
      poll();
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    String topic = record.topic();
    if (topic.equals(topics.wellPredictions())) {
      WellPrediction p = PREDICTIONS.decode(record.value());
      predictions.add(p);
      latest.merge(p.getWell(), p, (a, b) -> b.getRevision() >= a.getRevision() ? b : a);
      ended.add(p.getWell());
    } else if (topic.equals(topics.wellFailures())) {
      WellFailure f = FAILURES.decode(record.value());
      failures.add(f);
      if (f.getSite() == null) {
        ended.add(f.getWell());
      }
    } else if (topic.equals(topics.channelImportance())) {
      ChannelImportance c = IMPORTANCE.decode(record.value());
      importance.put(c.getScope(), c);
    } else {
      deadLetters++;
    }
  }

  /** Number of wells that have a prediction or a failure of their own. */
  int ended() {
    return ended.size();
  }

  /** Whether the importance of the plate and of the whole lane are the plain means over the newest predictions. */
  boolean importanceAgrees() {
    return agrees(importance.get("plate")) && agrees(importance.get("all"));
  }

  private boolean agrees(ChannelImportance aggregate) {
    if (aggregate == null || aggregate.getWells() != latest.size()) {
      return false;
    }
    for (ChannelStatistics channel : aggregate.getChannels()) {
      double mean = latest.values().stream()
          .collect(Collectors.averagingDouble(p -> p.getImportance().get(p.getChannels().indexOf(channel.getChannel()))));
      if (channel.getImportance().getCount() != latest.size() || Math.abs(mean - channel.getImportance().getMean()) > 1e-9) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return "%d wells ended, %d predictions, %d failures, importance of %s wells".formatted(ended(), predictions.size(), failures.size(),
        importance.get("plate") == null ? "no" : importance.get("plate").getWells());
  }

  @Override
  public void close() {
    consumer.close();
  }
}
