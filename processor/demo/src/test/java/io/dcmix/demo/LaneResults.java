package io.dcmix.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private static final AvroCodec<HitCall> CALLS = AvroCodec.of(HitCall.class);
  private static final AvroCodec<PlateQuality> QUALITY = AvroCodec.of(PlateQuality.class);
  private static final AvroCodec<Alert> ALERTS = AvroCodec.of(Alert.class);

  private final Topics topics;
  private final Map<String, Object> client;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Set<String> ended = new HashSet<>();

  final List<WellPrediction> predictions = new ArrayList<>();
  final List<WellFailure> failures = new ArrayList<>();
  final Map<String, WellPrediction> latest = new HashMap<>();
  final Map<String, ChannelImportance> importance = new HashMap<>();
  /** The last call of each well. */
  final Map<String, HitCall> calls = new HashMap<>();

  /** The last word on the plate. */
  PlateQuality quality;

  /** Every alert by its id, in order. */
  final Map<String, List<AlertState>> alerts = new HashMap<>();

  long deadLetters;

  LaneResults(Topics topics, Map<String, Object> client) {
    this.topics = topics;
    this.client = client;
    consumer = consumer("read_committed");
    for (String topic : List.of(
        topics.wellPredictions(), topics.wellFailures(), topics.channelImportance(), topics.hitCalls(), topics.plateQuality(), topics.alerts(),
        topics.deadLetters())) {
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
    } else if (topic.equals(topics.hitCalls())) {
      if (record.value() == null) {
        calls.remove(WellKey.parse(new String(record.key(), UTF_8)).well().toString());
      } else {
        HitCall call = CALLS.decode(record.value());
        calls.put(call.getWell(), call);
      }
    } else if (topic.equals(topics.plateQuality())) {
      quality = QUALITY.decode(record.value());
    } else if (topic.equals(topics.alerts())) {
      Alert alert = ALERTS.decode(record.value());
      alerts.computeIfAbsent(alert.getId(), id -> new ArrayList<>()).add(alert.getState());
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

  /** Whether there is one final call of each newest prediction, whose robust z is that against these wells' predictions. */
  boolean callsAgree(Set<String> negativeControls) {
    double[] reference = negativeControls.stream().map(latest::get).filter(Objects::nonNull).mapToDouble(WellPrediction::getHitLogit).toArray();
    double centre = median(reference);
    double spread = 1.4826 * median(Arrays.stream(reference).map(x -> Math.abs(x - centre)).toArray());
    return calls.keySet().equals(latest.keySet()) && latest.values().stream().allMatch(p -> {
      HitCall call = calls.get(p.getWell());
      return call.getStage() == CallStage.FINAL && call.getRevision() == p.getRevision() && call.getRobustZ() != null
          && Math.abs(call.getRobustZ() - (p.getHitLogit() - centre) / spread) < 1e-9;
    });
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
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
    return "%d wells ended, %d predictions, %d failures, importance of %s wells, %d calls, quality %s".formatted(
        ended(), predictions.size(), failures.size(), importance.get("plate") == null ? "no" : importance.get("plate").getWells(), calls.size(), quality);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
