package io.dcmix.streams;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.core.scoring.ServedModel;
import io.dcmix.core.screening.HitRules;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.AbsentPlane;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.ScreeningTopology.EventSerdes;
import io.dcmix.streams.metrics.DecisionMeters;
import io.dcmix.streams.metrics.StageMeters;
import io.dcmix.streams.plate.DecisionConfig;
import io.dcmix.streams.state.Table;
import io.dcmix.streams.state.TableRows;
import io.dcmix.streams.well.WellStageConfig;
import io.dcmix.streams.well.WellStageSupplier;
import io.dcmix.streams.well.WellTracer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;

/** The real topology in the test driver: one partition, a model of two channels with images of 2 × 2 pixels. */
final class TestLane implements AutoCloseable {
  static final Instant START = Instant.parse("2026-01-05T08:00:00Z");
  static final Duration DEADLINE = Duration.ofMinutes(10);
  static final Duration LATE_WINDOW = Duration.ofHours(2);
  static final ScreeningConfig SCREENING = ScreeningConfig.DEFAULT.withWellDeadline(DEADLINE).withLateWindow(LATE_WINDOW);
  static final ModelCard MODEL = model(2, 2);

  final Topics topics = new Topics("test");
  final HandReleasedScorer scorer = new HandReleasedScorer();
  final MeterRegistry meters = new SimpleMeterRegistry();
  final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> images;
  private final TestInputTopic<String, byte[]> acquisitions;
  private final TestInputTopic<byte[], byte[]> layouts;
  private final TestOutputTopic<String, WellPrediction> predictions;
  private final TestOutputTopic<String, WellFailure> failures;
  private final TestOutputTopic<String, ChannelImportance> importance;
  private final TestOutputTopic<String, HitCall> hitCalls;
  private final TestOutputTopic<String, PlateQuality> plateQuality;
  private final TestOutputTopic<String, Alert> alerts;
  private final TestOutputTopic<byte[], byte[]> deadLetters;
  private ServedModel served;
  private Instant now = START;
  private long offset;

  TestLane() {
    this(1);
  }

  TestLane(int partitions) {
    this(partitions, Duration.ofSeconds(5));
  }

  TestLane(ExplainPolicy explain) {
    this(1, Duration.ofSeconds(5), explain, 1);
  }

  TestLane(int partitions, Duration backPressure) {
    this(partitions, backPressure, ExplainPolicy.ALL, 1);
  }

  TestLane(int partitions, Duration backPressure, ExplainPolicy explain, int checkHashOf) {
    this(partitions, backPressure, SCREENING.withExplain(explain), checkHashOf, MODEL, null);
  }

  /** The same, followed by somebody; null: by nobody. */
  TestLane(WellTracer tracer) {
    this(1, Duration.ofSeconds(5), SCREENING, 1, MODEL, tracer);
  }

  /** One partition, other settings: start from {@link #SCREENING}. */
  TestLane(ScreeningConfig screening) {
    this(screening, MODEL);
  }

  TestLane(HitRules rules) {
    this(SCREENING.withDecisions(DecisionConfig.DEFAULT.withRules(rules)));
  }

  /** The same, with another model. */
  TestLane(ScreeningConfig screening, ModelCard model) {
    this(1, Duration.ofSeconds(5), screening, 1, model, null);
  }

