package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.dashboard.DashboardConfig;
import io.dcmix.app.dashboard.DashboardServer;
import io.dcmix.app.log.JsonLines;
import io.dcmix.app.run.Processor;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.demo.TraceCollector.Received;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.metrics.Meters;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.publish.PublishTracer;
import io.dcmix.streams.trace.SpanMeter;
import io.dcmix.streams.trace.TraceConfig;
import io.dcmix.streams.trace.Tracing;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A real run, seen from outside: its metrics and its health over HTTP, its log, and the traces that it sends. */
@Timeout(180)
class ObservedRunIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WELLS = 6;
  private static final int PREDICTED = WELLS - 1;
  private static final int PLANES = WELLS * SimulationSpec.CHANNELS.size();

  @TempDir Path folder;
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.dcmix");
  private final OutputStreamAppender<ILoggingEvent> log = new OutputStreamAppender<>();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void shouldShowEveryMeterAndEveryPartOfItsHealthWhileWellsGoThrough() throws Exception {
    Topics topics = new Topics("observed");
    log.setEncoder(json());
    log.setOutputStream(written);
    log.setContext(ours.getLoggerContext());
    log.start();
    ours.addAppender(log);
    ours.setLevel(Level.INFO); // as in production; tests say less
    ours.setAdditive(false);
    try (TraceCollector collector = new TraceCollector(); EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of())) {
      Map<String, Object> client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
      try (Admin admin = Admin.create(client)) {
        LaneTopics.create(admin, topics, new LaneTopics.Plan(1, (short) 1, Duration.ofDays(1)));
      }
      ProcessorConfig config = ProcessorConfig.of(topics, broker.bootstrapServers(), folder.resolve("state"))
          .withTimeouts(Duration.ofSeconds(5), EmbeddedBroker.ABORT_SWEEP, Duration.ofSeconds(10))
          .withTracing(new TraceConfig(collector.address(), 1, Map.of("Authorization", TraceCollector.PASSWORD)));
      try (Processor processor = Processor.start(config, Processor.load(model(), DevicePolicy.AUTO, RuntimeOptions.DEFAULT));
          DashboardServer page = DashboardServer.start(
              new DashboardConfig("127.0.0.1", 0, broker.bootstrapServers(), topics.lane(), Map.of())
                  .withReadiness(processor.streams()::readiness).withMetrics(processor.metrics()::scrape));
          KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
        assertThat(get(page, "/health/liveness").statusCode()).isEqualTo(200);
        JsonNode before = JSON.readTree(get(page, "/health/readiness").body());
        assertThat(processor.streams().awaitReady(Duration.ofSeconds(60))).isTrue();

        producer.send(new ProducerRecord<>(topics.imageEvents(), "no/such/well".getBytes(StandardCharsets.UTF_8), new byte[] {9})).get();
        SimulatedPlate plate = SimulatedPlate.of(
            SimulationSpec.demo(5).withKey(new PlateKey("OBSERVED", "run")).withFormat(PlateFormat.WELLS_6).withSites(1));
        PlaneId broken = AlteredPlate.plane("A01", 1, SimulationSpec.CHANNELS.getFirst());
        AlteredPlate altered = new AlteredPlate(plate).replacing(broken, plate.read(broken).format(), ByteBuffer.wrap(new byte[] {1, 2, 3}));
        PublishTracer tracer = Tracing.start(Objects.requireNonNull(config.tracing()), Tracing.PUBLISHER, topics, SpanMeter.NONE).publishing();
        try (ArchivePublisher publisher =
                new ArchivePublisher(topics, client, InstantSource.system(), null, ArchivePublisher.TRANSACTION_TIMEOUT, tracer);
            ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
          publisher.publish(altered, plate.key().acquisition(), null, sent -> {});
          while (results.ended() < WELLS) {
            assertThat(processor.streams().ended()).isNotDone();
            results.poll(Duration.ofMillis(100));
          }
        }

        Scrape scraped = Scrape.of(page.url().toString());
        String scrape = scraped.text();
        assertThat(Arrays.stream(Meters.values()).map(Meters::prometheusName)).allSatisfy(name -> {
          assertThat(scrape).containsPattern("(?m)^# HELP " + name + " \\S.*\\.$");
          assertThat(scrape).containsPattern("(?m)^" + name + "(_count)?\\{.*lane=\"observed\".*\\} [0-9.E+-]+$");
        });
        assertThat(scraped.sum("dcmix_predictions_total")).isEqualTo(PREDICTED);
        assertThat(scraped.sum("dcmix_latency_seconds_count")).isEqualTo(PREDICTED);
        assertThat(scraped.sum("dcmix_decode_seconds_count")).isEqualTo(PLANES);
        assertThat(scraped.sum("dcmix_inference_seconds_count")).isEqualTo(PREDICTED);
        assertThat(scraped.sum("dcmix_batch_sites_sum")).isEqualTo(PREDICTED);
        assertThat(scraped.sum("dcmix_wells_pending")).isZero();
        assertThat(scraped.sum("dcmix_device_fallback")).isZero();
        assertThat(scraped.sum("dcmix_ready")).isEqualTo(1);
        assertThat(scraped.sum("dcmix_tasks")).as("wells, layouts, rows and partials of one partition").isEqualTo(4);
        assertThat(scraped.sum("dcmix_consumer_lag_records")).isZero();
        assertThat(scraped.sum("dcmix_fetch_largest_bytes")).isBetween(1.0, (double) config.memory().inputBytes());
        assertThat(scraped.sum("dcmix_state_memory_bytes")).isBetween(1.0, (double) config.memory().stateBytes());
        assertThat(scrape).containsPattern("dcmix_dead_letters_total\\{lane=\"observed\",reason=\"(unreadable|wrong_partition)\"\\} 1\\.0")
            .contains("device=\"cpu\"", "jvm_memory_used_bytes", "process_uptime_seconds");

        HttpResponse<String> ready = get(page, "/health/readiness");
        assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
        JsonNode after = JSON.readTree(ready.body());
        assertThat(after.at("/status").asText()).isEqualTo("UP");
        assertThat(after.at("/parts")).hasSize(4).allSatisfy(part -> assertThat(part.at("/status").asText()).isEqualTo("UP"));
        assertThat(after.at("/parts/2/detail").asText()).contains("on cpu");
        assertThat(before.at("/parts")).as("the same parts before").hasSize(4);

        processor.streams().close();
        JsonNode closed = JSON.readTree(get(page, "/health/readiness").body());
        assertThat(closed.at("/status").asText()).isEqualTo("DOWN");
        assertThat(closed.at("/parts/0/status").asText()).isEqualTo("DOWN");
        assertThat(get(page, "/health/liveness").statusCode()).isEqualTo(200);
        // Closing the streams sent the last spans.
        assertTraces(collector.spans(), topics.lane());
        Scrape end = Scrape.of(page.url().toString());
        assertThat(end.sum("dcmix_spans_exported_total")).as("its own; the publisher counts for itself").isEqualTo(collector.spans().size() - WELLS);
        assertThat(end.sum("dcmix_spans_dropped_total")).isZero();
      }
    } finally {
      ours.detachAppender(log);
      ours.setLevel(null);
      ours.setAdditive(true);
    }
    assertLog();
  }

  /** Each well is one trace, from its publisher to its result. */
  private static void assertTraces(List<Received> spans, String lane) {
    Map<String, List<Received>> traces = spans.stream().collect(Collectors.groupingBy(Received::trace));
    assertThat(traces).hasSize(WELLS);
    assertThat(traces.values()).allSatisfy(trace -> {
      Received publish = one(trace, "publish");
      Received well = one(trace, "well");
      boolean failed = well.field("dcmix.well").equals("A01");
      assertThat(publish.service()).isEqualTo("dcmix-publisher");
      assertThat(publish.parent()).isEmpty();
      assertThat(publish.field("dcmix.well")).isEqualTo(well.field("dcmix.well"));
      assertThat(publish.field("dcmix.images")).isEqualTo(Integer.toString(SimulationSpec.CHANNELS.size())).isEqualTo(well.field("dcmix.images"));
      assertThat(well.service()).isEqualTo("dcmix-processor");
      assertThat(well.lane()).isEqualTo(lane).isEqualTo(publish.lane());
      assertThat(well.parent()).isEqualTo(publish.id());
      assertThat(trace).extracting(span -> span.span().getName()).containsExactlyInAnyOrder(
          failed ? new String[] {"publish", "well", "assemble", "decode", "wait", "emit"}
              : new String[] {"publish", "well", "assemble", "decode", "wait", "inference", "emit"});
      assertThat(trace).filteredOn(span -> !List.of("publish", "well").contains(span.span().getName())).allSatisfy(span -> {
        assertThat(span.parent()).isEqualTo(well.id());
        assertThat(span.span().getStartTimeUnixNano()).as(span.span().getName()).isBetween(well.span().getStartTimeUnixNano(), span.span().getEndTimeUnixNano());
        // Beginning and end are measured on two threads by two readings of the clock.
        assertThat(span.span().getEndTimeUnixNano()).as(span.span().getName()).isLessThanOrEqualTo(well.span().getEndTimeUnixNano() + 1_000_000);
      });
      assertThat(one(trace, "decode").field("dcmix.planes")).isEqualTo(Integer.toString(SimulationSpec.CHANNELS.size()));
      if (failed) {
        assertThat(well.span().getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
        assertThat(well.field("error.type")).isEqualTo("NO_SITES");
        assertThat(one(trace, "decode").field("error.type")).isEqualTo("CORRUPT_PLANE");
      } else {
        assertThat(one(trace, "inference").field("dcmix.device")).isEqualTo("cpu");
        assertThat(one(trace, "inference").field("dcmix.batch.sites")).isEqualTo("1");
        assertThat(one(trace, "inference").field("dcmix.model.version")).isNotEmpty().isEqualTo(well.field("dcmix.model.version"));
        assertThat(one(trace, "inference").span().getEndTimeUnixNano()).isLessThanOrEqualTo(one(trace, "emit").span().getEndTimeUnixNano());
      }
    });
  }

  private static Received one(List<Received> trace, String name) {
    List<Received> found = trace.stream().filter(span -> span.span().getName().equals(name)).toList();
    assertThat(found).as(name).hasSize(1);
    return found.getFirst();
  }

  /** Each line is an object, and the one about the well that failed can be found by lane, plate and well. */
  private void assertLog() throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : written.toString(StandardCharsets.UTF_8).lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    assertThat(lines).filteredOn(line -> line.path("level").asText().equals("WARN") && line.has("well")).singleElement().satisfies(line -> {
      assertThat(line.get("lane").asText()).isEqualTo("observed");
      assertThat(line.get("plate").asText()).isEqualTo("OBSERVED");
      assertThat(line.get("acquisition").asText()).isEqualTo("run");
      assertThat(line.get("well").asText()).isEqualTo("A01");
      assertThat(line.get("revision").asInt()).isEqualTo(1);
      assertThat(line.get("reason").asText()).isEqualTo("NO_SITES");
      assertThat(line.get("thread").asText()).contains("StreamThread");
      assertThat(line.get("message").asText()).contains("None of the 1 sites of well A01 could be scored");
    });
  }

  private JsonLines json() {
    JsonLines json = new JsonLines();
    json.setContext(ours.getLoggerContext());
    json.start();
    return json;
  }

  private HttpResponse<String> get(DashboardServer page, String path) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(page.url() + path)).build(), BodyHandlers.ofString());
  }

  private Path model() throws Exception {
    Path file = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }
}
