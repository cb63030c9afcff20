package io.dcmix.demo;

import static io.dcmix.demo.AlteredPlate.plane;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedArchive;
import io.dcmix.core.archive.PatternLayout;
import io.dcmix.core.archive.PatternSpec;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.source.References;
import io.dcmix.s3.S3Location;
import io.dcmix.s3.S3Resolver;
import io.dcmix.s3.S3Settings;
import io.dcmix.s3.S3Store;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.StreamsRuntime;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.publish.Referral;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plates whose images lie in files and not in events, on a real broker with the demo's model: each test has a lane of its own. */
class ReferenceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> CHANNELS = SimulationSpec.CHANNELS;
  private static final int WELLS = 6;
  private static final String PATTERN = "pattern = (?<well>[A-Z]\\d\\d) s(?<site>\\d) (?<channel>\\w+)\\.png\n";
  private static final AvroCodec<ImageEvent> IMAGES = AvroCodec.of(ImageEvent.class);

  @TempDir static Path folder;
  private static Path share;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;
  private static Admin admin;
  private static DcmixModel model;

  @BeforeAll
  static void start() throws Exception {
    share = Files.createDirectories(folder.toRealPath().resolve("share"));
    Path file = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(file, in.readAllBytes());
    }
    model = DcmixModel.load(file, DevicePolicy.CPU);
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of());
    client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    admin = Admin.create(client);
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
    model.close();
  }

  // ---- promises ----

  @Test
  void shouldScoreAPlateByReferenceExactlyAsInline() throws Exception {
    PlateArchive plate = onTheShare("SAME");
    Topics inline = lane("inline");
    Topics referred = lane("referred");
    Map<String, WellPrediction> expected = score(inline, plate, (Referral) null);
    Map<String, WellPrediction> actual = score(referred, plate, Referral.to(share, 0));

    assertThat(images(inline)).hasSize(WELLS * CHANNELS.size()).allSatisfy(image -> assertThat(image.getBytes()).isNotNull());
    assertThat(images(referred)).hasSize(WELLS * CHANNELS.size()).allSatisfy(image -> {
      assertThat(image.getBytes()).isNull();
      assertThat(image.getUri()).startsWith("file:///").contains("/share/SAME/");
    });
    assertThat(actual).hasSize(WELLS);
    actual.values().forEach(p -> p.setLastImageAt(expected.get(p.getWell() + "/0").getLastImageAt()));
    actual.values().forEach(p -> p.setAcquiredAt(expected.get(p.getWell() + "/0").getAcquiredAt()));
    assertThat(actual).as("all but the times of arrival").isEqualTo(expected);
  }

  @Test
  void shouldScoreAPlateInAnObjectStoreExactlyAsInline() throws Exception {
    PlateArchive plate = onTheShare("STORE");
    Topics inline = lane("inline-store");
    Map<String, WellPrediction> expected = score(inline, plate, (Referral) null);
    Topics stored = lane("stored");
    // A store whose bucket is the share itself: what a copy of it would be.
    S3Proxy store = S3Proxy.builder().blobStore(new FilesystemNio2BlobStore(share.getParent().toString())).endpoint(URI.create("http://127.0.0.1:0"))
        .awsAuthentication(AuthenticationType.AWS_V4, "key", "secret").build();
    store.start();
    System.setProperty("aws.accessKeyId", "key");
    System.setProperty("aws.secretAccessKey", "secret");
    try {
      S3Settings there = S3Settings.AMAZON.withEndpoint(URI.create("http://127.0.0.1:" + store.getPort())).withRegion("us-east-1").withPathStyle(true);
      References allowed = References.NONE.withOthers(List.of(new S3Resolver(S3Store.open(there), List.of(S3Location.folder("s3://share/STORE")))));
      publish(stored, plate, new Referral(share, URI.create("s3://share/"), 0));
      assertThat(images(stored)).hasSize(WELLS * CHANNELS.size()).allSatisfy(image -> assertThat(image.getUri()).startsWith("s3://share/STORE/"));
      Map<String, WellPrediction> actual = score(stored, plate, allowed);
      actual.values().forEach(p -> p.setLastImageAt(expected.get(p.getWell() + "/0").getLastImageAt()));
      actual.values().forEach(p -> p.setAcquiredAt(expected.get(p.getWell() + "/0").getAcquiredAt()));
      assertThat(actual).hasSize(WELLS).as("all but the times of arrival").isEqualTo(expected);
    } finally {
      System.clearProperty("aws.accessKeyId");
      System.clearProperty("aws.secretAccessKey");
      store.stop();
    }
  }

  @Test
  void shouldSendSmallImagesInlineAndReferToLargeOnes() throws Exception {
    PlateArchive plate = onTheShare("MIXED");
    List<Long> sizes = new ArrayList<>();
    for (PlaneId id : plate.planes()) {
      sizes.add((long) plate.read(id).payload().remaining());
    }
    long median = sizes.stream().sorted().skip(sizes.size() / 2).findFirst().orElseThrow();
    Topics topics = lane("mixed");
    assertThat(score(topics, plate, Referral.to(share, median))).hasSize(WELLS);
    assertThat(images(topics)).allSatisfy(image -> assertThat(image.getBytes() == null).isEqualTo(image.getSize() > median));
    assertThat(images(topics)).extracting(image -> image.getBytes() == null).contains(true, false);
  }

  @Test
  void shouldWaitForAFileThatComesLaterThanItsEvent() throws Exception {
    PlateArchive plate = onTheShare("LATER");
    Path file = plate.file(plane("B02", 1, CHANNELS.get(3)));
    Path away = folder.resolve("LATER-away.png");
    Topics topics = lane("later");
    publish(topics, plate, Referral.to(share, 0));
    Files.move(file, away);

    try (StreamsRuntime runtime = start(topics, References.NONE.withRoots(List.of(share)));
        ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
      until("the other wells", runtime, results, () -> results.ended() == WELLS - 1);
      assertThat(results.latest()).doesNotContainKey("B02/0");
      Files.move(away, file);
      until("the well whose file was late", runtime, results, () -> results.ended() == WELLS);
      assertThat(results.latest()).hasSize(WELLS);
      assertThat(results.failures()).isEmpty();
    }
  }

  @Test
  void shouldFailTheWellsWhoseFilesAreMissingOrForbiddenAndNoOthers() throws Exception {
    PlateArchive plate = onTheShare("FAILING");
    Topics topics = lane("failing");
    publish(topics, plate, Referral.to(share, 0));
    // Published while they were there and as they were; what happened to them since is each another story.
    Path missing = plate.file(plane("A01", 1, CHANNELS.get(0)));
    Files.delete(missing);
    Path changed = plate.file(plane("A02", 1, CHANNELS.get(1)));
    byte[] bytes = Files.readAllBytes(changed);
    bytes[bytes.length / 2] ^= 1;
    Files.write(changed, bytes);
    Path linked = plate.file(plane("A03", 1, CHANNELS.get(2)));
    Path outside = folder.resolve("outside.png");
    Files.move(linked, outside);
    Files.createSymbolicLink(linked, outside);

    References references = References.NONE.withRoots(List.of(share)).withDeadline(Duration.ofSeconds(1));
    try (StreamsRuntime runtime = start(topics, references); ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
      until("all wells", runtime, results, () -> results.ended() == WELLS);
      assertThat(results.latest()).containsOnlyKeys("B01/0", "B02/0", "B03/0");
      assertThat(results.failures()).filteredOn(f -> f.getSite() != null)
          .extracting(WellFailure::getWell, WellFailure::getChannel, WellFailure::getReason)
          .containsExactlyInAnyOrder(
              tuple("A01", CHANNELS.get(0), FailureReason.SOURCE_EXPIRED),
              tuple("A02", CHANNELS.get(1), FailureReason.SOURCE_EXPIRED),
              tuple("A03", CHANNELS.get(2), FailureReason.REFERENCE_REFUSED));
      assertThat(message(results, "A01")).contains(missing.toUri().toString(), "PT1S", "no such file");
      assertThat(message(results, "A02")).contains(changed.toUri().toString(), "SHA-256");
      assertThat(message(results, "A03")).contains(linked.toUri().toString(), "leads out").doesNotContain("outside.png");
      assertThat(results.failures()).allSatisfy(f -> assertThat(f.getRemedy()).isNotBlank());
    }
  }

  @Test
  void shouldRefuseAPlateOutsideOfTheAllowedFoldersAndNameTheOption() throws Exception {
    PlateArchive plate = onTheShare("ELSEWHERE");
    Topics topics = lane("elsewhere");
    publish(topics, plate, Referral.to(share, 0));
    Path other = Files.createDirectories(folder.resolve("other"));
    try (StreamsRuntime runtime = start(topics, References.NONE.withRoots(List.of(other)));
        ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
      until("all wells", runtime, results, () -> results.ended() == WELLS);
      assertThat(results.latest()).isEmpty();
      assertThat(results.failures()).filteredOn(f -> f.getSite() != null).hasSize(WELLS)
          .allSatisfy(f -> {
            assertThat(f.getReason()).isEqualTo(FailureReason.REFERENCE_REFUSED);
            assertThat(f.getMessage()).contains("/share/ELSEWHERE/", "--reference-root");
          });
    }
  }

  @Test
  void shouldScoreAnArchiveByReferenceFromTheCommandLine() throws Exception {
    PlateArchive plate = onTheShare("COMMAND");
    Path spec = Files.writeString(folder.resolve("command.properties"), PATTERN);
    Path data = folder.resolve("command");
    Path report = folder.resolve("report.json");
    try (ChildProcess demo = ChildProcess.dcmix(folder, "demo", "--archive", share.resolve("COMMAND").toString(), "--spec", spec.toString(),
        "--reference-above", "0", "--exit", "--report", report.toString(), "--port", "0", "--broker-port", "0", "--data", data.toString())) {
      assertThat(demo.exitCode(Duration.ofMinutes(3))).as(demo.output()).isZero();
    }
    JsonNode counts = new ObjectMapper().readTree(Files.readString(report));
    assertThat(counts.get("predictions").asInt()).isEqualTo(WELLS);
    assertThat(counts.get("failures").asInt()).isZero();
    long images = 0;
    for (PlaneId id : plate.planes()) {
      images += Files.size(plate.file(id));
    }
    try (Stream<Path> files = Files.walk(data.resolve("kafka"))) {
      assertThat(files.filter(file -> file.toString().matches(".*image-events-\\d+/\\d+\\.log")).mapToLong(file -> file.toFile().length()).sum())
          .as("bytes of image-events, of %d bytes of images", images).isPositive().isLessThan(images / 4);
    }
  }

  // ---- a lane and its plates ----

  /** A simulated plate as a folder of PNG files. */
  private static PlateArchive onTheShare(String name) throws Exception {
    SimulatedPlate plate = SimulatedPlate.of(
        SimulationSpec.demo(5).withKey(new PlateKey(name, "1")).withFormat(PlateFormat.WELLS_6).withSites(1));
    Path files = Files.createDirectories(share.resolve(name));
    for (PlaneId id : plate.planes()) {
      ByteBuffer payload = plate.read(id).payload();
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      Files.write(files.resolve("%s s%d %s.png".formatted(id.well(), id.site(), id.channel())), bytes);
    }
    FolderScan scan = FolderScan.of(files);
    PlateArchive archive = new IndexedArchive(
        scan.root(), PatternLayout.read(scan, PatternSpec.parse(PATTERN, "test"), null, ArchiveOptions.NONE).plates().getFirst());
    assertThat(archive.planes()).hasSameSizeAs(plate.planes());
    return archive;
  }

  private static Topics lane(String name) throws Exception {
    Topics topics = new Topics(name);
    LaneTopics.create(admin, topics, new LaneTopics.Plan(2, (short) 1, Duration.ofDays(1)));
    return topics;
  }

  private static StreamsRuntime start(Topics topics, References references) throws Exception {
    ProcessorConfig config = ProcessorConfig.of(topics, broker.bootstrapServers(), folder.resolve("state-" + topics.lane()))
        .withReferences(references)
        .withTimeouts(Duration.ofSeconds(5), EmbeddedBroker.ABORT_SWEEP, Duration.ofSeconds(10));
    return StreamsRuntime.start(config, List.of(model), (plane, payload, target) -> PlaneDecoder.decode(plane.format(), payload, target));
  }

  private static void publish(Topics topics, PlateArchive plate, Referral referral) throws Exception {
    try (ArchivePublisher publisher = new ArchivePublisher(topics, client, InstantSource.system(), referral, ArchivePublisher.TRANSACTION_TIMEOUT)) {
      assertThat(publisher.publish(plate, plate.key().acquisition(), null, done -> {}).absent()).isEmpty();
    }
  }

  private static Map<String, WellPrediction> score(Topics topics, PlateArchive plate, @Nullable Referral referral) throws Exception {
    publish(topics, plate, referral);
    return score(topics, plate, References.NONE.withRoots(List.of(share)));
  }

  private static Map<String, WellPrediction> score(Topics topics, PlateArchive plate, References references) throws Exception {
    try (StreamsRuntime runtime = start(topics, references);
        ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
      until("all wells", runtime, results, () -> results.ended() == WELLS);
      assertThat(results.failures()).isEmpty();
      return new TreeMap<>(results.latest());
    }
  }

  private static String message(ResultCollector results, String well) {
    return results.failures().stream().filter(f -> f.getWell().equals(well) && f.getSite() != null).findFirst().orElseThrow().getMessage();
  }

  private static void until(String what, StreamsRuntime runtime, ResultCollector results, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (runtime.ended().isDone()) {
        throw new AssertionError("The processor ended while waiting for " + what, runtime.ended().join());
      }
      assertThat(System.nanoTime()).as("Waiting for %s: %d wells ended, failures %s", what, results.ended(), results.failures()).isLessThan(end);
      results.poll(Duration.ofMillis(50));
    }
  }

  private static List<ImageEvent> images(Topics topics) {
    Map<String, Object> config = new HashMap<>(client);
    List<ImageEvent> images = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = consumer.partitionsFor(topics.imageEvents()).stream()
          .map(info -> new TopicPartition(topics.imageEvents(), info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        assertThat(System.nanoTime()).as("Reading the images to their end").isLessThan(until);
        consumer.poll(Duration.ofMillis(50)).forEach(record -> images.add(IMAGES.decode(record.value())));
      }
    }
    return images;
  }
}
