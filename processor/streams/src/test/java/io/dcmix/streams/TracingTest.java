package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.dcmix.core.scoring.SitePassage;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.publish.PublishTracer;
import io.dcmix.streams.trace.SpanMeter;
import io.dcmix.streams.trace.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** The traces of wells, from the image event to the prediction. */
class TracingTest {
  private static final Topics TOPICS = new Topics("test");
  private static final String TRACED = " traced";
  private static final WellKey A01 = WellKey.of("P", "1", "A01", 0);

  private final Kept kept = new Kept();
  private final Counted counted = new Counted();

  /** Keeps the spans that come. */
  private static final class Kept implements SpanExporter {
    private final List<SpanData> spans = new CopyOnWriteArrayList<>();

    @Override
    public CompletableResultCode export(Collection<SpanData> batch) {
      spans.addAll(batch);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }

    SpanData one(String name) {
      return spans.stream().filter(span -> span.getName().equals(name)).reduce((a, b) -> {
        throw new AssertionError("Several " + name);
      }).orElseThrow();
    }
  }

  private static final class Counted implements SpanMeter {
    private int exported;
    private int dropped;

    @Override
    public synchronized void exported(int spans) {
      exported += spans;
    }

    @Override
    public synchronized void dropped(int spans) {
      dropped += spans;
    }
  }

  private Tracing tracing(double ratio) {
    return Tracing.to(kept, "memory", ratio, Tracing.PROCESSOR, TOPICS, counted);
  }

  /** What a publisher of this ratio puts on the images of a well. */
  private List<Header> published(WellKey well, double ratio) {
    try (PublishTracer publisher = Tracing.to(kept, "memory", ratio, Tracing.PUBLISHER, TOPICS, counted).publishing()) {
      PublishTracer.Publication publication = publisher.begin(well);
      List<Header> headers = publication.image(100);
      assertThat(publication.image(23)).isEqualTo(headers);
      publication.committed();
      return headers;
    }
  }

  private static String text(Headers headers) {
    Header header = headers.lastHeader("traceparent");
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  private static Map<String, Object> fields(SpanData span) {
    Map<String, Object> fields = new TreeMap<>();
    span.getAttributes().forEach((key, value) -> fields.put(key.getKey(), value));
    return fields;
  }

  /** Independent of the code: the first half of the SHA-256 of lane and key. */
  private static String traceOf(String lane, String key) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(("dcmix " + lane + "/" + key).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, 16);
  }

  /** A run of the model that began now. */
  private static SitePassage passage() {
    Instant now = Instant.now();
    SitePassage.Interval moment = new SitePassage.Interval(now, now);
    return new SitePassage(moment, 2, Duration.ofMillis(3), moment, 1);
  }

  private static void publishSite(TestLane lane, String well, int site, int value, List<Header> headers) {
    lane.publish(TestLane.image(well, site, "DNA", value), headers);
    lane.publish(TestLane.image(well, site, "GFP", 7), headers);
  }

  @Test
  void aWellIsOneTraceFromItsPublisherToItsPrediction() throws Exception {
    List<Header> headers = published(A01, 1);
    TestRecord<String, WellPrediction> prediction;
    try (Tracing tracing = tracing(1); TestLane lane = new TestLane(tracing.wells())) {
      lane.scorer.passage = TracingTest::passage;
      lane.announce(List.of("A01"), 2);
      publishSite(lane, "A01", 1, 20, headers);
      publishSite(lane, "A01", 2, 20, headers);
      lane.moment();
      prediction = lane.predictionRecords().getFirst();
    }
    assertThat(kept.spans).extracting(SpanData::getName)
        .containsExactlyInAnyOrder("publish", "well", "assemble", "decode", "wait", "inference", "decode", "wait", "inference", "emit");
    assertThat(kept.spans).extracting(SpanData::getTraceId).containsOnly(traceOf("test", "P/1/A01/0"));
    SpanData publish = kept.one("publish");
    SpanData well = kept.one("well");
    SpanData emit = kept.one("emit");
    assertThat(new String(headers.getFirst().value(), StandardCharsets.UTF_8)).isEqualTo("00-" + publish.getTraceId() + "-" + publish.getSpanId() + "-01");
    assertThat(text(prediction.headers())).as("who reads the prediction goes on").isEqualTo("00-" + emit.getTraceId() + "-" + emit.getSpanId() + "-01");
    assertThat(publish.getParentSpanContext().isValid()).isFalse();
    assertThat(well.getParentSpanId()).isEqualTo(publish.getSpanId());
    assertThat(kept.spans).filteredOn(span -> !List.of("publish", "well").contains(span.getName())).extracting(SpanData::getParentSpanId).containsOnly(well.getSpanId());

    assertThat(fields(publish)).containsEntry("dcmix.images", 2L).containsEntry("dcmix.bytes", 123L).containsEntry("dcmix.well", "A01");
    assertThat(fields(well)).containsEntry("dcmix.plate", "P").containsEntry("dcmix.acquisition", "1").containsEntry("dcmix.well", "A01")
        .containsEntry("dcmix.timepoint", 0L).containsEntry("dcmix.images", 4L).containsEntry("dcmix.revision", 1L)
        .containsEntry("dcmix.model.version", "1").doesNotContainKeys("error.type", "dcmix.restored");
    assertThat(well.getResource().getAttribute(AttributeKey.stringKey("dcmix.lane"))).isEqualTo("test");
    assertThat(well.getResource().getAttribute(AttributeKey.stringKey("service.name"))).isEqualTo("dcmix-processor");
    assertThat(publish.getResource().getAttribute(AttributeKey.stringKey("service.name"))).isEqualTo("dcmix-publisher");
    assertThat(kept.spans).filteredOn(span -> span.getName().equals("inference")).extracting(
        span -> fields(span).get("dcmix.site"), span -> fields(span).get("dcmix.device"), span -> fields(span).get("dcmix.batch.sites"),
        span -> fields(span).get("dcmix.model.version"))
        .containsExactlyInAnyOrder(tuple(1L, "test", 1L, "1"), tuple(2L, "test", 1L, "1"));
    assertThat(kept.spans).filteredOn(span -> span.getName().equals("decode")).allSatisfy(
        span -> assertThat(fields(span)).containsEntry("dcmix.planes", 2L).containsEntry("dcmix.decoding.seconds", 0.003));
    inOrder(well);
    assertThat(counted.exported).isEqualTo(10);
    assertThat(counted.dropped).isZero();
  }

