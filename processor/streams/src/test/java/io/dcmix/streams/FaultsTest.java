package io.dcmix.streams;

import static io.dcmix.streams.TestLane.acquisition;
import static io.dcmix.streams.TestLane.image;
import static io.dcmix.streams.TestLane.sha;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.AbsentPlane;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The faults of real screening data that image events can carry, by their numbers in docs/faults.md, with the exact results.
 * The score of a site here is the highest value of its DNA image minus 10.
 */
class FaultsTest {
  private TestLane lane = new TestLane();

  @AfterEach
  void close() {
    lane.close();
  }

  @Test
  @DisplayName("1: the index names a file that is not there; then it turns up")
  void indexedFileAbsent() {
    lane.announce(List.of("B02"), 2, absent("B02", 2, "GFP", 0, 0, "r02c02f02-ch2.tiff is not there", Absence.MISSING));
    lane.publishSite("B02", 1, 14);
    lane.publish(image("B02", 2, "DNA", 12));
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, 4.0, WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    assertFailure(only(lane.failures()), "B02", 1, 2, "GFP", FailureReason.MISSING_PLANE,
        "Site 2: channel GFP was announced as absent: MISSING, r02c02f02-ch2.tiff is not there");

    lane.publish(image("B02", 2, "GFP", 7));
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 2, (4.0 + 2.0) / 2);
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  @DisplayName("1: the instrument says that it did not record a plane")
  void planeNotRecorded() {
    lane.announce(List.of("B02"), 2, absent("B02", 2, "DNA", 0, 0, "", Absence.NOT_RECORDED));
    lane.publishSite("B02", 1, 14);
    lane.publish(image("B02", 2, "GFP", 7));
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, 4.0, WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    assertFailure(only(lane.failures()), "B02", 1, 2, "DNA", FailureReason.MISSING_PLANE,
        "Site 2: channel DNA was announced as absent: NOT_RECORDED");
  }

  @Test
  @DisplayName("2: a well is missing")
  void wellMissing() {
    lane.announce(List.of("B02", "B03", "B04"), 1);
    lane.publishSite("B02", 1, 14);
    lane.publishSite("B04", 1, 5);
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    assertThat(lane.predictions()).extracting(WellPrediction::getWell, WellPrediction::getHitLogit, WellPrediction::getFlags)
        .containsExactly(tuple("B02", 4.0, List.of()), tuple("B04", -5.0, List.of()));
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  @DisplayName("3: a field is missing")
  void fieldMissing() {
    lane.announce(List.of("B02"), 3);
    lane.publishSite("B02", 1, 14);
    lane.publishSite("B02", 3, 18);
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    WellPrediction p = only(lane.predictions());
    assertPrediction(p, "B02", 1, (4.0 + 8.0) / 2, WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    assertThat(p.getPlaneSha256()).containsExactly(sha(14), sha(7), sha(18), sha(7));
    assertThat(p.getSitesExpected()).isEqualTo(3);
    assertFailure(only(lane.failures()), "B02", 1, 2, "DNA", FailureReason.MISSING_PLANE,
        "Site 2: no image of channels DNA, GFP came within PT10M after the well's last image");
  }

  @Test
  @DisplayName("4: an image is truncated, another is empty")
  void imageTruncatedOrEmpty() {
    lane.announce(List.of("B02"), 3);
    lane.publish(image("B02", 1, "DNA", 14).setBytes(ByteBuffer.wrap(new byte[] {14, 14, 14})));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.publish(image("B02", 2, "DNA", 14));
    lane.publish(image("B02", 2, "GFP", 7).setBytes(ByteBuffer.allocate(0)));
    lane.publishSite("B02", 3, 12);
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, 2.0, WellFlag.SITE_FAILED);
    List<WellFailure> failures = lane.failures();
    assertThat(failures).extracting(WellFailure::getSite, WellFailure::getChannel, WellFailure::getReason)
        .containsExactly(tuple(1, "DNA", FailureReason.CORRUPT_PLANE), tuple(2, "GFP", FailureReason.CORRUPT_PLANE));
    assertThat(failures.get(0).getMessage()).contains("3 bytes").contains("needs 4");
    assertThat(failures.get(1).getMessage()).contains("0 bytes");
  }

  @Test
  @DisplayName("5: a 32-bit TIFF in a plate of another type")
  void floatTiffInAnIntegerPlate() {
    lane.announce(List.of("B02"), 2);
    lane.publish(image("B02", 1, "DNA", 14).setEncoding(Encoding.TIFF).setBytes(ByteBuffer.wrap(tiffOf32BitFloats())));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.publishSite("B02", 2, 12);
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, 2.0, WellFlag.SITE_FAILED);
    WellFailure failure = only(lane.failures());
    assertThat(failure.getReason()).isEqualTo(FailureReason.CORRUPT_PLANE);
    assertThat(failure.getMessage()).contains("channel DNA").contains("32");
  }

