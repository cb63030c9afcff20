package io.dcmix.demo;

import static io.dcmix.demo.AlteredPlate.plane;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.event.WellRole;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.GroupProtocol;
import org.assertj.core.groups.Tuple;

/**
 * A lane of its own on a broker, a plate of 96 wells that is published as far as the test allows, and what must be true in the
 * end whatever happened: every well once, none missing, the importance over exactly these wells, before and after a revision.
 *
 * <p>One of the wells is poison: it must become a failure, and only it.
 */
final class FaultLane implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final int WELLS = 96;
  static final int PLANES_PER_WELL = SimulationSpec.CHANNELS.size();
  static final int PLANES = WELLS * PLANES_PER_WELL;
  private static final int PARTITIONS = 4;
  private static final String POISON = "C05";
  private static final String LATE = "F07";
  private static final AvroCodec<ImageEvent> IMAGES = AvroCodec.of(ImageEvent.class);

  /** What is wrong with the poison well, and the failure of its site that must come of it. */
  enum Poison {
    CORRUPT(FailureReason.CORRUPT_PLANE),
    /** Sound images of one value all over, which {@link FaultyProcessor} refuses. */
    REFUSED(FailureReason.MODEL_FAILED);

    private final FailureReason reason;

    Poison(FailureReason reason) {
      this.reason = reason;
    }
  }

  private final Path folder;
  private final BrokerProcess broker;
  private final GroupProtocol protocol;
  private final Topics topics;
  private final Poison poison;
  private final SimulatedPlate plate;
  private final Admin admin;
  private final LaneResults results;
  private final Semaphore allowed = new Semaphore(0);
  private final CompletableFuture<Void> published;
  private int allowedSoFar;

  FaultLane(Path folder, BrokerProcess broker, String name, GroupProtocol protocol, Poison poison) throws Exception {
    this.folder = Files.createDirectories(folder.resolve(name));
    this.broker = broker;
    this.protocol = protocol;
    this.topics = new Topics(name);
    this.poison = poison;
    this.plate = SimulatedPlate.of(
        SimulationSpec.demo(11).withKey(new PlateKey(name.toUpperCase(Locale.ROOT), "run/1")).withFormat(PlateFormat.WELLS_96).withSites(1));
    this.admin = Admin.create(broker.client());
    LaneTopics.create(admin, topics, new LaneTopics.Plan(PARTITIONS, (short) 1, Duration.ofDays(1)));
    this.results = new LaneResults(topics, broker.client());
    this.published = publish();
  }

  LaneResults results() {
    return results;
  }

  Path folder() {
    return folder;
  }

  // ---- the plate ----

  /** Lets the publisher go on until this many planes are out, if they are not yet; it starts at none. */
  void publishUpTo(int planes) {
    int more = Math.min(planes, PLANES) - allowedSoFar;
    if (more > 0) {
      allowed.release(more);
      allowedSoFar += more;
    }
  }

  void publishAll() {
    publishUpTo(PLANES);
  }

  private CompletableFuture<Void> publish() throws IOException {
    AlteredPlate altered = new AlteredPlate(plate);
    PlaneFormat format = plate.spec().image();
    switch (poison) {
      case CORRUPT -> {
        PlaneId id = plane(POISON, 1, SimulationSpec.CHANNELS.getLast());
        ByteBuffer whole = plate.read(id).payload();
        altered.replacing(id, format, whole.slice(0, whole.remaining() / 2));
      }
      case REFUSED -> {
        PlaneFormat raw = new PlaneFormat(format.width(), format.height(), format.pixelType(), Encoding.RAW);
        byte[] pixels = new byte[raw.width() * raw.height() * (raw.pixelType() == PixelType.UINT16 ? 2 : 1)];
        Arrays.fill(pixels, FaultyProcessor.REFUSED_PIXEL);
        for (String channel : SimulationSpec.CHANNELS) {
          altered.replacing(plane(POISON, 1, channel), raw, ByteBuffer.wrap(pixels));
        }
      }
    }
    return CompletableFuture.runAsync(() -> {
      try (ImageByImage publisher = new ImageByImage(topics, broker.client())) {
        allowed.acquire();
        publisher.publish(altered, plate.map(), done -> {
          if (done < PLANES) {
            allowed.acquireUninterruptibly();
          }
        });
      } catch (IOException | ExecutionException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }, task -> Thread.ofPlatform().daemon().start(task));
  }

  /** Another image for the place of one that is long scored: the well's second revision. */
  private void publishLateImage() throws ExecutionException, InterruptedException, IOException {
    String channel = SimulationSpec.CHANNELS.getFirst();
    ArchivePlane other = plate.read(plane("A01", 1, channel));
    ImageEvent event = ImageEvent.newBuilder()
        .setPlate(plate.key().plate()).setAcquisition(plate.key().acquisition())
        .setWell(LATE).setSite(1).setChannel(channel)
        .setWidth(other.format().width()).setHeight(other.format().height())
        .setPixelType(other.format().pixelType()).setEncoding(other.format().encoding())
        .setBytes(other.payload())
        .build();
    String key = WellKey.of(plate.key().plate(), plate.key().acquisition(), LATE, 0).toString();
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(broker.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topics.imageEvents(), key.getBytes(UTF_8), IMAGES.encode(event))).get();
    }
  }

  // ---- processors ----

  /** {@code dcmix run} with its own state, told by a file what others are told by options. */
  ChildProcess run(String instance) throws IOException {
    Path config = Files.writeString(folder.resolve(instance + ".yaml"), """
        bootstrap-servers: %s
        model: %s
        lane: %s
        state-dir: %s
        port: 0
        well-deadline: 5m
        transaction-timeout: %ds
        abort-sweep: %dms
        session-timeout: %ds
        group-protocol: %s
        """.formatted(broker.bootstrapServers(), model(), topics.lane(), state(instance), BrokerProcess.TRANSACTION.toSeconds(),
        BrokerProcess.SWEEP.toMillis(), BrokerProcess.SESSION.toSeconds(), protocol.name().toLowerCase(Locale.ROOT)));
    return ChildProcess.dcmix(folder, "run", "--config", config.toString());
  }

  /** A {@link FaultyProcessor} with its own state and switches. */
  ChildProcess runFaulty(String instance, int poolSites) throws IOException {
    return ChildProcess.java(folder, FaultyProcessor.class.getName(), broker.bootstrapServers(), topics.lane(), protocol.name(),
        state(instance).toString(), model().toString(), switches(instance).toString(), Integer.toString(poolSites));
  }

  Path state(String instance) {
    return folder.resolve("state-" + instance);
  }

  /** Where the switches of a faulty instance are. */
  Path switches(String instance) throws IOException {
    return Files.createDirectories(folder.resolve("switches-" + instance));
  }

  private Path model() throws IOException {
    Path model = folder.resolve("model.onnx");
    if (!Files.exists(model)) {
      try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
        Files.write(model, in.readAllBytes());
      }
    }
    return model;
  }

  // ---- what is seen from outside ----

  /** Waits for a condition on the results, which are read meanwhile. */
  void until(String what, ChildProcess process, BooleanSupplier condition) {
    try {
      process.until(what, PATIENCE, () -> {
        results.poll();
        return condition.getAsBoolean();
      });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\nSeen of the results: " + results, e);
    }
  }

  void untilEnded(int wells, ChildProcess process) {
    until(wells + " wells", process, () -> results.ended() >= wells);
  }

  /** Waits until this many instances have work assigned. */
  void untilSharedBy(int instances, ChildProcess process) {
    until(instances + " instances with tasks", process, () -> instancesWithTasks() == instances);
  }

  private long instancesWithTasks() {
    String group = topics.applicationId();
    try {
      if (protocol == GroupProtocol.STREAMS) {
        return admin.describeStreamsGroups(List.of(group)).describedGroups().get(group).get().members().stream()
            .filter(member -> !member.assignment().activeTasks().isEmpty()).count();
      }
      return admin.describeClassicGroups(List.of(group)).describedGroups().get(group).get().members().stream()
          .filter(member -> !member.assignment().topicPartitions().isEmpty()).count();
    } catch (ExecutionException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until this many images were taken in and their offsets committed. */
  void untilTakenIn(int images, ChildProcess process) {
    until(images + " images taken in", process, () -> {
      try {
        return admin.listConsumerGroupOffsets(topics.applicationId()).partitionsToOffsetAndMetadata().get().entrySet().stream()
            .filter(entry -> entry.getKey().topic().equals(topics.imageEvents()))
            .mapToLong(entry -> entry.getValue().offset()).sum() >= images;
      } catch (ExecutionException e) {
        return false;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  // ---- what must be true ----

  /** The rest of the plate comes out, then a revision; every well ends once per revision. Ends the instances, the first one last. */
  void shouldEndExactlyOnce(ChildProcess survivor, ChildProcess... others) throws Exception {
    untilEnded(WELLS, survivor);
    until("importance over all wells", survivor, results::importanceAgrees);
    published.join();
    long before = results.importance.get("plate").getWells();
    publishLateImage();
    until("second revision in the importance", survivor,
        () -> results.latest.get(LATE).getRevision() == 2 && results.importanceAgrees());
    until("final calls of the newest results", survivor, () -> results.callsAgree(negativeControls()));
    for (ChildProcess other : others) {
      assertThat(other.stop()).as("a clean stop by SIGTERM").isIn(0, 143);
    }
    assertThat(survivor.stop()).as("a clean stop by SIGTERM").isIn(0, 143);
    results.readToTheEnd(PATIENCE);

    assertThat(results.predictions).extracting(WellPrediction::getWell, WellPrediction::getRevision)
        .containsExactlyInAnyOrderElementsOf(expected());
    assertThat(results.failures).extracting(WellFailure::getWell, WellFailure::getSite, WellFailure::getReason, WellFailure::getRevision)
        .containsExactlyInAnyOrder(tuple(POISON, 1, poison.reason, 1), tuple(POISON, null, FailureReason.NO_SITES, 1));
    assertThat(results.deadLetters).isZero();
    assertThat(results.callsAgree(negativeControls())).as("calls after everything was read").isTrue();
    assertThat(results.quality.getStatus()).isEqualTo(PlateStatus.COMPLETE);
    assertThat(results.quality.getWellsSeen()).isEqualTo(WELLS);
    assertThat(results.quality.getWellsFailed()).isEqualTo(1);
    assertThat(results.alerts).allSatisfy((id, states) -> {
      for (int i = 0; i < states.size(); i++) {
        assertThat(states.get(i)).as("raised once before it is resolved once").isEqualTo(i % 2 == 0 ? AlertState.RAISED : AlertState.RESOLVED);
      }
    });
    for (String scope : List.of("plate", "all")) {
      assertThat(results.importance.get(scope).getWells()).as("unchanged by the revision").isEqualTo(before).isEqualTo(WELLS - 1);
      assertThat(results.importance.get(scope).getChannels()).hasSize(PLANES_PER_WELL)
          .allSatisfy(c -> assertThat(c.getImportance().getCount()).isEqualTo(WELLS - 1));
    }
  }

  private Set<String> negativeControls() {
    return plate.map().wells().entrySet().stream().filter(well -> well.getValue().role() == WellRole.NEGATIVE_CONTROL)
        .map(well -> well.getKey().toString()).collect(Collectors.toSet());
  }

  private static List<Tuple> expected() {
    List<Tuple> expected = new ArrayList<>();
    PlateFormat.WELLS_96.wells().stream().map(Object::toString).filter(well -> !well.equals(POISON)).forEach(well -> expected.add(tuple(well, 1)));
    expected.add(tuple(LATE, 2));
    return expected;
  }

  @Override
  public void close() {
    results.close();
    admin.close(Duration.ofSeconds(5));
  }
}
