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
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.event.WellRole;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.groups.Tuple;

/**
 * A plate of 96 wells that is published as far as the test allows, and what must be true of it in the end whatever happened: every
 * well once, none missing, before and after a revision.
 *
 * <p>One of the wells is poison: it must become a failure, and only it.
 */
final class FaultPlate {
  static final int WELLS = 96;
  static final int PLANES_PER_WELL = SimulationSpec.CHANNELS.size();
  static final int PLANES = WELLS * PLANES_PER_WELL;
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

  private final Topics topics;
  private final Map<String, Object> client;
  private final Poison poison;
  private final SimulatedPlate plate;
  private final Semaphore allowed = new Semaphore(0);
  private final CompletableFuture<Void> published;
  private int allowedSoFar;

  /** Its publisher stands ready. */
  FaultPlate(Topics topics, Map<String, Object> client, String barcode, Poison poison) throws IOException {
    this.topics = topics;
    this.client = client;
    this.poison = poison;
    this.plate = SimulatedPlate.of(
        SimulationSpec.demo(11).withKey(new PlateKey(barcode, "run/1")).withFormat(PlateFormat.WELLS_96).withSites(1));
    this.published = publish();
  }

  String barcode() {
    return plate.key().plate();
  }

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

  /** Waits until all of it is published, as it has been allowed to be. */
  void awaitPublished() {
    published.join();
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
      try (ImageByImage publisher = new ImageByImage(topics, client)) {
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
  void publishLateImage() throws ExecutionException, InterruptedException, IOException {
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
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topics.imageEvents(), key.getBytes(UTF_8), IMAGES.encode(event))).get();
    }
  }

  /** Whether the result of the late image is there. */
  boolean isRevised(PlateResults results) {
    return results.latest.get(LATE).getRevision() == 2;
  }

  /** Whether the calls are the final ones of the newest results. */
  boolean callsAgree(PlateResults results) {
    return results.callsAgree(negativeControls());
  }

  /** After the late image, when everything was read. */
  void shouldHaveEndedExactlyOnce(PlateResults results) {
    assertThat(results.predictions).as(barcode()).extracting(WellPrediction::getWell, WellPrediction::getRevision)
        .containsExactlyInAnyOrderElementsOf(expected());
    assertThat(results.failures).as(barcode())
        .extracting(WellFailure::getWell, WellFailure::getSite, WellFailure::getReason, WellFailure::getRevision)
        .containsExactlyInAnyOrder(tuple(POISON, 1, poison.reason, 1), tuple(POISON, null, FailureReason.NO_SITES, 1));
    assertThat(callsAgree(results)).as("calls of %s after everything was read", barcode()).isTrue();
    assertThat(results.quality.getStatus()).isEqualTo(PlateStatus.COMPLETE);
    assertThat(results.quality.getWellsSeen()).isEqualTo(WELLS);
    assertThat(results.quality.getWellsFailed()).isEqualTo(1);
    assertThat(results.importance.getWells()).isEqualTo(WELLS - 1);
    assertThat(results.importance.getChannels()).hasSize(PLANES_PER_WELL)
        .allSatisfy(c -> assertThat(c.getImportance().getCount()).isEqualTo(WELLS - 1));
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
}
