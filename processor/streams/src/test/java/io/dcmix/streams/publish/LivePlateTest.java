package io.dcmix.streams.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.images.PlaneEncoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.event.PublishProgress;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A plate that grows, and publishers that come and go. */
class LivePlateTest {
  private static final PlateKey KEY = new PlateKey("P", "run");
  private static final Topics TOPICS = new Topics("live");
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** Two wells of two sites and one channel; the index promises all from the beginning. */
  private final Growing archive = new Growing("A01/1", "A01/2", "A02/1", "A02/2");

  private MockProducer<byte[], byte[]> kafka = kafka();
  private LivePlate plate = plate(new PlateProgress(null, Map.of()));
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");

  @BeforeEach
  void begin() {
    kafka = kafka();
    plate = plate(new PlateProgress(null, Map.of()));
  }

  @Test
  void thePlateIsAnnouncedAsPromisedBeforeItsFirstImageAndFinishedAfterItsLast() throws Exception {
    assertThat(round(0).left()).isEqualTo(4);
    assertThat(announced()).singleElement().satisfies(a -> {
      assertThat(a.getStatus()).isEqualTo(AcquisitionStatus.STARTED);
      assertThat(a.getWells()).containsExactly("A01", "A02");
      assertThat(a.getSites()).containsExactly(1, 2);
      assertThat(a.getAbsent()).as("awaited is not absent").isEmpty();
    });
    archive.comes("A01/1", "A01/2", "A02/1");
    LivePlate.Round round = round(1);
    assertThat(round.images()).isEqualTo(3);
    assertThat(plate.wells()).isEqualTo(2);
    assertThat(round.left()).isEqualTo(1);
    assertThat(kafka.commitCount()).as("the announcement, and what is new of both wells").isEqualTo(2);
    assertThat(round(2).news()).isFalse();
    archive.comes("A02/2");
    assertThat(round(3).left()).isZero();
    assertThat(images()).containsExactly("A01/1", "A01/2", "A02/1", "A02/2");
    assertThat(plate.end(archive, AcquisitionStatus.FINISHED)).isEmpty();
    assertThat(announced()).extracting(Acquisition::getStatus).containsExactly(AcquisitionStatus.STARTED, AcquisitionStatus.FINISHED);
  }

  @Test
  void theRecordOfAWellHoldsAllThatWasPublishedOfItSoFar() throws Exception {
    archive.comes("A01/2");
    round(0);
    archive.comes("A01/1");
    round(1);
    assertThat(progress()).hasSize(2).last().satisfies(record -> {
      assertThat(record.getPlanes()).isEqualTo(2);
      assertThat(record.getPublished()).hasSize(2).first().asString().startsWith("1/DNA/0/");
      // The same as that of a well that is published at once.
      WellContent whole = new WellContent();
      for (String plane : List.of("A01/1", "A01/2")) {
        whole.add(id(plane), ImageEvents.of(KEY, archive.read(id(plane)), null).getSha256());
      }
      assertThat(record.getContentSha256()).isEqualTo(whole.sha256());
    });
  }

  @Test
  void whoeverGoesOnPublishesWhatIsLeftAndNothingTwice() throws Exception {
    archive.comes("A01/1", "A02/2");
    round(0);
    restart();
    archive.comes("A01/2");
    LivePlate.Round round = round(1);
    assertThat(round.images()).isEqualTo(1);
    assertThat(round.warnings()).isEmpty();
    assertThat(images()).containsExactly("A01/2");
    assertThat(announced()).as("as it was before").isEmpty();
    assertThat(plate.planes()).isEqualTo(3);
  }

