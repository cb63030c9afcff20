package io.dcmix.demo;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the results of one run of one plate from the result topics, as any outside consumer would: read_committed, from the
 * beginning, no group.
 *
 * <p>Threading: one thread polls; the counts may be asked from that thread only.
 */
public final class ResultCollector implements AutoCloseable {
  private final Topics topics;
  private final PlateKey plate;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AvroCodec<WellPrediction> predictionCodec = AvroCodec.of(WellPrediction.class);
  private final AvroCodec<WellFailure> failureCodec = AvroCodec.of(WellFailure.class);
  private final AvroCodec<ChannelImportance> importanceCodec = AvroCodec.of(ChannelImportance.class);
  private final AvroCodec<HitCall> callCodec = AvroCodec.of(HitCall.class);
  private final AvroCodec<PlateQuality> qualityCodec = AvroCodec.of(PlateQuality.class);
  private final AvroCodec<Alert> alertCodec = AvroCodec.of(Alert.class);

  private final List<WellPrediction> predictions = new ArrayList<>();
  private final Map<String, WellPrediction> latest = new HashMap<>();
  private final List<WellFailure> failures = new ArrayList<>();
  private final Set<String> ended = new HashSet<>();
  private final long deadLettersFrom;
  private long deadLetters;
  private @Nullable ChannelImportance importance;
  private final Map<String, HitCall> calls = new TreeMap<>();
  private final Map<Integer, PlateQuality> quality = new TreeMap<>();
  private final Map<String, Alert> alerts = new TreeMap<>();

  /**
   * Connects.
   *
   * @param clientConfig bootstrap.servers and security
   */
  public ResultCollector(Topics topics, PlateKey plate, Map<String, Object> clientConfig) {
    this.topics = topics;
    this.plate = plate;
    Map<String, Object> config = new HashMap<>(clientConfig);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : List.of(topics.wellPredictions(), topics.wellFailures(), topics.channelImportance(), topics.hitCalls(), topics.plateQuality(),
        topics.alerts(), topics.deadLetters())) {
      consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    TopicPartition dead = new TopicPartition(topics.deadLetters(), 0);
    deadLettersFrom = consumer.endOffsets(List.of(dead)).getOrDefault(dead, 0L);
  }

  /** Takes in what comes within this time; returns whether anything of this plate came. */
  public boolean poll(Duration atMost) {
    boolean any = false;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(atMost)) {
      any |= take(record);
    }
    return any;
  }

  private boolean take(ConsumerRecord<byte[], byte[]> record) {
    String topic = record.topic();
    if (record.value() == null && !topic.equals(topics.deadLetters())) {
      return false; // a tombstone of a scope of which nothing is left
    }
    if (topic.equals(topics.wellPredictions())) {
      WellPrediction p = predictionCodec.decode(record.value());
      if (isOurs(p.getPlate(), p.getAcquisition())) {
        predictions.add(p);
        latest.merge(well(p.getWell(), p.getTimepoint()), p, (a, b) -> b.getRevision() >= a.getRevision() ? b : a);
        return ended.add(well(p.getWell(), p.getTimepoint()));
      }
    } else if (topic.equals(topics.wellFailures())) {
      WellFailure f = failureCodec.decode(record.value());
      if (isOurs(f.getPlate(), f.getAcquisition())) {
        failures.add(f);
        return f.getSite() == null && ended.add(well(f.getWell(), f.getTimepoint()));
      }
    } else if (topic.equals(topics.channelImportance())) {
      ChannelImportance c = importanceCodec.decode(record.value());
      if (c.getScope().equals("plate") && isOurs(String.valueOf(c.getPlate()), String.valueOf(c.getAcquisition()))) {
        importance = c;
        return true;
      }
    } else if (topic.equals(topics.hitCalls())) {
      HitCall c = callCodec.decode(record.value());
      if (isOurs(c.getPlate(), c.getAcquisition())) {
        calls.put(well(c.getWell(), c.getTimepoint()), c);
        return true;
      }
    } else if (topic.equals(topics.plateQuality())) {
      PlateQuality q = qualityCodec.decode(record.value());
      if (isOurs(q.getPlate(), q.getAcquisition())) {
        quality.put(q.getTimepoint(), q);
        return true;
      }
    } else if (topic.equals(topics.alerts())) {
      Alert a = alertCodec.decode(record.value());
      if (isOurs(a.getPlate(), a.getAcquisition())) {
        alerts.put(a.getId(), a);
        return true;
      }
    } else if (record.offset() >= deadLettersFrom) {
      deadLetters++;
      return true;
    }
    return false;
  }

  private boolean isOurs(String recordPlate, String acquisition) {
    return recordPlate.equals(plate.plate()) && acquisition.equals(plate.acquisition());
  }

  private static String well(String well, int timepoint) {
    return well + "/" + timepoint;
  }

  /** Every prediction record, in the order of its partition. */
  public List<WellPrediction> predictions() {
    return predictions;
  }

  /** The highest revision of each well, by well/timepoint. */
  public Map<String, WellPrediction> latest() {
    return latest;
  }

  public List<WellFailure> failures() {
    return failures;
  }

  /** Number of wells that have a prediction or a failure of their own. */
  public int ended() {
    return ended.size();
  }

  /** Prediction records beyond the first of a well and revision. Exactly-once means none. */
  public long duplicates() {
    Set<String> seen = new HashSet<>();
    return predictions.stream().filter(p -> !seen.add(well(p.getWell(), p.getTimepoint()) + "/" + p.getRevision())).count();
  }

  /** Dead letters since this collector connected. */
  public long deadLetters() {
    return deadLetters;
  }

  /** The newest channel importance of the plate. */
  public @Nullable ChannelImportance importance() {
    return importance;
  }

  /** The last hit call of each well. */
  public Collection<HitCall> calls() {
    return calls.values();
  }

  /** The last word on the quality of the plate's first timepoint; null when nothing was said of it. */
  public @Nullable PlateQuality quality() {
    return quality.get(0);
  }

  /** The last event of each alert. */
  public Collection<Alert> alerts() {
    return alerts.values();
  }

  /** Whether the plate stage has spoken its last word: no timepoint runs any more and no call is provisional, or it never spoke. */
  public boolean decided() {
    return quality.values().stream().noneMatch(q -> q.getStatus() == PlateStatus.RUNNING)
        && calls.values().stream().noneMatch(c -> c.getStage() == CallStage.PROVISIONAL);
  }

  static boolean isResolved(Alert alert) {
    return alert.getState() == AlertState.RESOLVED;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
