package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.Dcmix;
import io.dcmix.app.run.Processor;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.CallStage;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code dcmix replay}: waits for the processor, and says whether a replay gives what was given before. */
@Timeout(240)
class ReplayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  @Test
  void twoReplaysOfAPlateAreIdenticalInContentAndWhatDiffersIsFound() throws Exception {
    Path model = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(model, in.readAllBytes());
    }
    SimulatedPlate plate = SimulatedPlate.of(
        SimulationSpec.demo(5).withKey(new PlateKey("AGAIN", "run")).withFormat(PlateFormat.WELLS_6).withSites(1));
    Path archive = PlateFolder.write(folder.resolve("archive"), plate, SimulationSpec.CHANNELS);
    Topics first = new Topics("replay-a");
    Topics second = new Topics("replay-b");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of());
        Admin admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
      for (Topics topics : List.of(first, second)) {
        LaneTopics.create(admin, topics, new LaneTopics.Plan(2, (short) 1, Duration.ofDays(1)));
      }
      Path saved = folder.resolve("saved.jsonl");
      try (ChildProcess replay = ChildProcess.dcmix(folder, "replay", archive.toString(), "--bootstrap-servers", broker.bootstrapServers(),
          "--lane", "replay-a", "--ahead", "1KiB", "--save", saved.toString())) {
        replay.until("waiting for the processor", PATIENCE, () -> replay.output().contains("waits for the processor of lane replay-a"));
        assertThat(saved).doesNotExist();
        try (Processor processor = Processor.start(List.of(config(broker, first), config(broker, second)),
            Processor.load(model, DevicePolicy.CPU, RuntimeOptions.DEFAULT))) {
          assertThat(replay.exitCode(PATIENCE)).as(replay.output()).isZero();
          assertThat(Files.readAllLines(saved)).hasSize(6);
          awaitFinalCalls(broker, first, 6);

          Outcome again = dcmix(broker, archive, "--acquisition", "another run", "--verify", "replay-a", "--json");
          assertThat(again.exit()).as(again.out() + again.err()).isZero();
          JsonNode verification = new ObjectMapper().readTree(again.out()).get("verification");
          assertThat(verification.get("wells").asInt()).isEqualTo(6);
          assertThat(verification.get("identical").asInt()).as(again.out()).isEqualTo(6);
          assertThat(verification.get("hitCallsCompared").asInt()).as(again.out()).isEqualTo(6);

          Outcome file = dcmix(broker, archive, "--acquisition", "another run", "--verify", saved.toString());
          assertThat(file.exit()).as(file.err()).isZero();
          assertThat(file.out()).contains("nothing to do, all 36 images of 6 wells were published before", "replay-b against " + saved + ": the same");

          Files.writeString(saved, Files.readString(saved).replaceFirst("\"predictedClass\":\"\\w+\"", "\"predictedClass\":\"other\""));
          Outcome altered = dcmix(broker, archive, "--acquisition", "another run", "--verify", saved.toString());
          assertThat(altered.exit()).as(altered.err()).isEqualTo(4);
          assertThat(altered.out()).contains("replay-b against " + saved + ": not the same", "other → ");

          Outcome nothing = dcmix(broker, archive, "--verify", "nowhere");
          assertThat(nothing.exit()).isEqualTo(1);
          assertThat(nothing.err()).contains("There is no lane nowhere with results").hasLineCount(1);
          assertThat(processor.ended()).isNotDone();
        }
      }
    }
  }

  /** A plate's calls come after its predictions. */
  private static void awaitFinalCalls(EmbeddedBroker broker, Topics topics, int wells) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (LaneResults results = new LaneResults(topics, Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
      while (results.plates.values().stream().flatMap(plate -> plate.calls.values().stream()).filter(call -> call.getStage() == CallStage.FINAL).count() < wells) {
        assertThat(System.nanoTime()).as("final calls in " + topics.lane() + ": " + results).isLessThan(end);
        results.poll();
      }
    }
  }

  private ProcessorConfig config(EmbeddedBroker broker, Topics topics) {
    return ProcessorConfig.of(topics, broker.bootstrapServers(), folder.resolve("state-" + topics.lane()))
        .withTimeouts(Duration.ofSeconds(5), EmbeddedBroker.ABORT_SWEEP, Duration.ofSeconds(10));
  }

  private record Outcome(int exit, String out, String err) {}

  private static Outcome dcmix(EmbeddedBroker broker, Path archive, String... options) {
    List<String> args = new ArrayList<>(List.of(
        "replay", archive.toString(), "--lane", "replay-b", "--bootstrap-servers", broker.bootstrapServers(), "--patience", "60s"));
    args.addAll(List.of(options));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Dcmix.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args.toArray(String[]::new));
    return new Outcome(exit, out.toString(), err.toString().strip());
  }
}