  private TestLane(int partitions, Duration backPressure, ScreeningConfig screening, int checkHashOf, ModelCard model, WellTracer tracer) {
    AvroCodec<ImageEvent> imageCodec = AvroCodec.of(ImageEvent.class);
    AvroCodec<Acquisition> acquisitionCodec = AvroCodec.of(Acquisition.class);
    WellStageConfig config = new WellStageConfig(topics.lane(), "topic-id", partitions, screening, backPressure, checkHashOf);
    served = new ServedModel(model, true);
    scorer.model = model.sha256();
    WellStageSupplier wells = new WellStageSupplier(config, () -> served, scorer, imageCodec::decode, acquisitionCodec::decode, new StageMeters(meters), tracer);
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.applicationId());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    // Of its own: the default folder is shared by every test run on the machine.
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir().toString());
    properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    driver = new TopologyTestDriver(
        new ScreeningTopology(
            topics, key -> true, EventSerdes.singleObject(), wells, AvroCodec.of(PlateLayout.class)::decode, screening, new DecisionMeters(meters))
            .build(),
        properties, START);
    images = driver.createInputTopic(topics.imageEvents(), new ByteArraySerializer(), new ByteArraySerializer());
    acquisitions = driver.createInputTopic(topics.acquisitions(), new StringSerializer(), new ByteArraySerializer());
    layouts = driver.createInputTopic(topics.plateLayouts(), new ByteArraySerializer(), new ByteArraySerializer());
    predictions = output(topics.wellPredictions(), AvroSerde.of(WellPrediction.class));
    failures = output(topics.wellFailures(), AvroSerde.of(WellFailure.class));
    importance = output(topics.channelImportance(), AvroSerde.of(ChannelImportance.class));
    hitCalls = output(topics.hitCalls(), AvroSerde.of(HitCall.class));
    plateQuality = output(topics.plateQuality(), AvroSerde.of(PlateQuality.class));
    alerts = output(topics.alerts(), AvroSerde.of(Alert.class));
    deadLetters = driver.createOutputTopic(topics.deadLetters(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** A model of the channels DNA and GFP for images of this size. */
  static ModelCard model(int height, int width) {
    return new ModelCard("test", "1", "ab".repeat(32), List.of("DNA", "GFP"), List.of("negative", "hit"), "hit", PixelType.UINT8, height, width,
        List.of(3.0, 1.0), List.of(0.0, 0.0), List.of(1.0, 1.0), Map.of());
  }

  /** The same model in another version: of the same channels, images and classes. */
  static ModelCard version(String version, String sha256) {
    return new ModelCard("test", version, sha256, MODEL.channels(), MODEL.classes(), MODEL.hitClass(), MODEL.pixelType(), 2, 2,
        List.of(1.0, 1.0), List.of(0.0, 0.0), List.of(1.0, 1.0), Map.of());
  }

  /** Lets a version take over; what the scorer releases from now on is its. */
  void serve(ModelCard model) {
    served = new ServedModel(model, true);
    scorer.model = model.sha256();
  }

  private static Path stateDir() {
    try {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "state");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <T> TestOutputTopic<String, T> output(String topic, Serde<T> serde) {
    return driver.createOutputTopic(topic, new StringDeserializer(), serde.deserializer());
  }

  /** An image of a well of plate P, run 1; all its pixels have the same value. */
  static ImageEvent.Builder image(String well, int site, String channel, int value) {
    byte v = (byte) value;
    return ImageEvent.newBuilder()
        .setPlate("P")
        .setAcquisition("1")
        .setWell(well)
        .setSite(site)
        .setChannel(channel)
        .setAcquiredAt(START)
        .setWidth(2)
        .setHeight(2)
        .setPixelType(PixelType.UINT8)
        .setEncoding(Encoding.RAW)
        .setBytes(ByteBuffer.wrap(new byte[] {v, v, v, v}));
  }

  /** SHA-256 of an image all of whose pixels have this value. */
  static String sha(int value) {
    byte v = (byte) value;
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(new byte[] {v, v, v, v}));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static String key(ImageEvent event) {
    return WellKey.of(event.getPlate(), event.getAcquisition(), event.getWell(), event.getTimepoint()).toString();
  }

  void publish(ImageEvent.Builder image) {
    ImageEvent event = image.build();
    scorer.topic.put(offset, event.getBytes() == null ? new byte[0] : event.getBytes().array());
    publishRaw(key(event), AvroCodec.of(ImageEvent.class).encode(event));
  }

  /** With headers. */
  void publish(ImageEvent.Builder image, Iterable<Header> headers) {
    ImageEvent event = image.build();
    scorer.topic.put(offset, event.getBytes().array());
    publishRaw(key(event), AvroCodec.of(ImageEvent.class).encode(event), headers);
  }

  void publishRaw(String key, byte[] value) {
    publishRaw(key, value, List.of());
  }

  private void publishRaw(String key, byte[] value, Iterable<Header> headers) {
    offset++;
    images.pipeInput(new TestRecord<>(
        key == null ? null : key.getBytes(java.nio.charset.StandardCharsets.UTF_8), value, new RecordHeaders(headers), now));
  }

  /** Both channels of a site; the first decides the class: above 10 is a hit. */
  void publishSite(String well, int site, int value) {
    publish(image(well, site, "DNA", value));
    publish(image(well, site, "GFP", 7));
  }

  /** Announces wells of plate P, run 1, with the sites 1…n. */
  void announce(List<String> wells, int sites, AbsentPlane... absent) {
    announce(AcquisitionStatus.STARTED, wells, sites, absent);
  }

  void announce(AcquisitionStatus status, List<String> wells, int sites, AbsentPlane... absent) {
    List<Integer> numbers = new ArrayList<>();
    for (int s = 1; s <= sites; s++) {
      numbers.add(s);
    }
    announce(acquisition(wells, numbers).setStatus(status).setAbsent(List.of(absent)));
  }

  /** What an instrument says of plate P, run 1: these wells with these sites, channels DNA and GFP. */
  static Acquisition.Builder acquisition(List<String> wells, List<Integer> sites) {
    return Acquisition.newBuilder().setPlate("P").setAcquisition("1").setStatus(AcquisitionStatus.STARTED).setRows(8).setColumns(12)
        .setWells(wells).setSites(sites).setChannels(List.of("DNA", "GFP"));
  }

  void announce(Acquisition.Builder announcement) {
    Acquisition acquisition = announcement.build();
    acquisitions.pipeInput(new TestRecord<>(
        new PlateKey(acquisition.getPlate(), acquisition.getAcquisition()).toString(), AvroCodec.of(Acquisition.class).encode(acquisition), now));
  }

  /** Takes back what was announced of a run: a tombstone. */
  void takeBack(PlateKey plate) {
    acquisitions.pipeInput(new TestRecord<>(plate.toString(), (byte[]) null, now));
  }

  /** Says what is in the wells of a plate. */
  void publish(PlateLayout layout) {
    publishLayout(KeyParts.join(layout.getPlate()), AvroCodec.of(PlateLayout.class).encode(layout));
  }

  /** Any record on the topic of the layouts. */
  void publishLayout(String key, byte[] value) {
    layouts.pipeInput(new TestRecord<>(key == null ? null : key.getBytes(java.nio.charset.StandardCharsets.UTF_8), value, now));
  }

  /** Lets wall-clock time pass in steps of 250 ms at most, without any record. */
  void pass(Duration time) {
    Duration left = time;
    while (left.isPositive()) {
      Duration step = left.compareTo(Duration.ofMillis(250)) > 0 && time.compareTo(Duration.ofMinutes(1)) <= 0 ? Duration.ofMillis(250) : left;
      driver.advanceWallClockTime(step);
      left = left.minus(step);
    }
    now = now.plus(time);
  }

  /** A table of one of the stages. */
  <V extends SpecificRecord> TableRows<V> table(String store, String name, Class<V> type) {
    return new Table<>(store, name, AvroSerde.of(type)).in(driver.<String, byte[]>getKeyValueStore(store));
  }

  /** Number of rows of each table: {@code store/table}. */
  Map<String, Integer> tables() {
    Map<String, Integer> sizes = new TreeMap<>();
    for (String store : List.of("well-state", "plate-state", "window-state")) {
      try (KeyValueIterator<String, byte[]> all = driver.<String, byte[]>getKeyValueStore(store).all()) {
        all.forEachRemaining(row -> sizes.merge(store + "/" + row.key.substring(0, row.key.indexOf(':')), 1, Integer::sum));
      }
    }
    return sizes;
  }

  /** A moment: enough for outcomes to be drained. */
  void moment() {
    pass(Duration.ofMillis(20));
  }

  List<WellPrediction> predictions() {
    return predictions.readValuesToList();
  }

  List<TestRecord<String, WellPrediction>> predictionRecords() {
    return predictions.readRecordsToList();
  }

  List<TestRecord<String, WellFailure>> failureRecords() {
    return failures.readRecordsToList();
  }

  /** What lies in a topic of the lane since the last look, as bytes, an internal topic included. */
  List<TestRecord<byte[], byte[]>> raw(String topic) {
    return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer()).readRecordsToList();
  }

  List<WellFailure> failures() {
    return failures.readValuesToList();
  }

  Map<String, ChannelImportance> importance() {
    return importance.readKeyValuesToMap();
  }

  /** Every record of channel-importance since the last look, tombstones too. */
  List<TestRecord<String, ChannelImportance>> importanceRecords() {
    return importance.readRecordsToList();
  }

  Instant now() {
    return now;
  }

  /** Every call that came since, in order; a null value takes a call back. */
  List<TestRecord<String, HitCall>> hitCalls() {
    return hitCalls.readRecordsToList();
  }

  List<TestRecord<String, PlateQuality>> plateQuality() {
    return plateQuality.readRecordsToList();
  }

  List<Alert> alerts() {
    return alerts.readValuesToList();
  }

  List<TestRecord<byte[], byte[]>> deadLetters() {
    return deadLetters.readRecordsToList();
  }

  @Override
  public void close() {
    driver.close();
  }
}
