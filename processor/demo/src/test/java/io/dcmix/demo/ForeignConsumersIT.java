package io.dcmix.demo;

import static io.dcmix.demo.AlteredPlate.plane;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.Dcmix;
import io.dcmix.app.run.Processor;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.schema.event.PublishProgress;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.wire.EdgeSerdes;
import io.dcmix.streams.wire.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What programs of others read in a lane whose results are in a registry's format: Python, kcat and Kafka Connect, each by the commands of
 * docs/consumers.md and with the files that it names. What they read is compared with what the processor's own reader reads.
 */
@Timeout(300)
class ForeignConsumersIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Topics TOPICS = new Topics("screening");
  private static final Map<String, Class<? extends SpecificRecord>> RESULTS = Map.of(
      TOPICS.wellPredictions(), WellPrediction.class, TOPICS.wellFailures(), WellFailure.class, TOPICS.hitCalls(), HitCall.class,
      TOPICS.plateQuality(), PlateQuality.class, TOPICS.channelImportance(), ChannelImportance.class, TOPICS.alerts(), Alert.class);
  private static final Map<String, Class<? extends SpecificRecord>> INPUTS = Map.of(
      TOPICS.imageEvents(), ImageEvent.class, TOPICS.acquisitions(), Acquisition.class, TOPICS.plateLayouts(), PlateLayout.class,
      TOPICS.publishProgress(), PublishProgress.class);
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final Set<String> NOT_FLAT =
      Set.of("classes", "probabilities", "channels", "contribution", "importance", "flags", "planeSha256", "planeQuality", "undefined");

  private static final Map<String, Class<? extends SpecificRecord>> TABLES = Map.of(
      "well_predictions", WellPrediction.class, "hit_calls", HitCall.class, "plate_quality", PlateQuality.class);

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static ChildProcess registry;
  private static URI registryUrl;
  private static Map<String, Object> client;
  private static EdgeSerdes serdes;

  /** One record; the value of a tombstone is null. */
  private record Said(String topic, String key, @Nullable SpecificRecord value, int bytes, int partition, long offset) {}

  @BeforeAll
  static void aLaneWithAllKindsOfResults() throws Exception {
    startRegistry();
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of());
    client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    try (Admin admin = Admin.create(client)) {
      LaneTopics.create(admin, TOPICS, new LaneTopics.Plan(2, (short) 1, Duration.ofDays(1)));
    }
    awaitRegistry();
    WireFormat wire = new WireFormat.Registry(registryUrl.resolve("/apis/registry/v3"));
    serdes = EdgeSerdes.of(wire);
    sayWhatIsNoResult();

    Path model = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(model, in.readAllBytes());
    }
    ProcessorConfig config = ProcessorConfig.of(TOPICS, broker.bootstrapServers(), folder.resolve("state"))
        .withTimeouts(Duration.ofSeconds(5), EmbeddedBroker.ABORT_SWEEP, Duration.ofSeconds(10)).withWire(wire);
    try (Processor processor = Processor.start(
        List.of(config.withScreening(config.screening().withWellDeadline(Duration.ofSeconds(3)))), Processor.load(model, DevicePolicy.CPU, RuntimeOptions.DEFAULT))) {
      SimulatedPlate whole = plate("A", PlateFormat.WELLS_24);
      publish(whole, whole.map());
      publish(new AlteredPlate(plate("B", PlateFormat.WELLS_6)).without(plane("B02", 1, SimulationSpec.CHANNELS.getFirst())), null);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!settled(newest(RESULTS))) {
        assertThat(processor.ended()).isNotDone();
        assertThat(System.nanoTime()).as("waiting for the last word on both plates, of which there is %s", newest(RESULTS).keySet()).isLessThan(end);
      }
    }
  }

  @AfterAll
  static void stop() {
    serdes.close();
    broker.close();
    registry.close();
  }

  // ---- Python ----

  @Test
  void pythonReadsEveryResultWithTheSchemasOfTheRegistryAndWhatPublishersWroteWithThoseOfTheDocument() throws Exception {
    assumePython();
    List<String> commands = commands("docs/examples/read_results.py");
    assertThat(commands).hasSize(3);

    List<String> results = run(commands.get(0)).lines().toList();
    assertThat(records(results)).containsExactlyInAnyOrderElementsOf(expected(read(RESULTS)));
    assertThat(results).as("tombstones").anyMatch(line -> line.endsWith("\"value\": null}"));
    for (String topic : RESULTS.keySet()) {
      assertThat(results).as(topic).anyMatch(line -> line.startsWith("{\"topic\": \"%s\"".formatted(topic)) && !line.endsWith("null}"));
    }

    assertThat(records(run(commands.get(1)).lines().toList()))
        .containsExactlyInAnyOrderElementsOf(expected(newest(Map.of(TOPICS.wellPredictions(), WellPrediction.class)).values()));

    List<String> inputs = run(commands.get(2)).lines().toList();
    assertThat(records(inputs)).hasSizeGreaterThan(30 * SimulationSpec.CHANNELS.size()).containsExactlyInAnyOrderElementsOf(expected(read(INPUTS)));
  }

  // ---- kcat ----

  @Test
  void kcatListsTheTopicsAndReadsKeysOfWhatIsCommitted() throws Exception {
    assumeTrue(Program.works("kcat", "-V"), "kcat is not installed (Debian: kcat)");
    List<String> commands = commands("kcat");
    assertThat(commands).hasSize(2);
    assertThat(run(commands.get(0))).contains("\"screening.well-predictions\" with 2 partitions", "\"screening.channel-importance\" with 1 partitions");
    assertThat(run(commands.get(1)).lines()).containsExactlyInAnyOrderElementsOf(
        read(Map.of(TOPICS.wellPredictions(), WellPrediction.class)).stream().map(said -> said.key() + " " + said.bytes()).toList());
  }

  // ---- Kafka Connect ----

  @Test
  void connectWritesPredictionsToAFileAndResultsToADatabaseAndATombstoneDeletesItsRow() throws Exception {
    Path worker = ROOT.resolve("deploy/connect/target/worker");
    assertThat(worker).as("made by the module deploy/connect in the phase pre-integration-test").isDirectory();
    List<String> commands = commands("connect-standalone.sh");
    assertThat(commands).containsExactly(
        "connect-standalone.sh deploy/connect/worker.properties deploy/connect/predictions-file.properties deploy/connect/results-jdbc.properties");
    Optional<Path> programs = PostgresProcess.programs();
    List<Integer> ports = freePorts(2);
    List<Said> before = read(Map.of(TOPICS.wellPredictions(), WellPrediction.class));
    try (PostgresProcess postgres = programs.isEmpty() ? null : PostgresProcess.start(programs.get(), ports.get(0))) {
      if (postgres != null) {
        makeTables(postgres);
      }
      List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          // A zone that is not UTC: rows must not depend on where the worker stands.
          "-Xmx512m", "-XX:TieredStopAtLevel=1", "-Duser.timezone=America/New_York", "-cp", worker + "/*", "org.apache.kafka.connect.cli.ConnectStandalone"));
      for (String file : commands.getFirst().split(" ", -1)) {
        if (file.endsWith(".properties") && (postgres != null || !file.contains("jdbc"))) {
          command.add(settings(ROOT.resolve(file), ports.get(1), postgres).toString());
        }
      }
      Path lines = folder.resolve("predictions.txt");
      try (ChildProcess connect = ChildProcess.program(folder, Map.of("DCMIX_DB_PASSWORD", PostgresProcess.PASSWORD), command)) {
        String rest = "http://127.0.0.1:" + ports.get(1);
        if (postgres != null) {
          untilRows(connect, postgres);
        }
        assertThat(Dcmix.commandLine().setOut(new PrintWriter(new StringWriter())).execute(
            "lane", "forget", "--lane", "screening", "--plate", "B", "--yes", "--bootstrap-servers", broker.bootstrapServers())).isZero();
        assertThat(newest(Map.of(TOPICS.wellPredictions(), WellPrediction.class)).keySet()).hasSize(24);
        if (postgres != null) {
          untilRows(connect, postgres);
          assertThat(get(rest + "/connectors/results-jdbc/status")).contains("\"tasks\":[{\"id\":0,\"state\":\"RUNNING\"");
        }
        connect.until("way past the tombstones", PATIENCE, () -> passed("connect-predictions-file"));
        assertThat(get(rest + "/connectors/predictions-file/status")).contains("\"tasks\":[{\"id\":0,\"state\":\"RUNNING\"");
        assertThat(connect.stop()).isIn(0, 143);
      }
      assertThat(Files.readAllLines(lines)).containsExactlyInAnyOrderElementsOf(
          before.stream().filter(said -> said.value() != null).map(said -> String.valueOf(connected(said.value()))).toList());
    }
    assumeTrue(programs.isPresent(), "PostgreSQL is not installed (Debian: postgresql): the JDBC sink was not run, the file sink was");
  }

  /** The page's command makes a column of every field that fits into one. */
  private static void makeTables(PostgresProcess postgres) throws IOException, InterruptedException {
    List<String> commands = commands("psql");
    assertThat(commands).hasSize(1);
    run(commands.getFirst().replace("-h db ", ""), postgres.environment());
    for (Map.Entry<String, Class<? extends SpecificRecord>> table : TABLES.entrySet()) {
      List<String> fields = new ArrayList<>(List.of("key"));
      SpecificData.get().getSchema(table.getValue()).getFields().stream().map(Schema.Field::name).filter(name -> !NOT_FLAT.contains(name)).forEach(fields::add);
      assertThat(postgres.columns(table.getKey())).containsExactlyElementsOf(fields);
    }
  }

  private static void untilRows(ChildProcess connect, PostgresProcess postgres) {
    TABLES.forEach((table, type) -> {
      List<Map<String, Object>> expected = newest(Map.of("screening." + table.replace('_', '-'), type)).values().stream().map(ForeignConsumersIT::row).toList();
      List<List<Map<String, Object>>> found = new ArrayList<>();
      try {
        connect.until(table, PATIENCE, () -> {
          found.add(rows(postgres, table));
          return Set.copyOf(found.getLast()).equals(Set.copyOf(expected));
        });
      } catch (AssertionError e) {
        assertThat(found.getLast()).as("table %s; %s", table, e.getMessage()).containsExactlyInAnyOrderElementsOf(expected);
        throw e;
      }
      assertThat(found.getLast()).hasSameSizeAs(expected);
    });
  }

  /** A row as the database should have it: what fits into columns, the key, instants in UTC to the millisecond. */
  private static Map<String, Object> row(Said said) {
    Map<String, Object> row = new HashMap<>();
    row.put("key", said.key());
    for (Schema.Field field : said.value().getSchema().getFields()) {
      Object value = said.value().get(field.pos());
      if (!NOT_FLAT.contains(field.name())) {
        row.put(field.name(), value instanceof Instant instant ? LocalDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MILLIS), ZoneOffset.UTC)
            : value instanceof Number number ? (Object) number.doubleValue() : value == null || value instanceof Boolean ? value : value.toString());
      }
    }
    return row;
  }

  private static List<Map<String, Object>> rows(PostgresProcess postgres, String table) {
    try {
      List<Map<String, Object>> rows = new ArrayList<>();
      for (JsonNode found : postgres.rows(table)) {
        Map<String, Object> row = new HashMap<>();
        found.properties().forEach(column -> row.put(column.getKey(), column.getValue().isNull() ? null
            : column.getValue().isNumber() ? (Object) column.getValue().doubleValue()
            : column.getValue().isBoolean() ? (Object) column.getValue().booleanValue()
            : column.getKey().endsWith("At") ? LocalDateTime.parse(column.getValue().asText()) : column.getValue().asText()));
        rows.add(row);
      }
      return rows;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** How Kafka Connect writes a value as text: instants are microseconds here, and what is null is left out. */
  private static Object connected(Object value) {
    return switch (value) {
      case SpecificRecord record -> {
        StringJoiner fields = new StringJoiner(",", "Struct{", "}");
        for (Schema.Field field : record.getSchema().getFields()) {
          if (record.get(field.pos()) != null) {
            fields.add(field.name() + "=" + connected(record.get(field.pos())));
          }
        }
        yield fields.toString();
      }
      case Collection<?> all -> all.stream().map(ForeignConsumersIT::connected).toList();
      case Instant instant -> ChronoUnit.MICROS.between(Instant.EPOCH, instant);
      default -> value;
    };
  }

  private static Path settings(Path file, int port, @Nullable PostgresProcess postgres) throws IOException {
    String text = Files.readString(file)
        .replace("kafka:9092", broker.bootstrapServers()).replace("http://registry:8080", registryUrl.toString())
        .replace("/var/lib/connect", folder.toString()).replace("/opt/connect/plugins", Files.createDirectories(folder.resolve("plugins")).toString())
        .replace("http://127.0.0.1:8083", "http://127.0.0.1:" + port)
        .replace("jdbc:postgresql://db:5432/screening", postgres == null ? "" : postgres.url());
    // A test does not wait a minute for what is flushed every minute.
    return Files.writeString(folder.resolve(file.getFileName()), file.endsWith("worker.properties") ? text + "\noffset.flush.interval.ms=500\n" : text);
  }

  /** Whether the group has passed the last record of every partition of the predictions. */
  private static boolean passed(String group) {
    Map<Integer, Long> last = read(Map.of(TOPICS.wellPredictions(), WellPrediction.class)).stream()
        .collect(Collectors.toMap(Said::partition, Said::offset, Math::max));
    try (Admin admin = Admin.create(client)) {
      Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      return last.entrySet().stream().allMatch(end -> {
        OffsetAndMetadata offset = offsets.get(new TopicPartition(TOPICS.wellPredictions(), end.getKey()));
        return offset != null && offset.offset() > end.getValue();
      });
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  // ---- the page's commands ----

  /** The commands on the page that begin with this; every line in a block of sh is a command. */
  private static List<String> commands(String program) throws IOException {
    List<String> commands = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(ROOT.resolve("docs/consumers.md"))) {
      if (line.startsWith("```")) {
        inside = line.equals("```sh");
      } else if (inside && !line.isBlank()) {
        assertThat(line).as("a command on the page that this test knows").matches("(kcat|docs/examples/read_results\\.py|psql|connect-standalone\\.sh) .*");
        commands.add(line);
      }
    }
    return commands.stream().filter(command -> command.startsWith(program + " ")).toList();
  }

  private static String run(String command) throws IOException, InterruptedException {
    return run(command, Map.of());
  }

  private static String run(String command, Map<String, String> environment) throws IOException, InterruptedException {
    String here = command.replace("kafka:9092", broker.bootstrapServers()).replace("http://registry:8080", registryUrl.toString())
        .replaceFirst("^docs/examples/", "/usr/bin/python3 docs/examples/");
    return Program.output(ROOT, environment, List.of("bash", "-c", here));
  }

  private static void assumePython() throws InterruptedException {
    assumeTrue(Program.works("/usr/bin/python3", "-c", "import avro.io, confluent_kafka"),
        "/usr/bin/python3 has no avro or no confluent_kafka (Debian: python3-avro python3-confluent-kafka)");
  }

  // ---- the same by the processor's own reader ----

  /** Every committed record of these topics. */
  private static List<Said> read(Map<String, Class<? extends SpecificRecord>> types) {
    List<Said> said = new ArrayList<>();
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Map<TopicPartition, Long> ends = ends(types.keySet());
      consumer.assign(ends.keySet());
      consumer.seekToBeginning(ends.keySet());
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> said.add(new Said(record.topic(), new String(record.key(), UTF_8),
            serdes.serde(types.get(record.topic())).deserializer().deserialize(record.topic(), record.value()),
            record.value() == null ? -1 : record.value().length, record.partition(), record.offset())));
      }
    }
    return said;
  }

  private static Map<TopicPartition, Long> ends(Set<String> topics) {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return consumer.endOffsets(topics.stream().flatMap(topic -> consumer.partitionsFor(topic).stream())
          .map(info -> new TopicPartition(info.topic(), info.partition())).toList());
    }
  }

  /** The last record of each key, by topic and key, without those that were taken back. */
  private static Map<String, Said> newest(Map<String, Class<? extends SpecificRecord>> types) {
    Map<String, Said> newest = new LinkedHashMap<>();
    read(types).forEach(said -> newest.put(said.topic() + " " + said.key(), said));
    newest.values().removeIf(said -> said.value() == null);
    return newest;
  }

  /** Whether everything is said of plate A, which is whole, and of B, of which a well fails. */
  private static boolean settled(Map<String, Said> newest) {
    Map<String, Long> counts = newest.values().stream().collect(Collectors.groupingBy(Said::topic, Collectors.counting()));
    return counts.getOrDefault(TOPICS.wellPredictions(), 0L) == 29
        && newest.values().stream().filter(said -> said.value() instanceof HitCall call && call.getPlate().equals("A") && call.getStage() == CallStage.FINAL).count() == 24
        && newest.values().stream().filter(said -> said.value() instanceof PlateQuality quality && quality.getStatus() != PlateStatus.RUNNING).count() == 2
        && newest.values().stream().anyMatch(said -> said.value() instanceof ChannelImportance all && all.getScope().equals("all") && all.getWells() == 29)
        && counts.containsKey(TOPICS.wellFailures()) && counts.containsKey(TOPICS.alerts());
  }

  private static List<Map<String, Object>> records(List<String> lines) throws IOException {
    List<Map<String, Object>> records = new ArrayList<>();
    for (String line : lines) {
      records.add(Map.of("line", numbersAlike(JSON.readTree(line))));
    }
    return records;
  }

  private static List<Map<String, Object>> expected(Collection<Said> all) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Said said : all) {
      ObjectNode line = JSON.createObjectNode().put("topic", said.topic()).put("key", said.key());
      lines.add(line.<ObjectNode>set("value", JSON.valueToTree(plain(said.value()))).toString());
    }
    return records(lines);
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case SpecificRecord record -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        record.getSchema().getFields().forEach(field -> fields.put(field.name(), plain(record.get(field.pos()))));
        yield fields;
      }
      case Collection<?> all -> all.stream().map(ForeignConsumersIT::plain).toList();
      case Instant instant -> MICROS.format(instant);
      case ByteBuffer bytes -> {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        yield copy;
      }
      case Enum<?> name -> name.name();
      case null, default -> value;
    };
  }

  /** 3 and 3.0 are the same number, and two programs write it differently. */
  private static String numbersAlike(JsonNode node) {
    if (node.isNumber()) {
      return Double.toString(node.doubleValue());
    }
    if (node.isObject()) {
      StringJoiner fields = new StringJoiner(",", "{", "}");
      // The order of a map's entries means nothing.
      node.properties().stream().sorted(Map.Entry.comparingByKey()).forEach(field -> fields.add(field.getKey() + ":" + numbersAlike(field.getValue())));
      return fields.toString();
    }
    if (node.isArray()) {
      StringJoiner items = new StringJoiner(",", "[", "]");
      node.forEach(item -> items.add(numbersAlike(item)));
      return items.toString();
    }
    return node.toString();
  }

  // ---- the lane ----

  private static SimulatedPlate plate(String name, PlateFormat format) {
    return SimulatedPlate.of(SimulationSpec.demo(5).withKey(new PlateKey(name, "run")).withFormat(format).withSites(1));
  }

  private static void publish(PlateArchive plate, @Nullable PlateMap map) throws Exception {
    try (ArchivePublisher publisher = new ArchivePublisher(TOPICS, client, InstantSource.system())) {
      publisher.publish(plate, plate.key().acquisition(), map, done -> {});
    }
  }

  /** What a reader must bear: tombstones before anything else, as compaction leaves them, and a transaction that was aborted. */
  private static void sayWhatIsNoResult() throws Exception {
    Map<String, Object> config = new HashMap<>(client);
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "nobody");
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (String topic : List.of(TOPICS.wellPredictions(), TOPICS.hitCalls(), TOPICS.plateQuality())) {
        for (int partition = 0; partition < producer.partitionsFor(topic).size(); partition++) {
          var _ = producer.send(new ProducerRecord<>(topic, partition, "GONE/run/A01/0".getBytes(UTF_8), null));
        }
      }
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(TOPICS.wellPredictions(), "ABORTED/run/A01/0".getBytes(UTF_8), new byte[] {0, 0, 0, 0, 1, 2})).get();
      producer.abortTransaction();
    }
  }

  // ---- the registry ----

  private static void startRegistry() throws IOException {
    Path home = Path.of("../streams/target/apicurio-registry/quarkus-run.jar").toAbsolutePath().normalize();
    assertThat(home).as("unpacked by the module processor/streams in the phase pre-integration-test").exists();
    List<Integer> ports = freePorts(2);
    registryUrl = URI.create("http://127.0.0.1:" + ports.get(0));
    registry = ChildProcess.program(folder, Map.of(), List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m", "-XX:TieredStopAtLevel=1", "-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.port=" + ports.get(0),
        "-Dquarkus.management.host=127.0.0.1", "-Dquarkus.management.port=" + ports.get(1), "-jar", home.toString()));
  }

  /** Once it answers, it gets two subjects of one content, so that ids of contents and of versions differ from then on. */
  private static void awaitRegistry() throws Exception {
    registry.until("answer of the registry", PATIENCE, () -> {
      try {
        return get(registryUrl + "/apis/ccompat/v7/subjects").equals("[]");
      } catch (IOException e) {
        return false;
      }
    });
    for (String subject : List.of("one", "another")) {
      assertThat(ask(HttpRequest.newBuilder(URI.create(registryUrl + "/apis/ccompat/v7/subjects/" + subject + "/versions"))
          .header("Content-Type", "application/vnd.schemaregistry.v1+json")
          .POST(HttpRequest.BodyPublishers.ofString("{\"schema\": \"\\\"string\\\"\"}")))).contains("\"id\":1");
    }
  }

  private static String get(String url) throws IOException {
    return ask(HttpRequest.newBuilder(URI.create(url)));
  }

  private static String ask(HttpRequest.Builder request) throws IOException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
