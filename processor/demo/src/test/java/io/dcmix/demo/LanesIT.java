package io.dcmix.demo;

import static io.dcmix.demo.AlteredPlate.plane;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.Dcmix;
import io.dcmix.app.run.Processor;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.Devices;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.publish.PublishObserver;
import io.dcmix.streams.results.LaneReader;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What lanes promise one another: a replay beside live work, and images of one lane through another model. */
@Timeout(180)
class LanesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;
  private static Admin admin;
  private static Path model;

  @BeforeAll
  static void start() throws Exception {
    model = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(model, in.readAllBytes());
    }
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of());
    client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    admin = Admin.create(client);
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void aReplayBesideLiveWorkInOneProcessChangesNothingOfItAndIsCompleteItself() throws Exception {
    Topics live = lane("live");
    Topics replay = lane("replay-2025");
    SimulatedPlate old = plate("OLD", PlateFormat.WELLS_24, 1);
    SimulatedPlate fresh = plate("FRESH", PlateFormat.WELLS_6, 1);
    publish(replay, old);
    publish(replay, fresh);

    ProcessorConfig first = config(live);
    ProcessorConfig second = config(replay).withScoring(ScorerConfig.DEFAULT.withWorkers(1).withPoolBytes(1 << 20).withBacklogBytes(1 << 20));
    try (Processor processor = Processor.start(List.of(first, second), load(model));
        LaneResults ofLive = new LaneResults(live, client);
        ResultCollectors replayed = new ResultCollectors(replay, old, fresh)) {
      assertThat(processor.streams().awaitReady(PATIENCE)).isTrue();
      publish(live, fresh);
      until("live wells", processor, () -> {
        ofLive.poll();
        return ofLive.ended() == 6 && ofLive.importanceAgrees();
      });
      until("replayed wells", processor, () -> replayed.poll() == 30);
      assertThat(replayed.old.duplicates() + replayed.fresh.duplicates()).isZero();
      assertThat(replayed.old.failures()).isEmpty();
      until("the replay's importance", processor, () -> {
        replayed.poll();
        return wells(replayed.old) == 24 && wells(replayed.fresh) == 6;
      });
      PlateResults ofFresh = ofLive.plate("FRESH");
      assertThat(ofFresh.predictions).hasSize(6).allSatisfy(p -> assertThat(p.getRevision()).isEqualTo(1));
      assertThat(ofFresh.failures).isEmpty();
      for (WellPrediction p : ofFresh.predictions) {
        WellPrediction again = replayed.fresh.latest().get(p.getWell() + "/0");
        assertThat(p.getHitLogit()).as("the same images in both lanes: " + p.getWell()).isEqualTo(again.getHitLogit());
        assertThat(p.getImportance()).isEqualTo(again.getImportance());
        assertThat(p.getPlaneSha256()).isEqualTo(again.getPlaneSha256());
      }
      assertThat(processor.readiness().parts()).hasSize(8);
      assertThat(processor.readiness().ready()).as(processor.readiness().toString()).isTrue();
      assertThat(processor.metrics().scrape())
          .containsPattern("(?m)^dcmix_predictions_total\\{lane=\"live\"\\} 6\\.0$")
          .containsPattern("(?m)^dcmix_predictions_total\\{lane=\"replay-2025\"\\} 30\\.0$");
    }
  }

  @Test
  void imagesOfALaneGoThroughAnotherModelIntoAnotherLaneAndTheTwoCanBeCompared() throws Exception {
    Topics source = lane("source");
    SimulatedPlate wanted = plate("WANTED", PlateFormat.WELLS_6, 2);
    PlateArchive broken = new AlteredPlate(wanted).without(plane("B02", 2, SimulationSpec.CHANNELS.getFirst()));
    SimulatedPlate other = plate("OTHER", PlateFormat.WELLS_6, 1);
    publish(source, broken);
    publish(source, other);
    ProcessorConfig config = config(source);
    try (Processor processor = Processor.start(
            config.withScreening(config.screening().withWellDeadline(Duration.ofSeconds(2))), load(model));
        ResultCollectors results = new ResultCollectors(source, wanted, other)) {
      until("the first results", processor, () -> results.poll() == 12);
    }

    Path opposite = opposite();
    String[] rescore = {"--lane", "source", "--into", "opposite", "--plate", "WANTED", "--replication", "1",
      "--state-dir", folder.resolve("state-opposite").toString(), "--device", "cpu",
      "--transaction-timeout", "5s", "--abort-sweep", "500ms", "--session-timeout", "10s"};
    Outcome scored = dcmix("rescore", concat(rescore, "--model", opposite.toString()));
    assertThat(scored.exit()).as(scored.err()).isZero();
    assertThat(scored.out())
        .contains("Lane opposite: the images of source, plate WANTED, by model anti 1", "6 predicted, 1 of them incomplete; 0 failed")
        .contains("Skipped  36 image events");
    assertThat(stages(new Topics("opposite", "source"))).as("it ends when the calls are out, not when the wells are scored").hasSize(6)
        .allSatisfy((well, stage) -> assertThat(stage).as(well).isEqualTo(CallStage.FINAL));

    Outcome compared = dcmix("compare", "source", "opposite", "--out", folder.resolve("wells.csv").toString());
    assertThat(compared.exit()).as(compared.err()).isZero();
    assertThat(compared.out()).contains("plate WANTED", "demo 1 (", "anti 1 (", "6 in both, 0 only in source, 0 only in opposite",
        "6 wells on the same", "0 of 6 changed", "Pearson -1.000, Spearman -1.000", "agrees to Spearman -1.000");
    assertThat(Files.readAllLines(folder.resolve("wells.csv"))).hasSize(7);
    JsonNode json = new ObjectMapper().readTree(dcmix("compare", "source", "opposite", "--plate", "WANTED", "--json").out());
    assertThat(json.at("/pearson").asDouble()).isCloseTo(-1, within(1e-12));
    assertThat(json.at("/wells").asInt()).isEqualTo(6);

    Outcome again = dcmix("rescore", concat(rescore, "--model", model.toString()));
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).contains("lane opposite holds results of model anti 1").hasLineCount(1);
    Outcome nowhere = dcmix("compare", "source", "nowhere");
    assertThat(nowhere.exit()).isEqualTo(1);
    assertThat(nowhere.err()).contains("There is no lane nowhere", "Lanes there: ", "opposite").hasLineCount(1);
  }

  /** Of the newest call of each well. */
  private static Map<String, CallStage> stages(Topics topics) {
    AvroCodec<HitCall> calls = AvroCodec.of(HitCall.class);
    Map<String, CallStage> stages = new HashMap<>();
    try (LaneReader reader = new LaneReader(client, List.of(topics.hitCalls()))) {
      reader.readAll(Duration.ofSeconds(30), record -> stages.put(
          new String(record.key(), StandardCharsets.UTF_8), calls.decode(record.value()).getStage()));
    }
    return stages;
  }

  /** The demo's model in another version: the same network under another name. */
  private static void version(Path folder, char version) throws Exception {
    String bytes = Files.readString(model, StandardCharsets.ISO_8859_1);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("v" + version + ".onnx"), bytes.replace("dcmix.version\u0012\u00011", "dcmix.version\u0012\u0001" + version), StandardCharsets.ISO_8859_1);
  }

  @Test
  void anotherVersionTakesOverInTheMiddleOfAPlateABrokenOneIsRefusedAndARestartKeepsTheLastGoodOne() throws Exception {
    Topics topics = lane("versions");
    Path served = folder.resolve("models");
    Path operators = folder.resolve("operators");
    for (char v : new char[] {'1', '2'}) {
      version(served, v);
      version(operators, v);
    }
    version(operators, '3');
    SimulatedPlate plate = plate("SWAPPED", PlateFormat.WELLS_24, 1);
    SimulatedPlate after = plate("AFTER", PlateFormat.WELLS_6, 1);
    SimulatedPlate restarted = plate("RESTARTED", PlateFormat.WELLS_6, 1);

    try (RunningProcessor processor = new RunningProcessor(served);
        ResultCollector results = new ResultCollector(topics, plate.key(), client);
        ResultCollector later = new ResultCollector(topics, after.key(), client)) {
      int[] begun = {0};
      publish(topics, plate, new PublishObserver() {
        @Override
        public void images(long done) {}

        @Override
        public boolean isDue(WellKey well, Instant acquiredAt, long open) {
          return begun[0]++ != 12;
        }

        @Override
        public void await(WellKey well, Instant acquiredAt) {
          processor.until("the wells before the change", () -> {
            results.poll(Duration.ofMillis(50));
            return results.ended() == 12;
          });
          Outcome activated = dcmix("model", "activate", "2", "--models", operators.toString(), "--lane", "versions");
          assertThat(activated.exit()).as(activated.err()).isZero();
          assertThat(activated.out()).contains("demo 2 shall serve lane versions", "It serves");
        }
      });
      processor.until("the wells after the change, and the plate's quality", () -> {
        results.poll(Duration.ofMillis(50));
        return results.ended() == 24 && results.quality() != null && results.quality().getModelVersion().equals("1 + 2");
      });
      assertThat(results.duplicates()).isZero();
      assertThat(results.failures()).isEmpty();
      assertThat(results.predictions()).hasSize(24).allSatisfy(p -> {
        assertThat(p.getRevision()).isEqualTo(1);
        assertThat(p.getModelVersion()).isIn("1", "2");
      });
      assertThat(results.predictions().stream().collect(Collectors.groupingBy(WellPrediction::getModelVersion, Collectors.counting())))
          .as("wells were out before the change, and others came after it").containsExactlyInAnyOrderEntriesOf(Map.of("1", 12L, "2", 12L));

      Outcome refused = dcmix("model", "activate", "3", "--models", operators.toString(), "--lane", "versions");
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.err()).contains("refused it, and the version before goes on: no file in " + served);
      Outcome status = dcmix("model", "status", "--lane", "versions");
      assertThat(status.exit()).isEqualTo(1);
      assertThat(status.out()).containsPattern("Shall serve +demo 3").containsPattern("Serves +demo 2").containsPattern("Refused +demo 3");
      publish(topics, after);
      processor.until("a plate after the refusal", () -> {
        later.poll(Duration.ofMillis(50));
        return later.ended() == 6;
      });
      assertThat(later.predictions()).hasSize(6).allSatisfy(p -> assertThat(p.getModelVersion()).isEqualTo("2"));
    }

    try (RunningProcessor processor = new RunningProcessor(served); ResultCollector results = new ResultCollector(topics, restarted.key(), client)) {
      publish(topics, restarted);
      processor.until("a plate after the restart", () -> {
        results.poll(Duration.ofMillis(50));
        return results.ended() == 6;
      });
      assertThat(results.predictions()).as("the record names 3, the command line 1, and 2 is the last that worked")
          .hasSize(6).allSatisfy(p -> assertThat(p.getModelVersion()).isEqualTo("2"));
    }
  }

  /** {@code dcmix run --models} in this process, until it is closed. */
  private static final class RunningProcessor implements AutoCloseable {
    private final AtomicReference<Outcome> ended = new AtomicReference<>();
    private final Thread thread;

    RunningProcessor(Path models) {
      thread = Thread.ofPlatform().start(() -> ended.set(dcmix("run", "--lane", "versions", "--models", models.toString(), "--model-version", "1",
          "--port", "0", "--device", "cpu", "--state-dir", folder.resolve("state-versions").toString(),
          "--transaction-timeout", "5s", "--abort-sweep", "500ms", "--session-timeout", "10s")));
    }

    void until(String what, BooleanSupplier condition) {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!condition.getAsBoolean()) {
        assertThat(ended.get()).as("%s: the processor ended", what).isNull();
        assertThat(System.nanoTime()).as("Waiting for %s", what).isLessThan(end);
      }
    }

    /** As Ctrl-C, which this process cannot send to itself. */
    @Override
    public void close() {
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private record Outcome(int exit, String out, String err) {}

  private static Outcome dcmix(String command, String... options) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] args = concat(new String[] {command}, concat(options, "--bootstrap-servers", broker.bootstrapServers()));
    int exit = Dcmix.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    return new Outcome(exit, out.toString(), err.toString().strip());
  }

  private static String[] concat(String[] some, String... more) {
    String[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  /** The demo's model with the other of its two classes as the hit: all hit logits have the other sign, no class changes. */
  private static Path opposite() throws Exception {
    String bytes = Files.readString(model, StandardCharsets.ISO_8859_1);
    String changed = bytes
        .replace("dcmix.hitClass\u0012\bpositive", "dcmix.hitClass\u0012\bnegative")
        .replace("dcmix.name\u0012\u0004demo", "dcmix.name\u0012\u0004anti");
    assertThat(changed).hasSameSizeAs(bytes).isNotEqualTo(bytes);
    return Files.writeString(folder.resolve("opposite.onnx"), changed, StandardCharsets.ISO_8859_1);
  }

  /** Two plates of a lane. */
  private static final class ResultCollectors implements AutoCloseable {
    private final ResultCollector old;
    private final ResultCollector fresh;

    ResultCollectors(Topics topics, SimulatedPlate old, SimulatedPlate fresh) {
      this.old = new ResultCollector(topics, old.key(), client);
      this.fresh = new ResultCollector(topics, fresh.key(), client);
    }

    int poll() {
      old.poll(Duration.ofMillis(50));
      fresh.poll(Duration.ofMillis(50));
      return old.ended() + fresh.ended();
    }

    @Override
    public void close() {
      old.close();
      fresh.close();
    }
  }

  private static long wells(ResultCollector results) {
    return results.importance() == null ? 0 : results.importance().getWells();
  }

  private static Topics lane(String name) throws Exception {
    Topics topics = new Topics(name);
    LaneTopics.create(admin, topics, new LaneTopics.Plan(2, (short) 1, Duration.ofDays(1)));
    return topics;
  }

  private static SimulatedPlate plate(String name, PlateFormat format, int sites) {
    return SimulatedPlate.of(SimulationSpec.demo(5).withKey(new PlateKey(name, "run")).withFormat(format).withSites(sites));
  }

  private static ProcessorConfig config(Topics topics) {
    return ProcessorConfig.of(topics, broker.bootstrapServers(), folder.resolve("state-" + topics.lane()))
        .withTimeouts(Duration.ofSeconds(5), EmbeddedBroker.ABORT_SWEEP, Duration.ofSeconds(10));
  }

  private static Devices load(Path file) {
    return Processor.load(file, DevicePolicy.CPU, RuntimeOptions.DEFAULT);
  }

  private static void publish(Topics topics, PlateArchive plate) throws Exception {
    publish(topics, plate, done -> {});
  }

  private static void publish(Topics topics, PlateArchive plate, PublishObserver observer) throws Exception {
    try (ArchivePublisher publisher = new ArchivePublisher(topics, client, InstantSource.system())) {
      publisher.publish(plate, plate.key().acquisition(), null, observer);
    }
  }

  private static void until(String what, Processor processor, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(processor.ended()).isNotDone();
      assertThat(System.nanoTime()).as("Waiting for %s", what).isLessThan(end);
    }
  }
}