  @Test
  @DisplayName("6: an image has the wrong size")
  void imageOfTheWrongSize() {
    lane.announce(List.of("B02"), 2);
    lane.publish(image("B02", 1, "DNA", 14).setWidth(1).setHeight(4));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.publishSite("B02", 2, 12);
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, 2.0, WellFlag.SITE_FAILED);
    assertFailure(only(lane.failures()), "B02", 1, 1, "DNA", FailureReason.WRONG_SIZE,
        "Site 1: channel DNA: the image has 1 × 4 pixels, the model takes 2 × 2");
  }

  @Test
  @DisplayName("7: the autofocus failed")
  void autofocusFailed() {
    lane.announce(List.of("B02", "B03"), 2,
        absent("B02", 2, "DNA", 0, 0, "AF Error at B02 No. 0", Absence.FOCUS_FAILURE),
        absent("B02", 2, "GFP", 0, 0, "AF Error at B02 No. 0", Absence.FOCUS_FAILURE));
    lane.publishSite("B02", 1, 14);
    lane.publishSite("B03", 1, 14);
    lane.publishSite("B03", 2, 14);
    lane.moment();
    List<WellPrediction> predictions = lane.predictions();
    assertPrediction(predictions.get(0), "B02", 1, 4.0, WellFlag.INCOMPLETE, WellFlag.SITE_FAILED, WellFlag.FOCUS_FAILURE);
    assertPrediction(predictions.get(1), "B03", 1, 4.0);
    assertFailure(only(lane.failures()), "B02", 1, 2, "DNA", FailureReason.MISSING_PLANE,
        "Site 2: channel DNA was announced as absent: FOCUS_FAILURE, AF Error at B02 No. 0");
  }

  @Test
  @DisplayName("8: fields per well vary, and there is a least number of them")
  void fieldsPerWellVary() {
    lane.close();
    lane = new TestLane(TestLane.SCREENING.withMinSites(2));
    lane.announce(acquisition(List.of("B02", "B03", "B04", "B05"), List.of(1, 2, 3))
        .setWellSites(Map.of("B02", List.of(1, 4), "B03", List.of(4))));
    lane.publishSite("B02", 1, 14);
    lane.publishSite("B02", 4, 12);
    lane.publishSite("B03", 4, 14);
    lane.publishSite("B04", 1, 14);
    lane.publishSite("B04", 3, 16);
    lane.publishSite("B05", 2, 14);
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, (4.0 + 2.0) / 2);
    assertFailure(only(lane.failures()), "B03", 1, null, null, FailureReason.TOO_FEW_SITES,
        "Well B03 has 1 scored sites (4) and needs 2; without a score: none");

    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    assertPrediction(only(lane.predictions()), "B04", 1, (4.0 + 6.0) / 2, WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    List<WellFailure> failures = lane.failures();
    assertThat(failures).extracting(WellFailure::getWell, WellFailure::getSite, WellFailure::getReason)
        .containsExactlyInAnyOrder(
            tuple("B04", 2, FailureReason.MISSING_PLANE), tuple("B05", 1, FailureReason.MISSING_PLANE),
            tuple("B05", 3, FailureReason.MISSING_PLANE), tuple("B05", null, FailureReason.TOO_FEW_SITES));
    assertThat(failures).filteredOn(f -> f.getReason() == FailureReason.TOO_FEW_SITES).singleElement()
        .extracting(WellFailure::getMessage).isEqualTo("Well B05 has 1 scored sites (2) and needs 2; without a score: 1, 3");

    lane.publishSite("B05", 1, 12);
    lane.pass(Duration.ofSeconds(1));
    assertPrediction(only(lane.predictions()), "B05", 2, (2.0 + 4.0) / 2, WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
  }

  @Test
  @DisplayName("9: a whole site is not part of the protocol")
  void siteNotAcquired() {
    lane.announce(List.of("B02"), 2,
        absent("B02", 2, "DNA", 0, 0, "", Absence.NOT_ACQUIRED), absent("B02", 2, "GFP", 0, 0, "", Absence.NOT_ACQUIRED));
    lane.publishSite("B02", 1, 14);
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertPrediction(p, "B02", 1, 4.0);
    assertThat(p.getSitesExpected()).isEqualTo(1);
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  @DisplayName("9: a channel is not acquired at a site")
  void channelNotAcquired() {
    lane.announce(List.of("B02"), 2, absent("B02", 2, "GFP", 0, 0, "", Absence.NOT_ACQUIRED));
    lane.publishSite("B02", 1, 14);
    lane.publish(image("B02", 2, "DNA", 14));
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, 4.0, WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    assertFailure(only(lane.failures()), "B02", 1, 2, "GFP", FailureReason.MISSING_PLANE,
        "Site 2: channel GFP is NOT_ACQUIRED here, and the model needs it");
  }

  @Test
  @DisplayName("9: timepoints have different sites, and each its own result")
  void timepointsDiffer() {
    lane.announce(acquisition(List.of("B02"), List.of(1, 2)).setTimepoints(2).setAbsent(List.of(
        absent("B02", 2, "DNA", 1, 0, "", Absence.NOT_ACQUIRED), absent("B02", 2, "GFP", 1, 0, "", Absence.NOT_ACQUIRED),
        absent("B02", 1, "GFP", 0, 0, "lost", Absence.MISSING))));
    for (int t : List.of(1, 0)) {
      lane.publish(image("B02", 1, "DNA", 12 + t).setTimepoint(t));
    }
    lane.publish(image("B02", 1, "GFP", 7).setTimepoint(1));
    lane.publish(image("B02", 2, "DNA", 16));
    lane.publish(image("B02", 2, "GFP", 7));
    lane.moment();
    List<WellPrediction> predictions = lane.predictions();
    assertThat(predictions).extracting(WellPrediction::getTimepoint, WellPrediction::getHitLogit, WellPrediction::getSitesExpected)
        .containsExactly(tuple(1, 3.0, 1), tuple(0, 6.0, 2));
    assertThat(predictions.get(0).getFlags()).isEmpty();
    assertThat(predictions.get(1).getFlags()).containsExactly(WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    assertThat(only(lane.failures()).getTimepoint()).isZero();
  }

  @Test
  @DisplayName("10: the plate ends before all wells are imaged")
  void partialPlate() {
    lane.announce(List.of("B02", "B03", "B04"), 2);
    lane.publishSite("B02", 1, 14);
    lane.publishSite("B02", 2, 14);
    lane.publishSite("B03", 1, 12);
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    List<WellPrediction> predictions = lane.predictions();
    assertThat(predictions).hasSize(2);
    assertPrediction(predictions.get(0), "B02", 1, 4.0);
    assertPrediction(predictions.get(1), "B03", 1, 2.0, WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    assertThat(only(lane.failures()).getSite()).isEqualTo(2);
  }

  @Test
  @DisplayName("11: a plate is imaged again")
  void plateImagedAgain() {
    lane.announce(List.of("B02"), 2);
    lane.announce(acquisition(List.of("B02"), List.of(1, 2)).setAcquisition("2"));
    for (int site : List.of(1, 2)) {
      lane.publish(image("B02", site, "DNA", 14));
      lane.publish(image("B02", site, "DNA", 18).setAcquisition("2"));
      lane.publish(image("B02", site, "GFP", 7).setAcquisition("2"));
    }
    lane.moment();
    WellPrediction second = only(lane.predictions());
    assertThat(second.getAcquisition()).isEqualTo("2");
    assertPrediction(second, "B02", 1, 8.0);

    lane.publish(image("B02", 1, "GFP", 7));
    lane.publish(image("B02", 2, "GFP", 7));
    lane.moment();
    WellPrediction first = only(lane.predictions());
    assertThat(first.getAcquisition()).isEqualTo("1");
    assertPrediction(first, "B02", 1, 4.0);
  }

  @Test
  @DisplayName("12: the same bytes come again")
  void duplicateEvents() {
    lane.announce(List.of("B02"), 2);
    for (int time = 0; time < 3; time++) {
      lane.publishSite("B02", 1, 14);
      lane.publishSite("B02", 2, 12);
      lane.moment();
    }
    assertPrediction(only(lane.predictions()), "B02", 1, 3.0);
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  @DisplayName("13: same coordinates, another hash; every order is in WellOrderTest")
  void conflictingImages() {
    lane.announce(List.of("B02"), 1);
    int low = sha(12).compareTo(sha(14)) < 0 ? 12 : 14;
    int high = low == 12 ? 14 : 12;
    lane.publishSite("B02", 1, high);
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, high - 10.0);
    lane.publish(image("B02", 1, "DNA", low));
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 2, low - 10.0, WellFlag.CONFLICT);
    lane.publish(image("B02", 1, "DNA", high));
    lane.moment();
    assertThat(lane.predictions()).as("it lost already").isEmpty();
  }

  @Test
  @DisplayName("14: an image comes after the prediction")
  void imageAfterThePrediction() {
    lane.announce(List.of("B02"), 2);
    lane.publishSite("B02", 1, 14);
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    assertPrediction(only(lane.predictions()), "B02", 1, 4.0, WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    lane.publishSite("B02", 2, 12);
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 2, (4.0 + 2.0) / 2);
  }

  @Test
  @DisplayName("15: nobody knows the barcode")
  void unknownBarcode() {
    lane.announce(acquisition(List.of("B02"), List.of(1)).setPlate("BR0O117035"));
    lane.publish(image("B02", 1, "DNA", 14).setPlate("BR0O117035"));
    lane.publish(image("B02", 1, "GFP", 7).setPlate("BR0O117035"));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getPlate()).as("as it came, like no other").isEqualTo("BR0O117035");
    assertPrediction(p, "B02", 1, 4.0);
  }

  @Test
  @DisplayName("16: the barcode could not be read")
  void provisionalPlateId() {
    String provisional = "260105_081500/unread #1";
    lane.publish(image("B02", 1, "DNA", 14).setPlate(provisional));
    lane.publish(image("B02", 1, "GFP", 7).setPlate(provisional));
    lane.announce(acquisition(List.of("B02"), List.of(1)).setPlate(provisional));
    lane.pass(Duration.ofSeconds(2));
    WellPrediction p = only(lane.predictions());
    assertThat(p.getPlate()).isEqualTo(provisional);
    assertPrediction(p, "B02", 1, 4.0);
  }

  @Test
  @DisplayName("19: channels come in another order at each site")
  void channelOrderDiffers() {
    lane.announce(acquisition(List.of("B02"), List.of(1, 2)).setChannels(List.of("GFP", "DNA")));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.publish(image("B02", 1, "DNA", 14));
    lane.publish(image("B02", 2, "DNA", 12));
    lane.publish(image("B02", 2, "GFP", 7));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertPrediction(p, "B02", 1, 3.0);
    assertThat(p.getPlaneSha256()).as("in the model's order").containsExactly(sha(14), sha(7), sha(12), sha(7));
  }

  @Test
  @DisplayName("19: a channel that the model needs has another name")
  void channelUnresolved() {
    lane.announce(acquisition(List.of("B02"), List.of(1)).setChannels(List.of("DNA", "w2")));
    lane.publish(image("B02", 1, "DNA", 14));
    lane.publish(image("B02", 1, "w2", 7));
    lane.moment();
    assertThat(lane.predictions()).isEmpty();
    List<WellFailure> failures = lane.failures();
    assertFailure(failures.get(failures.size() - 2), "B02", failures.getLast().getRevision(), 1, "GFP", FailureReason.MISSING_PLANE,
        "Site 1: channel GFP is NOT_ACQUIRED here, and the model needs it");
    assertFailure(failures.getLast(), "B02", failures.getLast().getRevision(), null, null, FailureReason.NO_SITES,
        "None of the 1 sites of well B02 could be scored; images of channels that the model does not know were left out");
  }

  @Test
  @DisplayName("19: two channels have one name")
  void channelDuplicated() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", 14));
    lane.publish(image("B02", 1, "DNA", 7));
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    assertThat(lane.predictions()).as("never scored by position").isEmpty();
    assertThat(lane.failures()).extracting(WellFailure::getChannel, WellFailure::getReason)
        .containsExactly(tuple("GFP", FailureReason.MISSING_PLANE), tuple(null, FailureReason.NO_SITES));
  }

  @Test
  @DisplayName("24: a site or a focal plane that cannot be")
  void badSite() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", -1, "DNA", 14));
    lane.publish(image("B02", 1, "DNA", 14).setZ(-1));
    lane.publish(image("B02", 1, "DNA", 14).setZ(1000));
    lane.publishSite("B02", 1, 14);
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, 4.0);
    assertThat(lane.deadLetters()).extracting(dead -> header(dead, "dcmix.reason")).containsExactly(
        "Site -1 of P/1/B02/0 is negative", "Focal plane -1 of P/1/B02/0 must be 0 to 999", "Focal plane 1000 of P/1/B02/0 must be 0 to 999");
  }

  @Test
  @DisplayName("25: a time without zone, in an hour that comes twice")
  void timeWithoutZone() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", 14).setAcquiredAt(null).setAcquiredAtText("2026-10-25T02:30:00"));
    lane.publish(image("B02", 1, "GFP", 7).setAcquiredAt(null).setAcquiredAtText("2026-10-25T02:30:00"));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertPrediction(p, "B02", 1, 4.0);
    assertThat(p.getAcquiredAt()).as("arrival, never a guess at the zone").isEqualTo(TestLane.START);
  }

  @Test
  @DisplayName("25: a clock that is wrong by years")
  void implausibleTime() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", 14).setAcquiredAt(Instant.parse("2099-01-01T00:00:00Z")));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertPrediction(p, "B02", 1, 4.0, WellFlag.IMPLAUSIBLE_TIME);
    assertThat(p.getAcquiredAt()).isEqualTo(TestLane.START);
  }

  @Test
  @DisplayName("29: bytes that are no event, or of an unknown schema")
  void badAvro() {
    lane.announce(List.of("B02"), 1);
    byte[] unknownSchema = AvroCodec.of(ImageEvent.class).encode(image("B02", 1, "DNA", 14).build());
    unknownSchema[3] ^= 0x55;
    byte[] truncated = java.util.Arrays.copyOf(AvroCodec.of(ImageEvent.class).encode(image("B02", 1, "DNA", 14).build()), 20);
    lane.publishRaw("P/1/B02/0", unknownSchema);
    lane.publishRaw("P/1/B02/0", truncated);
    lane.publishSite("B02", 1, 14);
    lane.moment();
    assertPrediction(only(lane.predictions()), "B02", 1, 4.0);
    List<TestRecord<byte[], byte[]>> dead = lane.deadLetters();
    assertThat(dead).extracting(TestRecord::value).containsExactly(unknownSchema, truncated);
    assertThat(dead).extracting(d -> header(d, "dcmix.offset")).containsExactly("0", "1");
    assertThat(dead).allSatisfy(d -> {
      assertThat(header(d, "dcmix.topic")).isEqualTo("test.image-events");
      assertThat(header(d, "dcmix.partition")).isEqualTo("0");
      assertThat(header(d, "dcmix.reason")).isNotEmpty();
    });
  }

  // ---- helpers ----

  private static void assertPrediction(WellPrediction p, String well, int revision, double hitLogit, WellFlag... flags) {
    assertThat(p.getWell()).isEqualTo(well);
    assertThat(p.getRevision()).isEqualTo(revision);
    assertThat(p.getHitLogit()).isEqualTo(hitLogit);
    assertThat(p.getPredictedClass()).isEqualTo(hitLogit > 0 ? "hit" : "negative");
    assertThat(p.getFlags()).containsExactly(flags);
  }

  private static void assertFailure(
      WellFailure f, String well, int revision, Integer site, String channel, FailureReason reason, String message) {
    assertThat(f.getWell()).isEqualTo(well);
    assertThat(f.getRevision()).isEqualTo(revision);
    assertThat(f.getSite()).isEqualTo(site);
    assertThat(f.getChannel()).isEqualTo(channel);
    assertThat(f.getReason()).isEqualTo(reason);
    assertThat(f.getMessage()).isEqualTo(message);
    assertThat(f.getRemedy()).isNotEmpty();
  }

  private static AbsentPlane absent(String well, int site, String channel, int timepoint, int z, String reason, Absence kind) {
    return new AbsentPlane(well, site, channel, timepoint, z, reason, kind);
  }

  /** A TIFF of 2 × 2 pixels of 32-bit floating point, uncompressed. */
  private static byte[] tiffOf32BitFloats() {
    int[][] tags = {{256, 2}, {257, 2}, {258, 32}, {259, 1}, {262, 1}, {273, 8}, {277, 1}, {278, 2}, {279, 16}, {339, 3}};
    ByteBuffer tiff = ByteBuffer.allocate(24 + 2 + 12 * tags.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(24);
    for (int i = 0; i < 4; i++) {
      tiff.putFloat(14);
    }
    tiff.putShort((short) tags.length);
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) 3).putInt(1).putShort((short) tag[1]).putShort((short) 0);
    }
    return tiff.putInt(0).array();
  }

  private static String header(TestRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.getFirst();
  }
}