  @Test
  void aCommitThatFailsIsNotTakenForPublished() throws Exception {
    round(0);
    List<PublishProgress> before = progress();
    archive.comes("A01/1");
    kafka.commitTransactionException = new TimeoutException("no answer");
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> round(1)).isInstanceOf(IOException.class);
    assertThat(before).isEmpty();
    restart();
    assertThat(round(2).images()).isEqualTo(1);
    assertThat(images()).containsExactly("A01/1");
  }

  @Test
  void aPlaneThatChangedSinceItWasPublishedIsSaidAndNotPublishedAgain() throws Exception {
    archive.comes("A01/1", "A01/2");
    round(0);
    restart();
    archive.pixels.put(id("A01/2"), (byte) 99);
    LivePlate.Round round = round(1);
    assertThat(round.images()).isZero();
    assertThat(round.warnings()).singleElement().asString().contains("A01: other images than the 2 published");
    assertThat(round(2).warnings()).as("once").isEmpty();
  }

  @Test
  void theAnnouncementFollowsWhatBecomesKnownAtMostEveryTwoSeconds() throws Exception {
    round(0);
    archive.promise("A03/1");
    assertThat(round(1).news()).isFalse();
    assertThat(round(2).news()).isTrue();
    assertThat(announced()).hasSize(2).last().satisfies(a -> assertThat(a.getWells()).containsExactly("A01", "A02", "A03"));
    assertThat(round(9).news()).as("only when it changes").isFalse();
  }

  @Test
  void whatIsKnownToBeAbsentIsNotAwaited() throws Exception {
    archive.kinds.put(id("A02/2"), Absence.FOCUS_FAILURE);
    archive.comes("A01/1", "A01/2", "A02/1");
    assertThat(round(0).left()).isZero();
    assertThat(announced().getFirst().getAbsent()).singleElement().satisfies(a -> assertThat(a.getKind()).isEqualTo(Absence.FOCUS_FAILURE));
  }

  @Test
  void whatNeverCameIsAbsentAtTheEndWithItsReason() throws Exception {
    archive.comes("A01/1", "A01/2", "A02/1");
    archive.unreadable.add(id("A01/2"));
    LivePlate.Round round = round(0);
    assertThat(round.left()).isEqualTo(2);
    assertThat(round.warnings()).singleElement().asString().contains("A01 site 2").contains("the disk is broken");
    assertThat(round(1).warnings()).isEmpty();
    assertThat(plate.end(archive, AcquisitionStatus.ABORTED)).extracting(AbsentPlane::id, AbsentPlane::reason).containsExactly(
        org.assertj.core.api.Assertions.tuple(id("A01/2"), "the disk is broken"), org.assertj.core.api.Assertions.tuple(id("A02/2"), "file A02/2 is missing"));
    assertThat(announced().getLast().getStatus()).isEqualTo(AcquisitionStatus.ABORTED);
    restart();
    archive.there.remove(id("A01/2"));
    assertThat(round(2).images()).isZero();
    assertThat(announced()).as("given up before, and nothing has come").isEmpty();
    archive.comes("A02/2");
    assertThat(round(3).images()).isEqualTo(1);
    assertThat(announced()).extracting(Acquisition::getStatus).containsExactly(AcquisitionStatus.STARTED);
  }

  @Test
  void aPlaneThatCouldNotBeReadIsTriedAgainLater() throws Exception {
    archive.comes("A01/1");
    archive.unreadable.add(id("A01/1"));
    round(0);
    archive.unreadable.clear();
    assertThat(round(1).images()).as("not at every look").isZero();
    assertThat(round(6).images()).isEqualTo(1);
  }

  @Test
  void anIndexThatGivesChannelsOtherNamesStopsThePlateInsteadOfPublishingItTwice() throws Exception {
    archive.comes("A01/1");
    round(0);
    archive.channel = "w1";
    LivePlate.Round round = round(1);
    assertThat(round.conflict()).contains("channels [DNA] were published, and now there are [w1]").contains("--acquisition");
    assertThat(images()).containsExactly("A01/1");
  }

  @Test
  void aPlateThatWasFinishedBeforeIsLeftAlone() throws Exception {
    archive.comes("A01/1", "A01/2", "A02/1", "A02/2");
    round(0);
    plate.end(archive, AcquisitionStatus.FINISHED);
    restart();
    now = now.plusSeconds(100);
    assertThat(plate.isFinished()).isTrue();
    assertThat(round(1).news()).isFalse();
    plate.end(archive, AcquisitionStatus.FINISHED);
    assertThat(kafka.history()).isEmpty();
  }

  // ---- the archive ----

  private static PlaneId id(String plane) {
    return new PlaneId(WellAddress.parse(plane.substring(0, 3)), Integer.parseInt(plane.substring(4)), "DNA", 0, 0);
  }

  private static final class Growing implements PlateArchive {
    private final Set<PlaneId> promised = new LinkedHashSet<>();
    private final Set<PlaneId> there = new LinkedHashSet<>();
    private final Set<PlaneId> unreadable = new LinkedHashSet<>();
    private final Map<PlaneId, Absence> kinds = new HashMap<>();
    private final Map<PlaneId, Byte> pixels = new HashMap<>();
    private String channel = "DNA";

    Growing(String... planes) {
      promise(planes);
    }

    void promise(String... planes) {
      for (String plane : planes) {
        promised.add(id(plane));
      }
    }

    void comes(String... planes) {
      for (String plane : planes) {
        there.add(id(plane));
      }
    }

    @Override
    public PlateKey key() {
      return KEY;
    }

    @Override
    public PlateFormat format() {
      return PlateFormat.WELLS_96;
    }

    @Override
    public String instrument() {
      return "microscope";
    }

    @Override
    public List<String> channels() {
      return List.of(channel);
    }

    @Override
    public List<PlaneId> planes() {
      return promised.stream().filter(there::contains).map(this::named).toList();
    }

    @Override
    public List<AbsentPlane> absent() {
      return promised.stream().filter(id -> !there.contains(id)).map(this::named)
          .map(id -> new AbsentPlane(id, "file " + id.well() + "/" + id.site() + " is missing", kinds.getOrDefault(id, Absence.MISSING))).toList();
    }

    private PlaneId named(PlaneId id) {
      return new PlaneId(id.well(), id.site(), channel, id.timepoint(), id.z());
    }

    @Override
    public ArchivePlane read(PlaneId id) throws IOException {
      if (unreadable.contains(id)) {
        throw new IOException("the disk is broken");
      }
      PlaneFormat format = new PlaneFormat(1, 1, PixelType.UINT8, Encoding.PNG);
      byte value = pixels.getOrDefault(id, (byte) (id.well().column() * 10 + id.site()));
      return new ArchivePlane(id, format, PlaneEncoder.encode(format, ByteBuffer.wrap(new byte[] {value}), 6), null, id.toString());
    }
  }

  // ---- Kafka ----

  private static MockProducer<byte[], byte[]> kafka() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private LivePlate plate(PlateProgress before) {
    PlateProducer producer = new PlateProducer(KEY, "live", Duration.ofMinutes(1), kafka);
    kafka.initTransactions();
    return new LivePlate(KEY, TOPICS, producer, before, null, (InstantSource) () -> now, Duration.ofMinutes(1), null, () -> {});
  }

  /** As if the process had been killed: what is committed is all that is known. */
  private void restart() {
    Map<WellKey, PublishProgress> wells = new HashMap<>();
    progress().forEach(record -> wells.put(new WellKey(KEY, WellAddress.parse(record.getWell()), record.getTimepoint()), record));
    List<Acquisition> announced = announced();
    kafka = kafka();
    plate = plate(new PlateProgress(announced.isEmpty() ? null : announced.getLast(), wells));
  }

  private LivePlate.Round round(int second) throws Exception {
    return plate.publish(archive, null, second * SECOND);
  }

  private List<String> images() {
    AvroCodec<ImageEvent> codec = AvroCodec.of(ImageEvent.class);
    List<String> images = new ArrayList<>();
    kafka.history().stream().filter(r -> r.topic().equals(TOPICS.imageEvents())).forEach(r -> {
      ImageEvent event = codec.decode(r.value());
      assertThat(new String(r.key(), UTF_8)).isEqualTo("P/run/%s/0".formatted(event.getWell()));
      images.add(event.getWell() + "/" + event.getSite());
    });
    return images;
  }

  private List<Acquisition> announced() {
    AvroCodec<Acquisition> codec = AvroCodec.of(Acquisition.class);
    return kafka.history().stream().filter(r -> r.topic().equals(TOPICS.acquisitions())).map(r -> codec.decode(r.value())).toList();
  }

  private List<PublishProgress> progress() {
    AvroCodec<PublishProgress> codec = AvroCodec.of(PublishProgress.class);
    return kafka.history().stream().filter(r -> r.topic().equals(TOPICS.publishProgress())).map(r -> codec.decode(r.value())).toList();
  }
}
