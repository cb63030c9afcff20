package io.dcmix.demo;

import static io.dcmix.demo.AlteredPlate.plane;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.images.Sha256;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.core.scoring.PlaneSource.SourceExpiredException;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.LaneReset;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.LaneTopics.UnusableTopicsException;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.ScreeningConfig;
import io.dcmix.streams.StreamsRuntime;
import io.dcmix.streams.Topics;
import io.dcmix.streams.results.LaneReader;
import io.dcmix.streams.source.TopicPlaneSource;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a lane promises, on a real broker with the demo's model: each test has a lane of its own. */
class LaneIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONG_DEADLINE = Duration.ofMinutes(5);
  private static final long POOL = 64L << 20;
  private static final List<String> CHANNELS = SimulationSpec.CHANNELS;
  private static final String[] WELLS = {"A01", "A02", "A03", "B01", "B02", "B03"};
  private static final AvroCodec<ImageEvent> IMAGES = AvroCodec.of(ImageEvent.class);
  private static final AvroCodec<WellPrediction> PREDICTIONS = AvroCodec.of(WellPrediction.class);
  private static final AvroCodec<WellFailure> FAILURES = AvroCodec.of(WellFailure.class);

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;
  private static Admin admin;
  private static KafkaProducer<byte[], byte[]> producer;
  private static DcmixModel model;

  @BeforeAll
  static void start() throws Exception {
    Path file = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(file, in.readAllBytes());
    }
    model = DcmixModel.load(file, DevicePolicy.CPU);
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of());
    client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    admin = Admin.create(client);
    producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    producer.close();
    admin.close();
    broker.close();
    model.close();
  }

  // ---- promises ----

  @Test
  void shouldSetAsideWhatIsNoImageOfItsPlaceAsItCameAndGoOn() throws Exception {
    Topics topics = lane("aside");
    SimulatedPlate plate = plate("ASIDE", 1);
    byte[] a01 = key(plate, "A01");
    byte[] b03 = key(plate, "B03");
    byte[] garbage = {(byte) 0xC3, 1, 2, 3};
    byte[] image = IMAGES.encode(event(plate.key(), plate.read(plane("A01", 1, CHANNELS.get(0)))));

    ProducerRecord<byte[], byte[]> withHeader = new ProducerRecord<>(topics.imageEvents(), a01, garbage);
    withHeader.headers().add("microscope", "left".getBytes(UTF_8));
    RecordMetadata unreadable = producer.send(withHeader).get();
    int elsewhere = 1 - unreadable.partition();
    RecordMetadata misplaced = producer.send(new ProducerRecord<>(topics.imageEvents(), elsewhere, a01, image)).get();
    RecordMetadata misnamed = producer.send(new ProducerRecord<>(topics.imageEvents(), b03, image)).get();

    try (StreamsRuntime runtime = start(topics, LONG_DEADLINE, POOL); ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
      publish(topics, plate);
      until("all wells", runtime, results, () -> results.ended() == WELLS.length);
    }

    assertThat(predictions(topics)).extracting(WellPrediction::getWell, WellPrediction::getRevision)
        .containsExactlyInAnyOrder(firstRevisions());
    assertThat(predictions(topics)).allSatisfy(p -> assertThat(p.getFlags()).isEmpty());
    assertThat(failures(topics)).isEmpty();

    List<ConsumerRecord<byte[], byte[]>> dead = read(topics.deadLetters());
    assertThat(dead).extracting(r -> new String(r.key(), UTF_8), r -> header(r, "dcmix.topic"), r -> header(r, "dcmix.partition"), r -> header(r, "dcmix.offset"))
        .containsExactlyInAnyOrder(
            from(a01, topics, unreadable), from(a01, topics, misplaced), from(b03, topics, misnamed));
    ConsumerRecord<byte[], byte[]> first = cameFrom(dead, unreadable);
    assertThat(first.value()).isEqualTo(garbage);
    assertThat(header(first, "microscope")).as("headers that it came with").isEqualTo("left");
    assertThat(header(first, "dcmix.reason")).isNotBlank();
    ConsumerRecord<byte[], byte[]> second = cameFrom(dead, misplaced);
    assertThat(second.value()).isEqualTo(image);
    assertThat(header(second, "dcmix.reason")).contains("ASIDE", "partition " + unreadable.partition(), "came on " + elsewhere, "murmur2");
    ConsumerRecord<byte[], byte[]> third = cameFrom(dead, misnamed);
    assertThat(third.value()).isEqualTo(image);
    assertThat(header(third, "dcmix.reason")).contains("A01", "B03");
  }

  @Test
  void shouldFailTheSitesWhoseImagesAreUnusableAndNoOthers() throws Exception {
    Topics topics = lane("unusable");
    SimulatedPlate plate = plate("UNUSABLE", 2);
    PlaneFormat format = plate.spec().image();
    PlaneFormat half = new PlaneFormat(64, 64, format.pixelType(), format.encoding());
    SimulatedPlate small = SimulatedPlate.of(plate.spec().withImage(half));
    PlaneId truncated = plane("A01", 1, CHANNELS.get(5));
    PlaneId wrongSize = plane("A02", 2, CHANNELS.get(3));
    PlaneId lying = plane("B01", 1, CHANNELS.get(0));
    ByteBuffer whole = plate.read(truncated).payload();
    AlteredPlate altered = new AlteredPlate(plate)
        .replacing(truncated, format, whole.slice(0, whole.remaining() / 2))
        .replacing(wrongSize, half, small.read(wrongSize).payload())
        .replacing(lying, format, small.read(lying).payload())
        .withUnannounced(plane("A03", 1, "Brightfield"), format, plate.read(plane("A03", 1, CHANNELS.get(0))).payload());

    try (StreamsRuntime runtime = start(topics, LONG_DEADLINE, POOL); ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
      publish(topics, altered);
      until("all wells", runtime, results, () -> results.ended() == WELLS.length);
    }

    assertThat(predictions(topics))
        .extracting(WellPrediction::getWell, WellPrediction::getRevision, WellPrediction::getFlags, WellPrediction::getSitesScored, WellPrediction::getSitesFailed)
        .containsExactlyInAnyOrder(
            tuple("A01", 1, List.of(WellFlag.SITE_FAILED), 1, 1),
            tuple("A02", 1, List.of(WellFlag.SITE_FAILED), 1, 1),
            tuple("A03", 1, List.of(WellFlag.UNKNOWN_CHANNEL), 2, 0),
            tuple("B01", 1, List.of(WellFlag.SITE_FAILED), 1, 1),
            tuple("B02", 1, List.of(), 2, 0),
            tuple("B03", 1, List.of(), 2, 0));
    assertThat(failures(topics))
        .extracting(WellFailure::getWell, WellFailure::getSite, WellFailure::getChannel, WellFailure::getReason, WellFailure::getRevision)
        .containsExactlyInAnyOrder(
            tuple("A01", 1, CHANNELS.get(5), FailureReason.CORRUPT_PLANE, 1),
            tuple("A02", 2, CHANNELS.get(3), FailureReason.WRONG_SIZE, 1),
            tuple("B01", 1, CHANNELS.get(0), FailureReason.CORRUPT_PLANE, 1));
    assertThat(failures(topics)).allSatisfy(f -> {
      assertThat(f.getMessage()).contains("ite " + f.getSite(), f.getChannel());
      assertThat(f.getRemedy()).isNotBlank();
    });
    assertThat(failures(topics)).filteredOn(f -> f.getReason() == FailureReason.WRONG_SIZE).singleElement()
        .satisfies(f -> assertThat(f.getMessage()).contains("64", "128"));
    assertThat(read(topics.deadLetters())).isEmpty();
  }

  @Test
  void shouldEndAnIncompleteWellAtItsDeadlineAndCorrectItWhenTheImageComesLate() throws Exception {
    Topics topics = lane("late");
    SimulatedPlate plate = plate("LATE", 2);
    PlaneId missing = plane("B02", 2, CHANNELS.get(4));

    try (StreamsRuntime runtime = start(topics, Duration.ofSeconds(3), POOL); ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
      publish(topics, new AlteredPlate(plate).without(missing));
      until("all wells in the importance", runtime, results, () -> results.latest().size() == WELLS.length && agrees(results));
      assertThat(results.failures())
          .extracting(WellFailure::getWell, WellFailure::getSite, WellFailure::getChannel, WellFailure::getReason, WellFailure::getRevision)
          .containsExactly(tuple("B02", 2, CHANNELS.get(4), FailureReason.MISSING_PLANE, 1));
      assertThat(counts(results.importance())).containsOnly(6L);
      double before = results.latest().get("B02/0").getHitLogit();

      producer.send(new ProducerRecord<>(topics.imageEvents(), key(plate, "B02"), IMAGES.encode(event(plate.key(), plate.read(missing))))).get();
      until("the correction in the importance", runtime, results,
          () -> results.latest().get("B02/0").getRevision() == 2 && agrees(results));
      assertThat(results.importance().getWells()).isEqualTo(6);
      assertThat(counts(results.importance())).as("a revision replaces, it does not add").containsOnly(6L);
      assertThat(results.latest().get("B02/0").getHitLogit()).as("the second site speaks too").isNotEqualTo(before);
    }

    assertThat(predictions(topics)).filteredOn(p -> p.getWell().equals("B02"))
        .extracting(WellPrediction::getRevision, WellPrediction::getFlags, WellPrediction::getSitesExpected, WellPrediction::getSitesScored, WellPrediction::getSitesFailed)
        .containsExactly(
            tuple(1, List.of(WellFlag.INCOMPLETE, WellFlag.SITE_FAILED), 2, 1, 1),
            tuple(2, List.of(), 2, 2, 0));
    assertThat(predictions(topics)).filteredOn(p -> !p.getWell().equals("B02"))
        .extracting(WellPrediction::getRevision, WellPrediction::getFlags, WellPrediction::getSitesScored)
        .hasSize(5).containsOnly(tuple(1, List.of(), 2));
    assertThat(read(topics.wellPredictions())).filteredOn(r -> PREDICTIONS.decode(r.value()).getWell().equals("B02"))
        .extracting(r -> new String(r.key(), UTF_8)).as("both under one key").containsExactly("LATE/run/B02/0", "LATE/run/B02/0");
    assertThat(failures(topics)).hasSize(1);
  }

  @Test
  void shouldReadImagesAgainByTheirPointersWhenMemoryHoldsOneSiteAndAPlateComesChannelByChannel() throws Exception {
    Topics topics = lane("pointers");
    SimulatedPlate plate = plate("POINTERS", 1);
    Set<Thread> before = Thread.getAllStackTraces().keySet();

    try (StreamsRuntime runtime = start(topics, LONG_DEADLINE, model.card().siteBytes()); ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
      publish(topics, new AlteredPlate(plate).channelByChannel());
      until("all wells", runtime, results, () -> results.ended() == WELLS.length);
      assertThat(Thread.getAllStackTraces().keySet()).as("the thread that reads images again")
          .anyMatch(thread -> thread.getName().equals("plane-source") && !before.contains(thread));
    }

    List<WellPrediction> predictions = predictions(topics);
    assertThat(predictions).extracting(WellPrediction::getWell, WellPrediction::getRevision).containsExactlyInAnyOrder(firstRevisions());
    assertThat(failures(topics)).isEmpty();
    for (WellPrediction p : predictions) {
      assertThat(p.getFlags()).isEmpty();
      assertThat(p.getHitLogit()).as(p.getWell()).isCloseTo(hitLogit(plate, p.getWell()), within(1e-9));
    }
  }

  @Test
  void shouldNotPredictAWellAgainWhenTheSameImagesArePublishedAgain() throws Exception {
    Topics topics = lane("twice");
    SimulatedPlate plate = plate("TWICE", 1);
    SimulatedPlate next = plate("NEXT", 1);

    try (StreamsRuntime runtime = start(topics, LONG_DEADLINE, POOL);
        ResultCollector results = new ResultCollector(topics, plate.key(), client);
        ResultCollector after = new ResultCollector(topics, next.key(), client)) {
      publish(topics, plate);
      until("all wells", runtime, results, () -> results.ended() == WELLS.length);
      publish(topics, plate);
      // What comes after it on every partition is scored after it.
      publish(topics, next);
      until("the wells after it", runtime, after, () -> after.ended() == WELLS.length);
    }

    assertThat(read(topics.imageEvents())).as("images published").hasSize(3 * WELLS.length * CHANNELS.size());
    assertThat(predictions(topics)).filteredOn(p -> p.getPlate().equals("TWICE"))
        .extracting(WellPrediction::getWell, WellPrediction::getRevision).containsExactlyInAnyOrder(firstRevisions());
    assertThat(predictions(topics)).hasSize(2 * WELLS.length).allSatisfy(p -> assertThat(p.getFlags()).isEmpty());
    assertThat(failures(topics)).isEmpty();
  }

  @Test
  void shouldRefuseToStartWhereCompactionWouldLoseImages() throws Exception {
    Topics topics = new Topics("compacted");
    admin.createTopics(List.of(new NewTopic(topics.imageEvents(), 2, (short) 1).configs(
        Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime")))).all().get();
    assertThatThrownBy(() -> lane(topics.lane()))
        .isInstanceOf(UnusableTopicsException.class).hasMessageContainingAll("compacted.image-events", "cleanup.policy=compact", "delete");
    assertThat(admin.listTopics().names().get()).as("nothing beside it was created").doesNotContain(topics.acquisitions());

    assertThatThrownBy(() -> start(topics, LONG_DEADLINE, POOL))
        .isInstanceOf(UnusableTopicsException.class).hasMessageContainingAll("compacted.image-events", "cleanup.policy=compact", "delete");
  }

  @Test
  void shouldRefuseToGoOnWithoutTheStateThatBelongsToItsOffsets() throws Exception {
    Topics topics = lane("stateless");
    SimulatedPlate plate = plate("STATELESS", 1);
    try (StreamsRuntime runtime = start(topics, LONG_DEADLINE, POOL); ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
      publish(topics, plate);
      until("all wells", runtime, results, () -> results.ended() == WELLS.length);
    }
    // As an earlier version of the processor would leave it, which kept its state under other names.
    admin.deleteTopics(List.of(topics.internal("well-state-changelog"))).all().get();
    assertThatThrownBy(() -> start(topics, LONG_DEADLINE, POOL))
        .isInstanceOf(UnusableTopicsException.class).hasMessageContainingAll("dcmix-stateless-well-state-changelog", "dcmix lane reset --lane stateless");
    assertThatThrownBy(() -> LaneTopics.createAll(admin, topics, new LaneTopics.Plan(2, (short) 1, Duration.ofDays(1))))
        .isInstanceOf(UnusableTopicsException.class).hasMessageContaining("dcmix lane reset --lane stateless");

    LaneReset.run(admin, LaneReset.look(admin, topics));
    start(topics, LONG_DEADLINE, POOL).close();
  }

  @Test
  void shouldNameAllTopicsThatAreMissing() {
    assertThatThrownBy(() -> start(new Topics("nowhere"), LONG_DEADLINE, POOL))
        .isInstanceOf(UnusableTopicsException.class)
        .hasMessageContainingAll("nowhere.image-events", "nowhere.acquisitions", "nowhere.well-predictions", "nowhere.well-failures",
            "nowhere.channel-importance", "nowhere.dead-letters", "--create-topics");
  }

  @Test
  void shouldGiveImagesByPointerAndSayWhichAreGone() throws Exception {
    Topics topics = lane("source");
    SimulatedPlate plate = plate("SOURCE", 1);
    String topicId = admin.describeTopics(List.of(topics.imageEvents())).allTopicNames().get().get(topics.imageEvents()).topicId().toString();
    List<PlanePointer.InTopic> pointers = new ArrayList<>();
    List<ByteBuffer> payloads = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      ArchivePlane image = plate.read(plate.planes().get(i));
      RecordMetadata at = producer.send(new ProducerRecord<>(topics.imageEvents(), i % 2, key(plate, "A01"), IMAGES.encode(event(plate.key(), image)))).get();
      pointers.add(new PlanePointer.InTopic(topicId, at.partition(), at.offset(), image.payload().remaining(), Sha256.of(image.payload())));
      payloads.add(image.payload());
    }

    try (TopicPlaneSource source = new TopicPlaneSource(topics.imageEvents(), topicId, client, IMAGES::decode)) {
      for (int i : new int[] {9, 2, 11, 0, 7, 4, 9, 1, 10, 3, 8, 5, 6}) {
        assertThat(source.read(pointers.get(i))).as("image " + i).isEqualTo(payloads.get(i));
      }
      PlanePointer.InTopic sound = pointers.get(4);
      assertThatThrownBy(() -> source.read(new PlanePointer.InTopic("AAAAAAAAAAAAAAAAAAAAAA", sound.partition(), sound.offset(), sound.size(), sound.sha256())))
          .isInstanceOf(SourceExpiredException.class).hasMessageContainingAll("source.image-events", "created anew");
      assertThatThrownBy(() -> source.read(new PlanePointer.InTopic(topicId, sound.partition(), sound.offset(), sound.size(), pointers.get(6).sha256())))
          .isInstanceOf(SourceExpiredException.class).hasMessageContainingAll("source.image-events", "partition 0", "offset 2", "not the image");

      admin.deleteRecords(Map.of(new TopicPartition(topics.imageEvents(), 0), RecordsToDelete.beforeOffset(3))).all().get();
      assertThatThrownBy(() -> source.read(sound))
          .isInstanceOf(SourceExpiredException.class).hasMessageContainingAll("source.image-events", "partition 0", "offset 2", "no longer kept");
      assertThat(source.read(pointers.get(6))).as("the first that is kept").isEqualTo(payloads.get(6));
      assertThat(source.read(pointers.get(1))).as("the other partition").isEqualTo(payloads.get(1));
    }
  }

  // ---- a lane and its plates ----

  private static Topics lane(String name) throws Exception {
    Topics topics = new Topics(name);
    LaneTopics.create(admin, topics, new LaneTopics.Plan(2, (short) 1, Duration.ofDays(1)));
    return topics;
  }

  private static SimulatedPlate plate(String name, int sites) {
    return SimulatedPlate.of(SimulationSpec.demo(5).withKey(new PlateKey(name, "run")).withFormat(PlateFormat.WELLS_6).withSites(sites));
  }

  private static StreamsRuntime start(Topics topics, Duration wellDeadline, long poolBytes) throws Exception {
    ProcessorConfig c = ProcessorConfig.of(topics, broker.bootstrapServers(), folder.resolve("state-" + topics.lane()));
    ProcessorConfig config = c.withScoring(ScorerConfig.DEFAULT.withWorkers(2).withPoolBytes(poolBytes))
        .withScreening(ScreeningConfig.DEFAULT.withWellDeadline(wellDeadline))
        .withTimeouts(Duration.ofSeconds(5), EmbeddedBroker.ABORT_SWEEP, Duration.ofSeconds(10));
    return StreamsRuntime.start(config, List.of(model), (plane, payload, target) -> PlaneDecoder.decode(plane.format(), payload, target));
  }

  private static void publish(Topics topics, PlateArchive plate) throws Exception {
    try (ImageByImage publisher = new ImageByImage(topics, client)) {
      publisher.publish(plate, null, done -> {});
    }
  }

  private static byte[] key(SimulatedPlate plate, String well) {
    return WellKey.of(plate.key().plate(), plate.key().acquisition(), well, 0).toString().getBytes(UTF_8);
  }

  private static ImageEvent event(PlateKey key, ArchivePlane plane) {
    return ImageEvent.newBuilder()
        .setPlate(key.plate()).setAcquisition(key.acquisition())
        .setWell(plane.id().well().toString()).setSite(plane.id().site()).setChannel(plane.id().channel())
        .setWidth(plane.format().width()).setHeight(plane.format().height())
        .setPixelType(plane.format().pixelType()).setEncoding(plane.format().encoding())
        .setBytes(plane.payload())
        .build();
  }

  // ---- results ----

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

  /** Everything committed to a topic, in the order of its partitions. */
  private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (LaneReader reader = new LaneReader(client, List.of(topic))) {
      reader.readToEnd(PATIENCE, records::add);
    }
    return records;
  }

  private static List<WellPrediction> predictions(Topics topics) {
    return read(topics.wellPredictions()).stream().map(record -> PREDICTIONS.decode(record.value())).toList();
  }

  private static List<WellFailure> failures(Topics topics) {
    return read(topics.wellFailures()).stream().map(record -> FAILURES.decode(record.value())).toList();
  }

  private static Tuple[] firstRevisions() {
    return Arrays.stream(WELLS).map(well -> tuple(well, 1)).toArray(Tuple[]::new);
  }

  private static Tuple from(byte[] key, Topics topics, RecordMetadata at) {
    return tuple(new String(key, UTF_8), topics.imageEvents(), Integer.toString(at.partition()), Long.toString(at.offset()));
  }

  private static ConsumerRecord<byte[], byte[]> cameFrom(List<ConsumerRecord<byte[], byte[]>> dead, RecordMetadata at) {
    return dead.stream()
        .filter(r -> header(r, "dcmix.partition").equals("" + at.partition()) && header(r, "dcmix.offset").equals("" + at.offset()))
        .findFirst().orElseThrow();
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  private static List<Long> counts(ChannelImportance importance) {
    return importance.getChannels().stream().map(channel -> channel.getImportance().getCount()).toList();
  }

  /** Whether the plate's importance is the plain mean over the newest predictions. */
  private static boolean agrees(ResultCollector results) {
    ChannelImportance importance = results.importance();
    if (importance == null) {
      return false;
    }
    for (ChannelStatistics channel : importance.getChannels()) {
      double mean = results.latest().values().stream()
          .mapToDouble(p -> p.getImportance().get(p.getChannels().indexOf(channel.getChannel()))).average().orElseThrow();
      if (Math.abs(mean - channel.getImportance().getMean()) > 1e-9) {
        return false;
      }
    }
    return true;
  }

  /** The score of a well's only site, from the pixels that were drawn and not from what was published. */
  private static double hitLogit(SimulatedPlate plate, String well) throws Exception {
    ByteBuffer site = ByteBuffer.allocateDirect(model.card().siteBytes()).order(ByteOrder.nativeOrder());
    for (String channel : model.card().channels()) {
      site.put(plate.pixels(plane(well, 1, channel)));
    }
    double[] logits = model.score(site.flip(), true).logits();
    int hit = model.card().hitIndex();
    double others = 0;
    for (int i = 0; i < logits.length; i++) {
      others += i == hit ? 0 : Math.exp(logits[i]);
    }
    return logits[hit] - Math.log(others);
  }
}
