package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.dashboard.DashboardConfig;
import io.dcmix.app.dashboard.DashboardServer;
import io.dcmix.app.run.Processor;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.RuntimeOptions;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.metrics.Meters;
import io.dcmix.streams.publish.ArchivePublisher;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real run, seen from outside: its metrics and its health over HTTP. */
@Timeout(180)
class ObservedRunIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WELLS = 6;
  private static final int PLANES = WELLS * SimulationSpec.CHANNELS.size();

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void shouldShowEveryMeterAndEveryPartOfItsHealthWhileWellsGoThrough() throws Exception {
    Topics topics = new Topics("observed");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of())) {
      Map<String, Object> client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
      try (Admin admin = Admin.create(client)) {
        LaneTopics.create(admin, topics, new LaneTopics.Plan(1, (short) 1, Duration.ofDays(1)));
      }
      ProcessorConfig config = ProcessorConfig.of(topics, broker.bootstrapServers(), folder.resolve("state"))
          .withTimeouts(Duration.ofSeconds(5), EmbeddedBroker.ABORT_SWEEP, Duration.ofSeconds(10));
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
        try (ArchivePublisher publisher = new ArchivePublisher(topics, client, InstantSource.system());
            ResultCollector results = new ResultCollector(topics, plate.key(), client)) {
          publisher.publish(plate, plate.key().acquisition(), null, sent -> {});
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
        assertThat(scraped.sum("dcmix_predictions_total")).isEqualTo(WELLS);
        assertThat(scraped.sum("dcmix_latency_seconds_count")).isEqualTo(WELLS);
        assertThat(scraped.sum("dcmix_decode_seconds_count")).isEqualTo(PLANES);
        assertThat(scraped.sum("dcmix_inference_seconds_count")).isEqualTo(WELLS);
        assertThat(scraped.sum("dcmix_batch_sites_sum")).isEqualTo(WELLS);
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
      }
    }
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
