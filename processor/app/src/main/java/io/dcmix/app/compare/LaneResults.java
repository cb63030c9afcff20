package io.dcmix.app.compare;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import io.dcmix.streams.results.LaneReader;
import io.dcmix.streams.results.LaneReader.QuietBrokerException;
import io.dcmix.streams.wire.EdgeSerdes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;

/** How the wells of some plates ended in a lane, by the newest revision of each, and what they were called. Not thread-safe. */
public final class LaneResults implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Topics lane;
  private final Predicate<WellKey> wanted;
  private final LaneReader reader;
  private final Deserializer<WellPrediction> ofPrediction;
  private final Deserializer<WellFailure> ofFailure;
  private final Deserializer<HitCall> ofCall;
  private final Map<WellKey, WellPrediction> predictions = new HashMap<>();
  private final Map<WellKey, WellFailure> failures = new HashMap<>();
  private final Map<WellKey, HitCall> calls = new HashMap<>();

  /**
   * Connects.
   *
   * @param client bootstrap.servers and security
   * @param wanted other wells are passed over
   * @throws CliException if there is no such lane
   */
  public LaneResults(Topics lane, Map<String, Object> client, EdgeSerdes serdes, Predicate<WellKey> wanted) {
    this.lane = lane;
    this.wanted = wanted;
    this.ofPrediction = serdes.serde(WellPrediction.class).deserializer();
    this.ofFailure = serdes.serde(WellFailure.class).deserializer();
    this.ofCall = serdes.serde(HitCall.class).deserializer();
    try {
      this.reader = new LaneReader(client, List.of(lane.wellPredictions(), lane.wellFailures(), lane.hitCalls()));
    } catch (KafkaException e) {
      throw new CliException("The results of lane %s cannot be read: %s".formatted(lane.lane(), e.getMessage()), e);
    }
    if (!reader.missing().isEmpty()) {
      reader.close();
      throw new CliException("There is no lane %s with results: topic %s does not exist".formatted(lane.lane(), reader.missing().iterator().next()));
    }
  }

  /** Wells of these plates, whatever the run. */
  public static Predicate<WellKey> ofPlates(Set<String> plates) {
    return key -> plates.contains(key.plate().plate());
  }

  /** Wells of these runs. */
  public static Predicate<WellKey> ofRuns(Set<PlateKey> runs) {
    return key -> runs.contains(key.plate());
  }

  /** Reads what is there now. */
  public LaneResults readToEnd() {
    try {
      reader.readToEnd(PATIENCE, this::take);
    } catch (QuietBrokerException | KafkaException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
    return this;
  }

  /**
   * Reads on until each of these wells has ended.
   *
   * @param patience how long at most no further well may end
   * @throws CliException if it takes longer; says how many are missing, and what may be wrong
   */
  public void await(Set<WellKey> wells, Duration patience) {
    try (ProgressBar bar = ProgressBar.start("Waiting for the results of lane " + lane.lane(), wells.size())) {
      long news = System.nanoTime();
      long before = -1;
      while (true) {
        reader.poll(POLL).forEach(this::take);
        long ended = wells.stream().filter(well -> predictions.containsKey(well) || failures.containsKey(well)).count();
        if (ended == wells.size()) {
          bar.update(ended, "");
          return;
        }
        long now = System.nanoTime();
        news = ended > before ? now : news;
        before = ended;
        bar.update(ended, now - news > PATIENCE.toNanos() ? "waits for the processor ('dcmix run --lane " + lane.lane() + "')" : "");
        if (now - news > patience.toNanos()) {
          throw new CliException("%,d of %,d wells ended in lane %s, and no further one within %d s: is 'dcmix run --lane %s' at work? --patience waits longer".formatted(
              ended, wells.size(), lane.lane(), patience.toSeconds(), lane.lane()));
        }
      }
    } catch (KafkaException e) {
      throw new CliException("The results of lane %s cannot be read: %s".formatted(lane.lane(), e.getMessage()), e);
    }
  }

  /**
   * Reads on until each of these wells has its final call, or none has come for so long: a lane without a layout may call nothing.
   *
   * @param patience how long no call may come
   */
  public void awaitCalls(Set<WellKey> wells, Duration patience) {
    long news = System.nanoTime();
    long before = -1;
    try {
      while (!finalCalls().keySet().containsAll(wells) && System.nanoTime() - news <= patience.toNanos()) {
        reader.poll(POLL).forEach(this::take);
        long called = finalCalls().size();
        news = called > before ? System.nanoTime() : news;
        before = called;
      }
    } catch (KafkaException e) {
      throw new CliException("The hit calls of lane %s cannot be read: %s".formatted(lane.lane(), e.getMessage()), e);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      return;
    }
    WellKey key;
    try {
      key = WellKey.parse(new String(record.key(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return; // no well of ours
    }
    if (!wanted.test(key)) {
      return;
    }
    if (record.value() == null) {
      takenBack(record.topic()).remove(key);
      return;
    }
    try {
      if (record.topic().equals(lane.wellPredictions())) {
        WellPrediction p = ofPrediction.deserialize(record.topic(), record.value());
        if (newer(key, p.getRevision())) {
          predictions.put(key, p);
          failures.remove(key);
        }
      } else if (record.topic().equals(lane.hitCalls())) {
        calls.put(key, ofCall.deserialize(record.topic(), record.value()));
      } else {
        WellFailure f = ofFailure.deserialize(record.topic(), record.value());
        if (f.getSite() == null && newer(key, f.getRevision())) {
          failures.put(key, f);
          predictions.remove(key);
        }
      }
    } catch (UnreadableRecordException e) {
      throw new CliException("Record %d of %s-%d is unreadable: %s".formatted(record.offset(), record.topic(), record.partition(), e.getMessage()), e);
    }
  }

  private Map<WellKey, ?> takenBack(String topic) {
    return topic.equals(lane.wellPredictions()) ? predictions : topic.equals(lane.hitCalls()) ? calls : failures;
  }

  private boolean newer(WellKey key, int revision) {
    WellPrediction predicted = predictions.get(key);
    WellFailure failed = failures.get(key);
    return (predicted == null || revision >= predicted.getRevision()) && (failed == null || revision >= failed.getRevision());
  }

  /** Wells with a prediction. */
  public Map<WellKey, WellPrediction> predictions() {
    return Map.copyOf(predictions);
  }

  /** Wells without one, and why. */
  public Map<WellKey, WellFailure> failures() {
    return Map.copyOf(failures);
  }

  /** Wells whose plate was judged for good after their newest prediction. */
  public Map<WellKey, HitCall> finalCalls() {
    Map<WellKey, HitCall> last = new HashMap<>();
    calls.forEach((key, call) -> {
      WellPrediction predicted = predictions.get(key);
      if (call.getStage() == CallStage.FINAL && predicted != null && call.getRevision() >= predicted.getRevision()) {
        last.put(key, call);
      }
    });
    return last;
  }

  @Override
  public void close() {
    reader.close();
  }
}
