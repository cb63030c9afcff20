package io.dcmix.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.Dcmix;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.images.Sha256;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import io.dcmix.streams.results.LaneReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code dcmix publish}, as processes that are killed and that get in one another's way: every image once, whatever happens. */
@Timeout(300)
class PublishIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int KILLS = 10;
  private static final int WELLS = 1536;

  /** One image a well, so that the wells are many and the files few. */
  private static final List<String> SHOWN = SimulationSpec.CHANNELS.subList(0, 1);

  @TempDir static Path folder;
  private static SimulatedPlate plate;
  private static Path large;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;
  private static Admin admin;

  @BeforeAll
  static void start() throws IOException {
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of());
    plate = plate("LARGE", PlateFormat.WELLS_1536);
    large = write(plate);
    client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    admin = Admin.create(client);
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  /**
   * A moment is a number of wells and a few microseconds: so many are out, and the publisher is at any step of one of the next.
   * Some kills come before the first well of a process, while it looks where it was.
   */
  @Test
  void everyImageIsPublishedOnceThoughThePublisherIsKilledTenTimes() throws Exception {
    long seed = System.nanoTime();
    System.out.println("Moments of the kills are drawn from seed " + seed);
    Random random = new Random(seed);
    Topics topics = lane("killed");
    List<String> moments = new ArrayList<>();
    try (Wells wells = new Wells(topics)) {
      for (int kill = 0; kill < KILLS; kill++) {
        int before = wells.now();
        int more = random.nextInt(60);
        try (ChildProcess process = publish(topics, large)) {
          process.until("the publisher's first word", PATIENCE, () -> process.output().contains("Publishing into lane"));
          long end = System.nanoTime() + PATIENCE.toNanos();
          while (process.isAlive() && wells.now() < before + more && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
          }
          LockSupport.parkNanos(random.nextInt(30_000_000));
          process.killNow();
        }
        moments.add(before + "→" + wells.now());
      }
      assertThat(wells.now()).as("there is something left to do: " + moments).isPositive().isLessThan(WELLS);
    }
    System.out.println("Wells that were published before and after each process: " + moments);
    try (ChildProcess last = publish(topics, large)) {
      assertThat(last.exitCode(PATIENCE)).as(last.output()).isZero();
    }
    String how = "seed %d, wells at the kills %s".formatted(seed, moments);
    assertThat(read(topics.publishProgress())).as(how).hasSize(WELLS);
    assertThat(published(topics)).as(how).containsExactlyInAnyOrderElementsOf(planes(plate));
    List<Acquisition> announced = announced(topics);
    assertThat(announced).first().satisfies(a -> assertThat(a.getStatus()).isEqualTo(AcquisitionStatus.STARTED));
    assertThat(announced).filteredOn(a -> a.getStatus() == AcquisitionStatus.FINISHED).as("finished once, at the end").hasSize(1);
    assertThat(announced.getLast().getStatus()).isEqualTo(AcquisitionStatus.FINISHED);
    assertThat(announced.getLast().getStartedAt()).isEqualTo(announced.getFirst().getStartedAt());

    Outcome again = dcmix("publish", large.toString(), "--bootstrap-servers", broker.bootstrapServers(), "--lane", topics.lane());
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(again.out()).contains("nothing to do, all 1,536 images of 1,536 wells were published before");
    assertThat(announced(topics)).as("and nothing was said").hasSameSizeAs(announced);
  }

  @Test
  void ofTwoPublishersOfOnePlateTheLaterGoesOnAndTheEarlierEndsWithOneLine() throws Exception {
    Topics topics = lane("two");
    try (Wells wells = new Wells(topics); ChildProcess first = publish(topics, large)) {
      first.until("wells", PATIENCE, () -> wells.now() > 3);
      first.freeze();
      try (ChildProcess second = publish(topics, large)) {
        second.until("the second at work", PATIENCE, () -> second.output().contains("Publishing into lane"));
        int before = wells.now();
        second.until("wells of the second", PATIENCE, () -> wells.now() > before);
        first.thaw();
        assertThat(first.exitCode(PATIENCE)).as(first.output()).isEqualTo(1);
        assertThat(first.output().lines().toList().getLast())
            .isEqualTo("dcmix: Another publisher took over LARGE/run%2F1 in lane two and goes on; this one ends");
        assertThat(second.exitCode(PATIENCE)).as(second.output()).isZero();
      }
    }
    assertThat(published(topics)).containsExactlyInAnyOrderElementsOf(planes(plate));
  }

  @Test
  void aFileThatChangedIsSaidAndNotPublishedAndANewWellIs() throws Exception {
    SimulatedPlate small = plate("CHANGED", PlateFormat.WELLS_6);
    Path archive = write(small);
    Topics topics = lane("changed");
    Path late = image(archive, "B03");
    byte[] image = Files.readAllBytes(late);
    Files.delete(late);
    String[] publish = {"publish", archive.toString(), "--bootstrap-servers", broker.bootstrapServers(), "--lane", topics.lane(), "--json"};
    Outcome first = dcmix(publish);
    assertThat(first.exit()).as(first.err()).isZero();
    assertThat(json(first).at("/plates/0/wells").asInt()).isEqualTo(5);

    Files.write(late, image);
    Files.write(image(archive, "A01"), Files.readAllBytes(image(archive, "A02")));
    Files.setLastModifiedTime(image(archive, "A03"), FileTime.from(Instant.EPOCH)); // touched, and the same
    Outcome second = dcmix(publish);
    assertThat(second.exit()).as("an archive that is not what was published").isEqualTo(1);
    JsonNode said = json(second).at("/plates/0");
    assertThat(said.get("wells").asInt()).isEqualTo(1);
    assertThat(said.get("wellsBefore").asInt()).isEqualTo(5);
    assertThat(said.get("changed")).hasSize(1);
    assertThat(said.at("/changed/0/well").asText()).isEqualTo("A01");
    assertThat(published(topics)).as("as at first, and the new one").containsExactlyInAnyOrderElementsOf(planes(small));
    assertThat(announced(topics).getLast().getStatus()).isEqualTo(AcquisitionStatus.FINISHED);
  }

  // ---- plates ----

  private static SimulatedPlate plate(String name, PlateFormat format) {
    return SimulatedPlate.of(SimulationSpec.demo(5).withKey(new PlateKey(name, "run/1")).withFormat(format).withSites(1));
  }

  private static Path write(SimulatedPlate plate) throws IOException {
    return PlateFolder.write(folder.resolve("archive-" + plate.key().plate()), plate, SHOWN);
  }

  private static Path image(Path archive, String well) {
    return archive.resolve(well + "_" + SHOWN.getFirst() + ".png");
  }

  /** Key and SHA-256 of each image. */
  private static List<String> planes(SimulatedPlate plate) throws IOException {
    List<String> planes = new ArrayList<>();
    for (PlaneId id : PlateFolder.planes(plate, SHOWN)) {
      planes.add("%s/run%%2F1/%s/0 %s".formatted(plate.key().plate(), id.well(), Sha256.of(plate.read(id).payload())));
    }
    return planes;
  }

  // ---- the lane ----

  private static Topics lane(String name) throws Exception {
    Topics topics = new Topics(name);
    LaneTopics.create(admin, topics, new LaneTopics.Plan(4, (short) 1, Duration.ofDays(1)));
    return topics;
  }

  private static ChildProcess publish(Topics topics, Path archive) throws IOException {
    return ChildProcess.dcmix(folder, "publish", archive.toString(), "--bootstrap-servers", broker.bootstrapServers(), "--lane", topics.lane());
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (LaneReader reader = new LaneReader(client, List.of(topic))) {
      reader.readToEnd(PATIENCE, records::add);
    }
    return records;
  }

  /** How many wells are published, as a reader sees it who stays. */
  private static final class Wells implements AutoCloseable {
    private final LaneReader reader;
    private int count;

    Wells(Topics topics) {
      reader = new LaneReader(client, List.of(topics.publishProgress()));
    }

    int now() {
      reader.readToEnd(PATIENCE, record -> count++);
      return count;
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  private static List<String> published(Topics topics) {
    AvroCodec<ImageEvent> images = AvroCodec.of(ImageEvent.class);
    return read(topics.imageEvents()).stream()
        .map(record -> new String(record.key(), UTF_8) + " " + Sha256.of(images.decode(record.value()).getBytes())).toList();
  }

  private static List<Acquisition> announced(Topics topics) {
    AvroCodec<Acquisition> acquisitions = AvroCodec.of(Acquisition.class);
    return read(topics.acquisitions()).stream().map(record -> acquisitions.decode(record.value())).toList();
  }

  private record Outcome(int exit, String out, String err) {}

  private static Outcome dcmix(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Dcmix.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    return new Outcome(exit, out.toString(), err.toString());
  }

  private static JsonNode json(Outcome outcome) throws IOException {
    return new ObjectMapper().readTree(outcome.out());
  }
}
