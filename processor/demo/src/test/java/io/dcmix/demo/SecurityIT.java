package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.Dcmix;
import io.dcmix.app.run.Processor;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.results.LaneReader;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A lane where nobody may do more than {@code dcmix acls} prints for them, over TLS, with a password each. */
@Timeout(180)
class SecurityIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<String> WELLS = Set.of("A01", "A02", "A03", "B01", "B02", "B03");

  @TempDir static Path folder;
  private static SecuredCluster cluster;
  private static Path model;

  @BeforeAll
  static void start() throws Exception {
    cluster = SecuredCluster.start(folder);
    model = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(model, in.readAllBytes());
    }
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aPlateIsPublishedScoredReadForgottenAndScoredAgainWithThePrintedRightsAlone() throws Exception {
    Topics topics = new Topics("secure");
    Map<String, String> operator = user("operator", "secure", "--admin");
    Map<String, String> robot = user("robot", "secure", "--publisher");
    Map<String, String> scorer = user("scorer", "secure", "--processor");
    Map<String, String> lims = user("lims", "secure", "--reader");

    Outcome created = dcmix(operator, "topics", "create", "--lane", "secure", "--partitions", "2", "--replication", "1");
    assertThat(created.exit()).as(created.err()).isZero();
    Outcome checked = dcmix(operator, "topics", "check", "--lane", "secure", "--replication", "1");
    assertThat(checked.exit()).as(checked.out() + checked.err()).isZero();
    assertThat(checked.out()).contains(", 0 wrong, 0 to know of");

    Outcome published = dcmix(robot, "publish", plate().toString(), "--lane", "secure");
    assertThat(published.exit()).as(published.err()).isZero();

    Set<String> internal = internalTopics();
    List<ConsumerRecord<byte[], byte[]>> predictions = score(topics, scorer, lims, 6);
    assertThat(wells(predictions)).as("every well exactly once").hasSize(6).containsExactlyInAnyOrderElementsOf(WELLS);
    assertThat(internalTopics()).as("what the administrator created is what Kafka Streams wants").isEqualTo(internal).hasSize(6);

    Outcome forgotten = dcmix(operator, "lane", "forget", "--lane", "secure", "--plate", "SECURE", "--results-only", "--yes");
    assertThat(forgotten.exit()).as(forgotten.out() + forgotten.err()).isZero();
    List<ConsumerRecord<byte[], byte[]>> taken = read(lims, topics.wellPredictions());
    assertThat(taken.subList(6, taken.size())).as("a tombstone for each key").hasSize(6).allMatch(record -> record.value() == null);
    assertThat(wells(taken.subList(6, 12))).containsExactlyInAnyOrderElementsOf(WELLS);
    Outcome again = dcmix(operator, "lane", "forget", "--lane", "secure", "--plate", "SECURE", "--results-only", "--yes");
    assertThat(again.out()).contains("Nothing is known of it.");

    Path state = folder.resolve("state-secure");
    Outcome reset = dcmix(operator, "lane", "reset", "--lane", "secure", "--state-dir", state.toString(), "--yes");
    assertThat(reset.exit()).as(reset.out() + reset.err()).isZero();
    assertThat(reset.out()).contains("delete  offsets of group dcmix-secure, which is Empty", "delete  6 internal topics", "begins anew");
    assertThat(state.resolve("dcmix-secure")).doesNotExist();
    assertThat(internalTopics()).isEmpty();
    assertThat(dcmix(operator, "topics", "create", "--lane", "secure", "--replication", "1").out()).contains("6 topics of lane secure created");
    List<ConsumerRecord<byte[], byte[]>> anew = score(topics, scorer, lims, 18);
    assertThat(wells(anew.subList(12, 18))).as("from the images that are still kept").containsExactlyInAnyOrderElementsOf(WELLS);

    Map<String, String> analyst = user("analyst", "again", "--images-of", "secure", "--processor", "--admin");
    Outcome rescored = dcmix(analyst, "rescore", "--lane", "secure", "--into", "again", "--model", model.toString(), "--device", "cpu",
        "--replication", "1", "--state-dir", folder.resolve("state-again").toString());
    assertThat(rescored.exit()).as(rescored.out() + rescored.err()).isZero();
    assertThat(wells(read(analyst, "again.well-predictions"))).as("another lane, whose images they are, lends them").containsExactlyInAnyOrderElementsOf(WELLS);
    Outcome whole = dcmix(analyst, "topics", "check", "--lane", "again", "--images-of", "secure", "--replication", "1");
    assertThat(whole.exit()).as(whole.out() + whole.err()).isZero();
  }

  @Test
  void aStrangerIsToldInOneLineWhatToDo() throws Exception {
    Map<String, String> known = user("known", "strange", "--admin", "--publisher", "--processor");
    assertThat(dcmix(known, "topics", "create", "--lane", "strange", "--partitions", "1", "--replication", "1").exit()).isZero();
    String address = cluster.bootstrapServers();

    refused(cluster.user("known", "guessed"), address, "refuses this user", "sasl.jaas.config");
    refused(Map.of(), address, "speaks TLS", "security.protocol");
    Map<String, String> distrustful = cluster.user("known", "known-secret");
    distrustful.put("ssl.truststore.location", SecuredCluster.certificate(folder, "other", folder.resolve("other.p12")).toString());
    refused(distrustful, address, "TLS with Kafka", "ssl.truststore.location");

    cluster.revoke("User:known", ResourceType.TOPIC, "strange.image-events", AclOperation.READ);
    refused(known, "strange.image-events", "lacks [READ]", "dcmix acls --lane strange --processor");
    cluster.revoke("User:known", ResourceType.TOPIC, "strange.image-events", AclOperation.WRITE);
    oneLine(dcmix(known, "publish", plate().toString(), "--lane", "strange"), "strange.image-events", "lacks [WRITE]", "--publisher");
  }

  /** {@code run} ends by itself, with one line. */
  private static void refused(Map<String, String> settings, String... says) {
    long start = System.nanoTime();
    oneLine(dcmix(settings, "run", "--lane", "strange", "--model", model.toString(), "--device", "cpu", "--port", "0",
        "--state-dir", folder.resolve("state-strange").toString()), says);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).as("within seconds").isLessThan(Duration.ofSeconds(15));
  }

  private static void oneLine(Outcome outcome, String... says) {
    assertThat(outcome.exit()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.err().strip().lines()).singleElement().asString().startsWith("dcmix: ").contains(says).doesNotContain("-secret", "guessed");
  }

  // ---- people and programs ----

  /** A user with the rights that are printed for these roles. */
  private static Map<String, String> user(String name, String lane, String... roles) throws Exception {
    List<String> args = new ArrayList<>(List.of("acls", "--lane", lane, "--principal", "User:" + name, "--format", "json"));
    args.addAll(List.of(roles));
    Outcome printed = dcmix(args);
    assertThat(printed.exit()).as(printed.err()).isZero();
    Map<String, String> settings = cluster.create(name);
    cluster.grant(new ObjectMapper().readTree(printed.out()));
    return settings;
  }

  /** Lets a processor work until so many predictions lie in the lane, and all transactions are committed. */
  private static List<ConsumerRecord<byte[], byte[]>> score(Topics topics, Map<String, String> scorer, Map<String, String> reader, int until)
      throws Exception {
    ProcessorConfig config = ProcessorConfig.of(topics, cluster.bootstrapServers(), folder.resolve("state-" + topics.lane()))
        .withKafka(scorer)
        .withScoring(ScorerConfig.DEFAULT.withWorkers(1))
        .withTimeouts(Duration.ofSeconds(5), EmbeddedBroker.ABORT_SWEEP, Duration.ofSeconds(10));
    try (Processor processor = Processor.start(config, Processor.load(model, DevicePolicy.CPU, RuntimeOptions.DEFAULT));
        LaneReader results = new LaneReader(cluster.connect(reader), List.of(topics.wellPredictions()))) {
      long end = System.nanoTime() + PATIENCE.toNanos();
      for (int seen = 0; seen < until; seen += results.poll(Duration.ofMillis(100)).count()) {
        assertThat(processor.ended()).isNotDone();
        assertThat(System.nanoTime()).as("%d of %d predictions", seen, until).isLessThan(end);
      }
    }
    return read(reader, topics.wellPredictions());
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(Map<String, String> reader, String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (LaneReader all = new LaneReader(cluster.connect(reader), List.of(topic))) {
      all.readAll(PATIENCE, records::add);
    }
    records.sort((a, b) -> Long.compare(a.timestamp(), b.timestamp()));
    return records;
  }

  private static List<String> wells(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream().map(record -> new String(record.key(), StandardCharsets.UTF_8).split("/", -1)[2]).toList();
  }

  private static Set<String> internalTopics() throws Exception {
    Set<String> names = new TreeSet<>(cluster.admin().listTopics().names().get());
    names.removeIf(name -> !name.startsWith("dcmix-secure-"));
    return names;
  }

  private static Path plate() throws Exception {
    SimulatedPlate plate = SimulatedPlate.of(
        SimulationSpec.demo(5).withKey(new PlateKey("SECURE", "run1")).withFormat(PlateFormat.WELLS_6).withSites(1));
    return PlateFolder.write(folder.resolve("plate"), plate, SimulationSpec.CHANNELS);
  }

  private record Outcome(int exit, String out, String err) {}

  private static Outcome dcmix(Map<String, String> kafka, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--bootstrap-servers", cluster.bootstrapServers()));
    kafka.forEach((key, value) -> all.addAll(List.of("--kafka", key + "=" + value)));
    return dcmix(all);
  }

  private static Outcome dcmix(List<String> args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Dcmix.commandLine().setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args.toArray(String[]::new));
    return new Outcome(exit, out.toString(), err.toString());
  }
}
