package io.dcmix.app.compare;

import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.ClusterOptions;
import io.dcmix.app.cluster.RegistryOptions;
import io.dcmix.app.run.Options;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import io.dcmix.streams.results.LaneReader;
import io.dcmix.streams.results.LaneReader.QuietBrokerException;
import io.dcmix.streams.wire.EdgeSerdes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dcmix compare}: how the results of two lanes differ. */
@Command(
    name = "compare",
    description = {
      "Say how the results of two lanes differ, on one plate or on all that both have: wells, images, calls that flipped,",
      "correlation of the scores, importance of the channels. Reads the results and changes nothing."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix compare screening replay-m2 --bootstrap-servers kafka:9092",
      "  dcmix compare screening replay-m2 --bootstrap-servers kafka:9092 --plate SIM-1 --out wells.csv",
      "  dcmix compare screening replay-m2 --bootstrap-servers kafka:9092 --json --fail-on-flips",
      "",
      "Ends with 0 however much they differ, unless --fail-on-flips says otherwise."
    })
public final class CompareCommand implements CliCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Parameters(index = "0", paramLabel = "LANE", description = "A lane.")
  private String laneA = "";

  @Parameters(index = "1", paramLabel = "LANE", description = "The lane that is compared with it.")
  private String laneB = "";

  @Mixin private ClusterOptions kafka = new ClusterOptions();

  @Option(names = "--plate", paramLabel = "BARCODE", description = "Compare this plate alone. Default: all that both lanes have.")
  private @Nullable String plate;

  @Option(names = "--json", description = "Write the counts as JSON.")
  private boolean json;

  @Option(names = "--out", paramLabel = "FILE.csv", description = "Write every well as CSV.")
  private @Nullable Path out;

  @Option(names = "--fail-on-flips", description = "End with 1 if a call flipped.")
  private boolean failOnFlips;

  @Mixin private RegistryOptions registry = new RegistryOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Topics a = Options.lane("LANE", laneA);
    Topics b = Options.lane("LANE", laneB);
    if (a.equals(b)) {
      throw new CliException("Two lanes are compared, and both are " + laneA);
    }
    Cluster cluster = kafka.cluster();
    cluster.awaitAnswer();
    LaneComparison comparison;
    try (EdgeSerdes serdes = EdgeSerdes.of(registry.wire())) {
      LaneContent contentA = read(a, cluster, serdes);
      LaneContent contentB = read(b, cluster, serdes);
      comparison = LaneComparison.of(contentA, contentB);
      if (comparison.byPlate().isEmpty()) {
        throw new CliException(nothingShared(contentA, contentB));
      }
    }
    if (out != null) {
      write(out, ComparisonFiles.csv(comparison));
    }
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.print(json ? ComparisonFiles.json(comparison) + "\n" : ComparisonText.of(comparison));
    terminal.flush();
    return failOnFlips && !comparison.flipped().isEmpty() ? 1 : 0;
  }

  private LaneContent read(Topics lane, Cluster cluster, EdgeSerdes serdes) {
    LaneContent content = new LaneContent(lane.lane());
    Deserializer<WellPrediction> predictions = serdes.serde(WellPrediction.class).deserializer();
    Deserializer<HitCall> calls = serdes.serde(HitCall.class).deserializer();
    try (LaneReader reader = new LaneReader(cluster.client(), List.of(lane.wellPredictions(), lane.hitCalls()))) {
      if (reader.missing().contains(lane.wellPredictions())) {
        throw new CliException("There is no lane %s at %s: topic %s does not exist. Lanes there: %s".formatted(
            lane.lane(), cluster.bootstrapServers(), lane.wellPredictions(), lanes(reader)));
      }
      reader.readToEnd(PATIENCE, record -> {
        if (!isWanted(record)) {
          return;
        }
        if (record.value() == null) {
          takeBack(content, record, record.topic().equals(lane.wellPredictions()));
        } else if (record.topic().equals(lane.wellPredictions())) {
          content.take(decode(predictions, record));
        } else {
          content.take(decode(calls, record));
        }
      });
    } catch (QuietBrokerException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (KafkaException e) {
      throw new CliException("The results of lane %s cannot be read at %s: %s".formatted(lane.lane(), cluster.bootstrapServers(), e.getMessage()), e);
    }
    return content;
  }

  private static void takeBack(LaneContent content, ConsumerRecord<byte[], byte[]> record, boolean prediction) {
    if (record.key() == null) {
      return;
    }
    try {
      WellKey key = WellKey.parse(new String(record.key(), StandardCharsets.UTF_8));
      if (prediction) {
        content.takeBackPrediction(key);
      } else {
        content.takeBackCall(key);
      }
    } catch (IllegalArgumentException e) {
      // no well of ours
    }
  }

  /** By the key, so that other plates are not decoded; a record without a readable key is shown by what follows. */
  private boolean isWanted(ConsumerRecord<byte[], byte[]> record) {
    if (plate == null) {
      return true;
    }
    try {
      return record.key() != null && WellKey.parse(new String(record.key(), StandardCharsets.UTF_8)).plate().plate().equals(plate);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static <T> T decode(Deserializer<T> deserializer, ConsumerRecord<byte[], byte[]> record) {
    try {
      return deserializer.deserialize(record.topic(), record.value());
    } catch (UnreadableRecordException e) {
      throw new CliException("Record %d of %s-%d is unreadable: %s".formatted(record.offset(), record.topic(), record.partition(), e.getMessage()), e);
    }
  }

  private static String lanes(LaneReader reader) {
    String suffix = new Topics("x").wellPredictions().substring(1);
    List<String> lanes = reader.existing().stream().filter(topic -> topic.endsWith(suffix))
        .map(topic -> topic.substring(0, topic.length() - suffix.length())).sorted().toList();
    return lanes.isEmpty() ? "none" : String.join(", ", lanes);
  }

  private String nothingShared(LaneContent a, LaneContent b) {
    return plate != null
        ? "The lanes share no prediction of plate %s: %s %s, %s %s".formatted(
            plate, a.lane(), a.plates().isEmpty() ? "has none" : "has it", b.lane(), b.plates().isEmpty() ? "has none" : "has it")
        : "The lanes share no plate: %s has %s, %s has %s".formatted(a.lane(), some(a), b.lane(), some(b));
  }

  private static String some(LaneContent content) {
    List<String> plates = content.plates().stream().limit(5).toList();
    return plates.isEmpty() ? "none" : String.join(", ", plates) + (content.plates().size() > plates.size() ? ", …" : "");
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new CliException("--out: " + file + " cannot be written: " + e, e);
    }
  }
}
