package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.ArchivePublisher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker, a real processor process, and a kill -9 in the middle of a plate. */
class KilledProcessorIT {
  private static final Topics TOPICS = new Topics("screening");
  private static final PlateKey PLATE = new PlateKey("KILLED", "run/1");
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  @Test
  void shouldPredictEachWellExactlyOnceWhenTheProcessorIsKilledInTheMiddleOfAPlate() throws Exception {
    SimulatedPlate plate = SimulatedPlate.of(SimulationSpec.demo(11).withKey(PLATE).withFormat(PlateFormat.WELLS_96).withSites(1));
    List<String> wells = PlateFormat.WELLS_96.wells().stream().map(Object::toString).toList();
    // Two thirds of the plate, and half of the planes of the next well.
    long gateAt = 64 * 6 + 3;
    CountDownLatch gate = new CountDownLatch(1);

    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of())) {
      Map<String, Object> client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
      try (Admin admin = Admin.create(client)) {
        LaneTopics.create(admin, TOPICS, new LaneTopics.Plan(4, (short) 1, Duration.ofDays(1)));
      }
      CompletableFuture<Void> published = publish(plate, client, gateAt, gate);
      try (ResultCollector results = new ResultCollector(TOPICS, PLATE, client)) {
        try (ChildProcess first = processor(broker)) {
          first.until("first prediction", PATIENCE, () -> {
            results.poll(Duration.ofMillis(20));
            return results.ended() > 0;
          });
          first.killNow();
        }
        assertThat(results.ended()).as("the plate was in the middle").isLessThan(65);

        gate.countDown();
        try (ChildProcess second = processor(broker)) {
          second.until("result for every well", PATIENCE, () -> {
            results.poll(Duration.ofMillis(20));
            return results.ended() == 96 && results.importance() != null && results.importance().getWells() == 96;
          });
          published.join();
          assertThat(second.stop()).as("a clean stop by SIGTERM").isIn(0, 143);
        }
        // The processor is gone and committed what it had; anything twice would be here now.
        results.poll(Duration.ofSeconds(2));
        assertThat(results.predictions()).extracting(WellPrediction::getWell).containsExactlyInAnyOrderElementsOf(wells);
        assertThat(results.predictions()).extracting(WellPrediction::getRevision).containsOnly(1);
        assertThat(results.predictions()).allSatisfy(p -> assertThat(p.getSitesScored()).isEqualTo(1));
        assertThat(results.predictions()).allSatisfy(p -> assertThat(p.getFlags()).isEmpty());
        assertThat(results.failures()).isEmpty();
        assertThat(results.deadLetters()).isZero();
        assertThat(results.importance().getChannels()).allSatisfy(c -> assertThat(c.getImportance().getCount()).isEqualTo(96));
      }
    }
  }

  private static CompletableFuture<Void> publish(SimulatedPlate plate, Map<String, Object> client, long gateAt, CountDownLatch gate) {
    return CompletableFuture.runAsync(() -> {
      try (ArchivePublisher publisher = new ArchivePublisher(TOPICS, client, InstantSource.system())) {
        publisher.publish(plate, PLATE.acquisition(), plate.map(), done -> {
          if (done == gateAt) {
            await(gate);
          }
        });
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }, task -> Thread.ofPlatform().daemon().start(task));
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private ChildProcess processor(EmbeddedBroker broker) throws IOException {
    Path model = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(model, in.readAllBytes());
    }
    return ChildProcess.dcmix(folder, "run", "--bootstrap-servers", broker.bootstrapServers(), "--model", model.toString(),
        "--state-dir", folder.resolve("state").toString(), "--port", "0", "--well-deadline", "5m",
        "--transaction-timeout", "4s", "--abort-sweep", "500ms", "--session-timeout", "6s");
  }
}
