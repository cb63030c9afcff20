package io.dcmix.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Every result record of a lane, as a read_committed consumer sees it, in the order of its partition. */
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

  /** By barcode, in order of their first results. */
  final SequencedMap<String, PlateResults> plates = new LinkedHashMap<>();

  /** The importance over the whole lane; null before the first. */
  ChannelImportance importance;

  /** Every alert by its id, in order. */
  final Map<String, List<AlertState>> alerts = new HashMap<>();

  long deadLetters;

  LaneResults(Topics topics, Map<String, Object> client) {
    this.topics = topics;
    this.client = client;
    List<TopicPartition> partitions = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> names = Committed.fromTheBeginning(client, List.of())) {
      for (String topic : List.of(
          topics.wellPredictions(), topics.wellFailures(), topics.channelImportance(), topics.hitCalls(), topics.plateQuality(), topics.alerts(),
          topics.deadLetters())) {
        names.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      }
    }
    consumer = Committed.fromTheBeginning(client, partitions);
  }

  /** Takes in what comes within a moment. */
  void poll() {
    consumer.poll(Duration.ofMillis(20)).forEach(this::take);
  }

  /** Reads on until nothing that lies in the topics now is unread; transactions still open are waited for. */
  void readToTheEnd(Duration within) {
    Committed.readToTheEnd(client, consumer, within, this::take);
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    String topic = record.topic();
    if (topic.equals(topics.wellPredictions())) {
      WellPrediction p = PREDICTIONS.decode(record.value());
      plate(p.getPlate()).take(p);
    } else if (topic.equals(topics.wellFailures())) {
      WellFailure f = FAILURES.decode(record.value());
      plate(f.getPlate()).take(f);
    } else if (topic.equals(topics.channelImportance())) {
      ChannelImportance c = IMPORTANCE.decode(record.value());
      switch (c.getScope()) {
        case "plate" -> plate(c.getPlate()).importance = c;
        case "all" -> importance = c;
        default -> {}
      }
    } else if (topic.equals(topics.hitCalls())) {
      if (record.value() == null) {
        WellKey key = WellKey.parse(new String(record.key(), UTF_8));
        plate(key.plate().plate()).calls.remove(key.well().toString());
      } else {
        HitCall call = CALLS.decode(record.value());
        plate(call.getPlate()).calls.put(call.getWell(), call);
      }
    } else if (topic.equals(topics.plateQuality())) {
      PlateQuality quality = QUALITY.decode(record.value());
      plate(quality.getPlate()).quality = quality;
    } else if (topic.equals(topics.alerts())) {
      Alert alert = ALERTS.decode(record.value());
      alerts.computeIfAbsent(alert.getId(), id -> new ArrayList<>()).add(alert.getState());
    } else {
      deadLetters++;
    }
  }

  /** What is known of a plate, be it nothing. */
  PlateResults plate(String barcode) {
    return plates.computeIfAbsent(barcode, b -> new PlateResults());
  }

  /** Number of wells, of all plates, that have a prediction or a failure of their own. */
  int ended() {
    return plates.values().stream().mapToInt(PlateResults::ended).sum();
  }

  /** Whether the importance of each plate and of the whole lane are the plain means over the newest predictions. */
  boolean importanceAgrees() {
    return plates.values().stream().allMatch(PlateResults::importanceAgrees)
        && PlateResults.isMeanOf(importance, plates.values().stream().flatMap(plate -> plate.latest.values().stream()).toList());
  }

  @Override
  public String toString() {
    return plates + ", importance of " + (importance == null ? "no" : importance.getWells()) + " wells";
  }

  @Override
  public void close() {
    consumer.close();
  }
}