  private void inOrder(SpanData well) {
    assertThat(well.getStartEpochNanos()).as("the append of the first image").isEqualTo(TimeUnit.SECONDS.toNanos(TestLane.START.getEpochSecond()));
    SpanData assemble = kept.one("assemble");
    SpanData emit = kept.one("emit");
    assertThat(assemble.getStartEpochNanos()).isEqualTo(well.getStartEpochNanos());
    assertThat(emit.getEndEpochNanos()).isEqualTo(well.getEndEpochNanos());
    assertThat(assemble.getEndEpochNanos()).isLessThanOrEqualTo(emit.getStartEpochNanos());
    for (SpanData span : kept.spans) {
      assertThat(span.getStartEpochNanos()).as(span.getName()).isLessThanOrEqualTo(span.getEndEpochNanos());
      if (span.getName().equals("wait") || span.getName().equals("inference")) {
        assertThat(span.getEndEpochNanos()).as(span.getName()).isLessThanOrEqualTo(emit.getStartEpochNanos());
      }
    }
  }

  @Test
  void aWellWhosePublisherSaysNothingHasTheTraceThatItsNameGivesItInEveryRevision() throws Exception {
    try (Tracing tracing = tracing(1); TestLane lane = new TestLane(tracing.wells())) {
      lane.announce(List.of("A01"), 1);
      lane.publishSite("A01", 1, 20);
      lane.moment();
      lane.publishSite("A01", 1, 20); // the same again: nothing comes of it
      lane.publish(TestLane.image("A01", 1, "DNA", 5));
      lane.moment();
      assertThat(lane.predictions()).hasSizeGreaterThanOrEqualTo(1);
    }
    assertThat(kept.spans).extracting(SpanData::getTraceId).containsOnly(traceOf("test", "P/1/A01/0"));
    List<SpanData> wells = kept.spans.stream().filter(span -> span.getName().equals("well")).toList();
    assertThat(wells).extracting(span -> fields(span).get("dcmix.revision")).containsExactly(1L, 2L);
    assertThat(wells).allSatisfy(span -> assertThat(span.getParentSpanContext().isValid()).isFalse());
    assertThat(wells.getLast().getAttributes().get(AttributeKey.longKey("dcmix.images"))).as("the image that changed it").isEqualTo(1);
  }

