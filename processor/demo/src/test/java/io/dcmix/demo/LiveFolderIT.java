package io.dcmix.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code dcmix publish --watch}, as processes that are killed while a microscope with bad habits fills the folder. */
@Timeout(180)
class LiveFolderIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> SHOWN = SimulationSpec.CHANNELS.subList(0, 2);

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> client;
  private static Admin admin;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(folder.resolve("kafka"), 0, Map.of());
    client = Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    admin = Admin.create(client);
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  /** An index that promises half of the plate at first, and is rewritten; files in pieces; a share that goes away and comes back. */
  @Test
  void everyPlaneIsPublishedOnceThoughTheMicroscopeWritesBadlyAndThePublisherIsKilledTwice() throws Exception {
    SimulatedPlate plate = plate("LIVE", PlateFormat.WELLS_24);
    Path share = Files.createDirectory(folder.resolve("share"));
    Topics topics = lane("live");
    try (Microscope microscope = new Microscope(plate, Files.createDirectory(share.resolve("plate"))); Images images = new Images(topics)) {
      String[] kills = new String[2];
      for (int kill = 0; kill < kills.length; kill++) {
        int before = images.now();
        try (ChildProcess process = watch(topics, microscope.folder, "--finish-after", "2s")) {
          process.until("the first word", PATIENCE, () -> process.output().contains("Following"));
          microscope.mayWrite(16);
          process.until("images", PATIENCE, () -> images.now() > before + 5);
          process.killNow();
        }
        kills[kill] = before + "→" + images.now();
      }
      System.out.println("Images that were published before and after each kill: " + Arrays.toString(kills) + " of " + microscope.planes.size());
      try (ChildProcess last = watch(topics, microscope.folder, "--finish-after", "2s", "--json")) {
        last.until("the first word", PATIENCE, () -> last.output().contains("Following"));
        microscope.mayWrite(microscope.planes.size());
        last.until("a word about the share", PATIENCE, () -> last.output().contains("is waited for"));
        microscope.comeBack();
        assertThat(last.exitCode(PATIENCE)).as(last.output()).isZero();
        assertThat(last.output()).containsOnlyOnce("cannot be read, and is waited for").containsOnlyOnce(" is back").doesNotContain("not whole:");
        JsonNode summary = new ObjectMapper().readTree(last.output().substring(last.output().indexOf('{')));
        assertThat(summary.at("/plates/0/status").asText()).isEqualTo("FINISHED");
        assertThat(summary.at("/plates/0/images").asInt() + summary.at("/plates/0/imagesBefore").asInt()).isEqualTo(microscope.planes.size());
      }
      assertThat(microscope.failure).isNull();
      assertThat(published(topics)).containsExactlyInAnyOrderElementsOf(microscope.expected());
    }
    List<Acquisition> announced = announced(topics);
    assertThat(announced).first().satisfies(a -> {
      assertThat(a.getStatus()).isEqualTo(AcquisitionStatus.STARTED);
      assertThat(a.getWells()).as("what the first index promises").hasSize(12);
    });
    assertThat(announced).filteredOn(a -> a.getStatus() == AcquisitionStatus.FINISHED).as("finished once").hasSize(1);
    assertThat(announced).last().satisfies(a -> {
      assertThat(a.getStatus()).isEqualTo(AcquisitionStatus.FINISHED);
      assertThat(a.getWells()).hasSize(24);
      assertThat(a.getAbsent()).isEmpty();
      assertThat(a.getStartedAt()).isEqualTo(announced.getFirst().getStartedAt());
    });
  }

  /** No index here: the files tell, and a file says when it is over. Prints how long a plane takes. */
  @Test
  void aPlaneIsAnEventSoonAfterItIsWholeAndTheDoneFileEndsThePlate() throws Exception {
    SimulatedPlate plate = plate("SOON", PlateFormat.WELLS_24);
    Path written = PlateFolder.write(folder.resolve("written"), plate, SHOWN);
    Path live = Files.createDirectory(folder.resolve("soon"));
    Files.copy(written.resolve("dcmix-archive.properties"), live.resolve("dcmix-archive.properties"));
    Topics topics = lane("soon");
    List<PlaneId> planes = PlateFolder.planes(plate, SHOWN);
    Map<String, Long> whole = new ConcurrentHashMap<>();
    Semaphore allowed = new Semaphore(SHOWN.size());
    List<Long> millis = new ArrayList<>();
    try (ChildProcess process = watch(topics, live, "--done-file", "DONE", "--json"); Images images = new Images(topics)) {
      process.until("the first word", PATIENCE, () -> process.output().contains("Following"));
      Thread microscope = Thread.ofPlatform().daemon().start(() -> {
        for (PlaneId id : planes) {
          try {
            allowed.acquireUninterruptibly();
            byte[] bytes = Files.readAllBytes(PlateFolder.file(written, id));
            Files.write(PlateFolder.file(live, id), bytes);
            whole.put(Sha256.of(ByteBuffer.wrap(bytes)), System.nanoTime());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          LockSupport.parkNanos(70_000_000);
        }
      });
      // The first well waits for a connection and for what was published before.
      process.until("the first well", PATIENCE, () -> images.now() == SHOWN.size());
      System.out.printf("From the first whole file of a plate to the event of its first well: %d ms%n",
          (System.nanoTime() - Collections.min(whole.values())) / 1_000_000);
      allowed.release(planes.size());
      Map<String, Long> seen = new HashMap<>();
      images.hashes.forEach(hash -> seen.put(hash, 0L));
      process.until("all images", PATIENCE, () -> {
        images.now();
        images.hashes.forEach(hash -> seen.putIfAbsent(hash, System.nanoTime()));
        return seen.size() == planes.size();
      });
      microscope.join();
      seen.forEach((hash, at) -> {
        if (at != 0) {
          millis.add((at - whole.getOrDefault(hash, at)) / 1_000_000);
        }
      });
      Files.createFile(live.resolve("DONE"));
      assertThat(process.exitCode(PATIENCE)).as(process.output()).isZero();
    }
    millis.sort(null);
    System.out.printf("From a whole file to its event, %d planes: median %d ms, 95 %% %d ms, longest %d ms%n", millis.size(),
        millis.get(millis.size() / 2), millis.get(millis.size() * 95 / 100), millis.getLast());
    assertThat(announced(topics)).last().satisfies(a -> {
      assertThat(a.getStatus()).isEqualTo(AcquisitionStatus.FINISHED);
      assertThat(a.getWells()).hasSize(24);
    });
    assertThat(published(topics)).containsExactlyInAnyOrderElementsOf(expected(plate, planes));
  }

  @Test
  void aPlateThatNeverBecomesWholeIsAbortedAndItsGapsAreNamed() throws Exception {
    SimulatedPlate plate = plate("GAPS", PlateFormat.WELLS_6);
    Path live = Files.createDirectory(folder.resolve("gaps"));
    Topics topics = lane("gaps");
    List<PlaneId> planes = PlateFolder.planes(plate, SHOWN);
    writeIndex(live, plate, planes);
    for (PlaneId id : planes.subList(1, planes.size())) {
      Files.write(live.resolve(name(id)), payload(plate, id));
    }
    Files.write(live.resolve(name(planes.getFirst())), Arrays.copyOf(payload(plate, planes.getFirst()), 500));
    try (ChildProcess process = watch(topics, live, "--abandon-after", "3s")) {
      assertThat(process.exitCode(PATIENCE)).as(process.output()).isEqualTo(4);
      assertThat(process.output()).contains("aborted, because nothing more came, 11 images of 6 wells published").contains(name(planes.getFirst()) + " is not whole: PNG is truncated");
    }
    assertThat(announced(topics)).last().satisfies(a -> {
      assertThat(a.getStatus()).isEqualTo(AcquisitionStatus.ABORTED);
      assertThat(a.getAbsent()).singleElement().satisfies(absent -> assertThat(absent.getReason()).contains(name(planes.getFirst())));
    });
    assertThat(published(topics)).containsExactlyInAnyOrderElementsOf(expected(plate, planes.subList(1, planes.size())));

    Files.write(live.resolve(name(planes.getFirst())), payload(plate, planes.getFirst()));
    try (ChildProcess process = ChildProcess.dcmix(folder, "publish", live.toString(), "--bootstrap-servers", broker.bootstrapServers(), "--lane", topics.lane())) {
      assertThat(process.exitCode(PATIENCE)).as("publish goes on where following ended: " + process.output()).isZero();
    }
    assertThat(published(topics)).containsExactlyInAnyOrderElementsOf(expected(plate, planes));
    assertThat(announced(topics).getLast().getStatus()).isEqualTo(AcquisitionStatus.FINISHED);
  }

  /** Two plates in one folder at once, and a third after both have ended. */
  @Test
  void eachPlateOfAFolderEndsByItselfAndTheNextOneIsAwaited() throws Exception {
    Path live = Files.createDirectory(folder.resolve("several"));
    Topics topics = lane("several");
    List<SimulatedPlate> plates = List.of(plate("ONE", PlateFormat.WELLS_6), plate("TWO", PlateFormat.WELLS_6), plate("THREE", PlateFormat.WELLS_6));
    List<PlaneId> planes = PlateFolder.planes(plates.getFirst(), SHOWN);
    List<PlaneId> half = planes.subList(0, planes.size() / 2);
    try (ChildProcess process = watch(topics, live, "--keep-watching", "--finish-after", "1s")) {
      process.until("the first word", PATIENCE, () -> process.output().contains("Following"));
      image(live, plates.get(0), planes, planes);
      image(live, plates.get(1), planes, half);
      process.until("the end of the first plate", PATIENCE, () -> finished(topics).contains("ONE"));
      assertThat(finished(topics)).as("of the second half is missing").containsExactly("ONE");
      image(live, plates.get(1), planes, planes.subList(half.size(), planes.size()));
      process.until("the end of the second plate", PATIENCE, () -> finished(topics).contains("TWO"));
      assertThat(process.isAlive()).as("it waits for the next plate").isTrue();
      image(live, plates.get(2), planes, planes);
      process.until("the end of the third plate", PATIENCE, () -> finished(topics).contains("THREE"));
      assertThat(process.isAlive()).as("it waits for the next plate").isTrue();
      process.stop();
    }
    assertThat(finished(topics)).as("once each").containsExactly("ONE", "TWO", "THREE");
    List<String> expected = new ArrayList<>();
    for (SimulatedPlate plate : plates) {
      expected.addAll(expected(plate, planes));
    }
    assertThat(published(topics)).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** A plate's folder in a folder: its index, and those of its planes that are there by now. */
  private static void image(Path live, SimulatedPlate plate, List<PlaneId> promised, List<PlaneId> there) throws IOException {
    Path own = Files.createDirectories(live.resolve(plate.key().plate()));
    if (Files.notExists(own.resolve("Index.idx.xml"))) {
      writeIndex(own, plate, promised);
    }
    for (PlaneId id : there) {
      Files.write(own.resolve(name(id)), payload(plate, id));
    }
  }

  /** Barcodes, as often as they were announced as finished, in the order of the announcements. */
  private static List<String> finished(Topics topics) {
    return announced(topics).stream().filter(a -> a.getStatus() == AcquisitionStatus.FINISHED).map(Acquisition::getPlate).toList();
  }

  // ---- the microscope ----

  /** Writes planes as it is allowed to, each in another way. */
  private static final class Microscope implements AutoCloseable {
    final SimulatedPlate plate;
    final Path folder;
    final List<PlaneId> planes;
    final Semaphore allowed = new Semaphore(0);
    final Semaphore back = new Semaphore(0);
    final Thread thread;
    volatile @Nullable Throwable failure;

    Microscope(SimulatedPlate plate, Path folder) throws IOException {
      this.plate = plate;
      this.folder = folder;
      this.planes = PlateFolder.planes(plate, SHOWN);
      writeIndex(folder, plate, planes.subList(0, planes.size() / 2));
      thread = Thread.ofPlatform().name("microscope").daemon().start(() -> {
        try {
          for (int i = 0; i < planes.size(); i++) {
            allowed.acquire();
            write(i);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
          failure = e;
        }
      });
    }

    void mayWrite(int more) {
      allowed.release(more);
    }

    List<String> expected() throws IOException {
      return LiveFolderIT.expected(plate, planes);
    }

    private void write(int i) throws IOException, InterruptedException {
      byte[] bytes = payload(plate, planes.get(i));
      Path file = folder.resolve(name(planes.get(i)));
      if (i == planes.size() / 3) {
        rewriteIndex();
      }
      if (i == planes.size() * 3 / 4) {
        vanish();
      }
      switch (i % 4) {
        case 0 -> Files.write(file, bytes);
        case 1 -> {
          Path beside = Files.write(folder.resolve(file.getFileName() + ".tmp"), bytes);
          pause(30);
          Files.move(beside, file);
        }
        case 2 -> {
          Files.createFile(file);
          pause(50);
          Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
          pause(50);
          Files.write(file, Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length), StandardOpenOption.APPEND);
        }
        default -> {
          // Longer than a file must rest: only its content tells that it is not whole.
          Files.write(file, Arrays.copyOf(bytes, bytes.length - 7));
          pause(i % 16 == 3 ? 1_200 : 100);
          Files.write(file, Arrays.copyOfRange(bytes, bytes.length - 7, bytes.length), StandardOpenOption.APPEND);
        }
      }
      pause(40);
    }

    private void rewriteIndex() throws IOException {
      Path index = folder.resolve("Index.idx.xml");
      Files.writeString(index, Files.readString(index).substring(0, 100));
      pause(1_500);
      writeIndex(folder, plate, planes);
    }

    void comeBack() {
      back.release();
    }

    private void vanish() throws IOException, InterruptedException {
      Path away = folder.resolveSibling("away");
      Files.move(folder, away);
      back.acquire();
      Files.move(away, folder);
    }

    private static void pause(long millis) {
      LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }

  private static SimulatedPlate plate(String name, PlateFormat format) {
    return SimulatedPlate.of(SimulationSpec.demo(5).withKey(new PlateKey(name, "run/1")).withFormat(format).withSites(1));
  }

  private static String name(PlaneId id) {
    return "%s-%d-%s.png".formatted(id.well(), id.site(), id.channel());
  }

  private static byte[] payload(SimulatedPlate plate, PlaneId id) throws IOException {
    ByteBuffer payload = plate.read(id).payload();
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    return bytes;
  }

  /** As Harmony writes it. */
  private static void writeIndex(Path folder, SimulatedPlate plate, List<PlaneId> planes) throws IOException {
    StringBuilder index = new StringBuilder("<EvaluationInputData><Plates><Plate><PlateID>%s</PlateID><MeasurementID>%s</MeasurementID><PlateRows>%d</PlateRows><PlateColumns>%d</PlateColumns></Plate></Plates><Images>"
        .formatted(plate.key().plate(), plate.key().acquisition(), plate.format().rows(), plate.format().columns()));
    for (PlaneId id : planes) {
      index.append("<Image><URL>%s</URL><Row>%d</Row><Col>%d</Col><FieldID>%d</FieldID><PlaneID>1</PlaneID><ChannelID>%d</ChannelID><ChannelName>%s</ChannelName></Image>\n"
          .formatted(name(id), id.well().row() + 1, id.well().column() + 1, id.site(), SHOWN.indexOf(id.channel()) + 1, id.channel()));
    }
    Files.writeString(folder.resolve("Index.idx.xml"), index.append("</Images></EvaluationInputData>"));
  }

  /** Key and SHA-256 of each image. */
  private static List<String> expected(SimulatedPlate plate, List<PlaneId> planes) throws IOException {
    List<String> expected = new ArrayList<>();
    for (PlaneId id : planes) {
      expected.add("%s/run%%2F1/%s/0 %s %s".formatted(plate.key().plate(), id.well(), id.channel(), Sha256.of(plate.read(id).payload())));
    }
    return expected;
  }

  // ---- the lane ----

  private static Topics lane(String name) throws Exception {
    Topics topics = new Topics(name);
    LaneTopics.create(admin, topics, new LaneTopics.Plan(4, (short) 1, Duration.ofDays(1)));
    return topics;
  }

  private static ChildProcess watch(Topics topics, Path archive, String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of("publish", "--watch", archive.toString(), "--bootstrap-servers", broker.bootstrapServers(), "--lane", topics.lane()));
    args.addAll(List.of(more));
    return ChildProcess.dcmix(folder, args.toArray(String[]::new));
  }

  /** The images that are published, as a reader sees it who stays. */
  private static final class Images implements AutoCloseable {
    private final LaneReader reader;
    private final AvroCodec<ImageEvent> codec = AvroCodec.of(ImageEvent.class);
    private final List<String> hashes = new ArrayList<>();

    Images(Topics topics) {
      reader = new LaneReader(client, List.of(topics.imageEvents()));
    }

    int now() {
      reader.readToEnd(PATIENCE, record -> hashes.add(codec.decode(record.value()).getSha256()));
      return hashes.size();
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (LaneReader reader = new LaneReader(client, List.of(topic))) {
      reader.readToEnd(PATIENCE, records::add);
    }
    return records;
  }

  private static List<String> published(Topics topics) {
    AvroCodec<ImageEvent> images = AvroCodec.of(ImageEvent.class);
    return read(topics.imageEvents()).stream().map(record -> {
      ImageEvent event = images.decode(record.value());
      return new String(record.key(), UTF_8) + " " + event.getChannel() + " " + Sha256.of(event.getBytes());
    }).toList();
  }

  private static List<Acquisition> announced(Topics topics) {
    AvroCodec<Acquisition> acquisitions = AvroCodec.of(Acquisition.class);
    return read(topics.acquisitions()).stream().map(record -> acquisitions.decode(record.value())).toList();
  }
}