  /** Images that two publishers sent are of one trace; the first is the parent, the other is linked. Another's ids are taken as they are. */
  @Test
  void whoGoesOnWithAWellIsLinked() {
    String first = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    String second = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
    try (Tracing tracing = tracing(1); TestLane lane = new TestLane(tracing.wells())) {
      lane.announce(List.of("A01", "A02"), 1);
      lane.publish(TestLane.image("A01", 1, "DNA", 20), List.of(new RecordHeader("traceparent", first.getBytes(StandardCharsets.UTF_8))));
      lane.publish(TestLane.image("A01", 1, "GFP", 7), List.of(new RecordHeader("traceparent", second.getBytes(StandardCharsets.UTF_8))));
      publishSite(lane, "A02", 1, 20, List.of(new RecordHeader("traceparent", "nonsense".getBytes(StandardCharsets.UTF_8))));
      lane.moment();
      assertThat(lane.predictions()).hasSize(2);
    }
    List<SpanData> wells = kept.spans.stream().filter(span -> span.getName().equals("well")).toList();
    assertThat(wells.getFirst().getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(wells.getFirst().getParentSpanId()).isEqualTo("b7ad6b7169203331");
    assertThat(wells.getFirst().getLinks()).singleElement().satisfies(link -> assertThat(link.getSpanContext().getSpanId()).isEqualTo("00f067aa0ba902b7"));
    assertThat(wells.getLast().getParentSpanContext().isValid()).as("what cannot be read names nobody").isFalse();
  }

  @Test
  void aFailureIsAnErrorWithItsReason() {
    TestRecord<String, WellFailure> failure;
    try (Tracing tracing = tracing(1); TestLane lane = new TestLane(tracing.wells())) {
      lane.scorer.releaseAtOnce = false;
      lane.scorer.passage = TracingTest::passage;
      lane.announce(List.of("A01"), 1);
      lane.publishSite("A01", 1, 20);
      lane.scorer.fail(0, FailureReason.MODEL_FAILED, null, "boom");
      lane.moment();
      failure = lane.failureRecords().getLast();
    }
    assertThat(failure.value().getReason()).isEqualTo(FailureReason.NO_SITES);
    SpanData well = kept.one("well");
    assertThat(text(failure.headers())).isEqualTo("00-" + well.getTraceId() + "-" + kept.one("emit").getSpanId() + "-01");
    assertThat(well.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(well.getStatus().getDescription()).startsWith("NO_SITES: None of the 1 sites");
    assertThat(fields(well)).containsEntry("error.type", "NO_SITES");
    assertThat(well.getEvents()).singleElement().satisfies(event -> {
      assertThat(event.getName()).isEqualTo("site failed");
      assertThat(event.getAttributes().get(AttributeKey.stringKey("error.type"))).isEqualTo("MODEL_FAILED");
      assertThat(event.getAttributes().get(AttributeKey.longKey("dcmix.site"))).isEqualTo(1);
    });
    SpanData inference = kept.one("inference");
    assertThat(inference.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(inference.getStatus().getDescription()).isEqualTo("MODEL_FAILED: boom");
    assertThat(kept.one("decode").getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void anImageThatCameTooLateIsAnErrorOfItsOwn() {
    try (Tracing tracing = tracing(1); TestLane lane = new TestLane(tracing.wells())) {
      lane.announce(List.of("A01"), 1);
      lane.publishSite("A01", 1, 20);
      lane.moment();
      lane.pass(TestLane.LATE_WINDOW.plusMinutes(2));
      lane.publish(TestLane.image("A01", 1, "DNA", 21));
      lane.moment();
    }
    List<SpanData> wells = kept.spans.stream().filter(span -> span.getName().equals("well")).toList();
    assertThat(wells).extracting(span -> fields(span).get("error.type")).containsExactly(null, "LATE");
  }

  @Test
  void aWellThatIsGivenUpWasAssembledUntilThen() {
    try (Tracing tracing = tracing(1); TestLane lane = new TestLane(tracing.wells())) {
      lane.publish(TestLane.image("A01", 1, "DNA", 20));
      lane.pass(TestLane.DEADLINE.plusSeconds(2));
      assertThat(lane.failures()).isNotEmpty();
    }
    assertThat(fields(kept.one("well"))).containsEntry("error.type", "NO_SITES");
    assertThat(kept.one("assemble").getEndEpochNanos()).isLessThanOrEqualTo(kept.one("emit").getStartEpochNanos());
  }

  /** What was not chosen by the publisher stays out, and so does what the processor's ratio leaves out: whole traces, or none. */
  @Test
  void aWellThatIsNotChosenHasNoSpanAndSaysSoToWhoComesAfter() {
    List<Header> left = published(A01, 0);
    List<Header> chosen = published(WellKey.of("P", "1", "A02", 0), 1);
    assertThat(kept.spans).hasSize(1);
    kept.spans.clear();
    for (double ratio : new double[] {0, 1}) {
      try (Tracing tracing = tracing(ratio); TestLane lane = new TestLane(tracing.wells())) {
        lane.announce(List.of("A01", "A02"), 1);
        publishSite(lane, "A01", 1, 20, left);
        publishSite(lane, "A02", 1, 20, chosen);
        lane.moment();
        assertThat(lane.predictionRecords()).extracting(record -> text(record.headers()).replaceFirst("00-[0-9a-f]{32}-[0-9a-f]{16}-", ""))
            .containsExactly("00", ratio == 0 ? "00" : "01");
      }
      assertThat(kept.spans.stream().map(span -> fields(span).get("dcmix.well")).filter(well -> well != null).toList())
          .isEqualTo(ratio == 0 ? List.of() : List.of("A02"));
    }
    assertThat(counted.dropped).as("what is not chosen is not lost").isZero();
  }

  @Test
  void theRatioIsThatOfTheWellsAndTheSameAtBothEnds() {
    int chosen = 0;
    try (PublishTracer publisher = Tracing.to(kept, "memory", 0.25, Tracing.PUBLISHER, TOPICS, counted).publishing();
        PublishTracer again = Tracing.to(new Kept(), "memory", 0.25, Tracing.PUBLISHER, TOPICS, SpanMeter.NONE).publishing()) {
      for (int i = 0; i < 1000; i++) {
        WellKey well = WellKey.of("P" + i, "1", "A01", 0);
        String header = new String(publisher.begin(well).image(1).getFirst().value(), StandardCharsets.UTF_8);
        assertThat(new String(again.begin(well).image(1).getFirst().value(), StandardCharsets.UTF_8)).endsWith(header.substring(53)).startsWith(header.substring(0, 35));
        chosen += header.endsWith("-01") ? 1 : 0;
      }
    }
    assertThat(chosen).as("250 of 1000, within five standard deviations").isBetween(180, 320);
  }

  /** Everything that a lane writes: results, internal topics, changelogs; and what lies in its stores. */
  private static Map<String, List<String>> written(TestLane lane) {
    Map<String, List<String>> written = new TreeMap<>();
    List<String> topics = new ArrayList<>(List.of(lane.topics.wellPredictions(), lane.topics.wellFailures(), lane.topics.hitCalls(), lane.topics.plateQuality(),
        lane.topics.alerts(), lane.topics.channelImportance(), lane.topics.deadLetters()));
    for (Map.Entry<String, StateStore> store : lane.driver.getAllStateStores().entrySet()) {
      topics.add(lane.topics.applicationId() + "-" + store.getKey() + "-changelog");
      if (store.getValue() instanceof KeyValueStore<?, ?> values && !store.getKey().equals("acquisitions")) { // its values are read, not written, here
        List<String> entries = new ArrayList<>();
        try (KeyValueIterator<?, ?> all = values.all()) {
          all.forEachRemaining(entry -> entries.add(entry.key + " " + (entry.value instanceof byte[] bytes ? hex(bytes) : entry.value)));
        }
        written.put(store.getKey(), entries);
      }
    }
    for (String topic : topics) {
      written.put(topic, lane.raw(topic).stream().map(record -> hex(record.key()) + " " + hex(record.value()) + " " + record.timestamp() + others(record.headers()) + (text(record.headers()) == null ? "" : TRACED)).toList());
    }
    return written;
  }

  private static String hex(byte[] bytes) {
    return bytes == null ? "-" : HexFormat.of().formatHex(bytes);
  }

  private static String others(Headers headers) {
    return List.of(headers.toArray()).stream().filter(header -> !header.key().equals("traceparent")).map(String::valueOf).collect(Collectors.joining(","));
  }

  private static void play(TestLane lane, List<Header> headers) {
    lane.announce(List.of("A01", "A02", "A03"), 1);
    publishSite(lane, "A01", 1, 20, headers);
    publishSite(lane, "A02", 1, 5, headers);
    lane.publish(TestLane.image("A03", 1, "DNA", 20).setWidth(3), headers);
    lane.publish(TestLane.image("A03", 1, "GFP", 7), headers);
    lane.publishRaw("no well", new byte[] {9});
    lane.moment();
    lane.pass(Duration.ofSeconds(15));
  }

  @Test
  void tracesChangeNothingButAHeaderOfTheResultsOfAWell() {
    List<Header> headers = published(A01, 1);
    Map<String, List<String>> without;
    Map<String, List<String>> with;
    try (TestLane lane = new TestLane()) {
      play(lane, headers);
      without = written(lane);
    }
    try (Tracing tracing = tracing(1); TestLane lane = new TestLane(tracing.wells())) {
      play(lane, headers);
      with = written(lane);
    }
    assertThat(with.get(TOPICS.wellPredictions())).hasSize(2);
    assertThat(with.keySet()).contains("well-state", "plate-state", "window-state", TOPICS.internal("well-state-changelog"), TOPICS.internal("plate-state-changelog"));
    assertThat(traced(without)).as("nobody asked").isEmpty();
    assertThat(traced(with)).containsExactlyInAnyOrder(TOPICS.wellPredictions(), TOPICS.wellFailures());
    with.replaceAll((topic, lines) -> lines.stream().map(line -> line.replace(TRACED, "")).toList());
    assertThat(with).as("but for the header").isEqualTo(without);
  }

  private static List<String> traced(Map<String, List<String>> written) {
    return written.entrySet().stream().filter(topic -> topic.getValue().stream().anyMatch(line -> line.endsWith(TRACED))).map(Map.Entry::getKey).toList();
  }
}
