package io.dcmix.streams;

import static io.dcmix.streams.TestLane.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.core.scoring.SiteScorer.DeviceSickException;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.AbsentPlane;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.state.SiteState;
import io.dcmix.streams.state.TableRows;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WellStageTest {
  private TestLane lane = new TestLane();

  @AfterEach
  void close() {
    lane.close();
  }

  @Test
  void shouldPredictAWellWhenItsLastSiteEndsWithoutAnyFurtherEvent() {
    lane.announce(List.of("B02"), 2);
    lane.publishSite("B02", 1, 14);
    lane.publishSite("B02", 2, 12);
    lane.moment();

    WellPrediction p = only(lane.predictions());
    assertThat(p.getWell()).isEqualTo("B02");
    assertThat(p.getRevision()).isEqualTo(1);
    assertThat(p.getPredictedClass()).isEqualTo("hit");
    assertThat(p.getHitLogit()).isEqualTo((4.0 + 2.0) / 2);
    assertThat(p.getHitProbability()).isCloseTo((1 / (1 + Math.exp(-4)) + 1 / (1 + Math.exp(-2))) / 2, within(1e-12));
    assertThat(p.getImportance()).containsExactly(3.0, 0.0);
    assertThat(p.getTopChannel()).isEqualTo("DNA");
    assertThat(p.getSitesScored()).isEqualTo(2);
    assertThat(p.getSitesExpected()).isEqualTo(2);
    assertThat(p.getFlags()).isEmpty();
    assertThat(p.getDevice()).isEqualTo("test");
    assertThat(p.getPlaneSha256()).containsExactly(sha(14), sha(7), sha(12), sha(7));
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  void shouldForwardNothingBeforeTheScorerHasAnswered() {
    lane.scorer.releaseAtOnce = false;
    lane.announce(List.of("B02"), 1);
    lane.publishSite("B02", 1, 14);
    lane.moment();
    assertThat(lane.predictions()).isEmpty();

    lane.scorer.releaseAll();
    lane.moment();
    assertThat(lane.predictions()).hasSize(1);
  }

  @Test
  void shouldWaitForAllAnnouncedSites() {
    lane.announce(List.of("B02"), 2);
    lane.publishSite("B02", 1, 14);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.predictions()).isEmpty();
  }

  @Test
  void shouldPredictOnceWhenTheSameBytesComeAgain() {
    lane.announce(List.of("B02"), 1);
    lane.publishSite("B02", 1, 14);
    lane.publishSite("B02", 1, 14);
    lane.moment();
    lane.publishSite("B02", 1, 14);
    lane.moment();
    assertThat(lane.predictions()).hasSize(1);
  }

  @Test
  void shouldChooseTheSameOfTwoConflictingImagesWhateverTheOrder() {
    WellPrediction lowFirst = conflicting(12, 14);
    lane.close();
    lane = new TestLane();
    WellPrediction highFirst = conflicting(14, 12);

    assertThat(lowFirst.getFlags()).containsExactly(WellFlag.CONFLICT);
    assertThat(highFirst.getFlags()).containsExactly(WellFlag.CONFLICT);
    String winner = sha(12).compareTo(sha(14)) < 0 ? sha(12) : sha(14);
    assertThat(lowFirst.getPlaneSha256()).containsExactly(winner, sha(7));
    assertThat(highFirst.getPlaneSha256()).containsExactly(winner, sha(7));
  }

  private WellPrediction conflicting(int first, int second) {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", first));
    lane.publish(image("B02", 1, "DNA", second));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.moment();
    return only(lane.predictions());
  }

  @Test
  void shouldCorrectTheResultUnderTheNextRevisionWhenAnImageComesLate() {
    lane.publishSite("B02", 1, 12);
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    assertThat(only(lane.predictions()).getRevision()).isEqualTo(1);

    lane.publishSite("B02", 2, 16);
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    WellPrediction corrected = only(lane.predictions());
    assertThat(corrected.getRevision()).isEqualTo(2);
    assertThat(corrected.getHitLogit()).isEqualTo((2.0 + 6.0) / 2);
  }

  @Test
  void shouldExplainAllSitesOfAHitAndNoneOfAnotherWellWhenHitsAreToBeExplained() {
    explaining(ExplainPolicy.HITS);
    lane.announce(List.of("B02", "B03"), 2);
    lane.publishSite("B02", 1, 16);
    lane.publishSite("B02", 2, 9); // alone it would be none
    lane.publishSite("B03", 1, 9);
    lane.publishSite("B03", 2, 5);
    lane.moment();
    lane.moment();

    List<WellPrediction> predictions = lane.predictions();
    assertThat(predictions).extracting(WellPrediction::getWell, WellPrediction::getRevision, WellPrediction::getHitLogit)
        .containsExactlyInAnyOrder(tuple("B02", 1, (6.0 - 1.0) / 2), tuple("B03", 1, (-1.0 - 5.0) / 2));
    for (WellPrediction p : predictions) {
      if (p.getWell().equals("B02")) {
        assertThat(p.getImportance()).as("the mean over both sites").containsExactly(2.5, 0.0);
      } else {
        assertThat(p.getImportance()).isNull();
      }
    }
  }

  @Test
  void shouldKeepAHitWhoseExplanationFails() {
    explaining(ExplainPolicy.HITS);
    lane.scorer.releaseAtOnce = false;
    lane.announce(List.of("B02"), 2);
    lane.publishSite("B02", 1, 16);
    lane.publishSite("B02", 2, 9);
    lane.scorer.releaseAll();
    lane.moment();
    assertThat(lane.predictions()).as("the explanation is awaited").isEmpty();
    lane.scorer.fail(0, FailureReason.SOURCE_EXPIRED, "DNA", "gone");
    lane.moment();

    WellPrediction p = only(lane.predictions());
    assertThat(p.getSitesScored()).isEqualTo(2);
    assertThat(p.getHitLogit()).isEqualTo((6.0 - 1.0) / 2);
    assertThat(p.getImportance()).as("of the site that was explained").containsExactly(6.0, 0.0);
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  void shouldExplainASampleOfTheWellsOrNone() {
    explaining(ExplainPolicy.parse("sample:4"));
    List<String> wells = PlateFormat.WELLS_96.wells().stream().map(Object::toString).toList();
    lane.announce(wells, 1);
    wells.forEach(well -> lane.publishSite(well, 1, 16));
    lane.moment();
    assertThat(lane.predictions()).hasSize(96).filteredOn(p -> p.getImportance() != null).hasSizeBetween(10, 40);

    explaining(ExplainPolicy.NONE);
    lane.announce(List.of("B02"), 1);
    lane.publishSite("B02", 1, 16);
    lane.moment();
    assertThat(only(lane.predictions()).getImportance()).isNull();
  }

  private void explaining(ExplainPolicy policy) {
    lane.close();
    lane = new TestLane(policy);
  }

  @Test
  void shouldDiscardAStaleOutcomeAndScoreTheSiteAgain() {
    int winner = sha(12).compareTo(sha(14)) < 0 ? 12 : 14;
    int loser = winner == 12 ? 14 : 12;
    lane.scorer.releaseAtOnce = false;
    lane.announce(List.of("B02"), 1);
    lane.publishSite("B02", 1, loser);
    lane.publish(image("B02", 1, "DNA", winner));
    assertThat(lane.scorer.held).as("one flight per site").hasSize(1);

    lane.scorer.releaseAll();
    lane.moment();
    assertThat(lane.predictions()).as("the outcome of the replaced planes is stale").isEmpty();
    assertThat(lane.scorer.held).hasSize(1);

    lane.scorer.releaseAll();
    lane.moment();
    assertThat(only(lane.predictions()).getHitLogit()).isEqualTo(winner - 10.0);
  }

  @Test
  void shouldEndAnIncompleteWellAtItsDeadlineAndNameWhatIsMissing() {
    lane.announce(List.of("B02"), 2);
    lane.publishSite("B02", 1, 14);
    lane.publish(image("B02", 2, "DNA", 14));
    lane.pass(TestLane.DEADLINE.minusSeconds(2));
    assertThat(lane.predictions()).isEmpty();
    lane.pass(Duration.ofSeconds(4));

    WellPrediction p = only(lane.predictions());
    assertThat(p.getFlags()).containsExactly(WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    assertThat(p.getSitesScored()).isEqualTo(1);
    assertThat(p.getSitesFailed()).isEqualTo(1);
    WellFailure f = only(lane.failures());
    assertThat(f.getReason()).isEqualTo(FailureReason.MISSING_PLANE);
    assertThat(f.getSite()).isEqualTo(2);
    assertThat(f.getChannel()).isEqualTo("GFP");
    assertThat(f.getRevision()).isEqualTo(1);
    assertThat(f.getMessage()).contains("channel GFP");
  }

  @Test
  void shouldNotEndAWellEarlyBecauseAnotherWellsImagesArrive() {
    lane.announce(List.of("B02", "B03"), 1);
    lane.publish(image("B02", 1, "DNA", 14));
    lane.pass(TestLane.DEADLINE.minusMinutes(1));
    lane.publishSite("B03", 1, 9);
    lane.moment();
    assertThat(lane.predictions()).extracting(WellPrediction::getWell).containsExactly("B03");
    lane.publish(image("B02", 1, "GFP", 7));
    lane.moment();
    assertThat(only(lane.predictions()).getFlags()).isEmpty();
  }

  @Test
  void shouldNotWaitForPlanesThatTheManifestSaysWillNeverCome() {
    lane.announce(List.of("B02"), 2, new AbsentPlane("B02", 2, "GFP", 0, 0, "file missing", Absence.MISSING));
    lane.publishSite("B02", 1, 14);
    lane.publish(image("B02", 2, "DNA", 14));
    lane.moment();
    assertThat(only(lane.predictions()).getFlags()).containsExactly(WellFlag.INCOMPLETE, WellFlag.SITE_FAILED);
    assertThat(only(lane.failures()).getMessage()).contains("GFP").contains("absent");
  }

  @Test
  void shouldTakeInAManifestThatComesAfterTheImages() {
    lane.publishSite("B02", 1, 14);
    lane.moment();
    assertThat(lane.predictions()).isEmpty();
    lane.announce(List.of("B02"), 1);
    lane.pass(Duration.ofSeconds(2));
    assertThat(only(lane.predictions()).getFlags()).isEmpty();
  }

  @Test
  void shouldFlagAWellWhoseAcquisitionNobodyAnnounced() {
    lane.publishSite("B02", 1, 14);
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    assertThat(only(lane.predictions()).getFlags()).containsExactly(WellFlag.NO_MANIFEST);
  }

  @Test
  void shouldFailOnlyTheSiteWhosePlaneIsNotWhatTheModelTakes() {
    lane.announce(List.of("B02", "B03"), 1);
    lane.publish(image("B02", 1, "DNA", 14).setWidth(4).setHeight(1));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.publish(image("B03", 1, "DNA", 14).setPixelType(PixelType.UINT16));
    lane.publish(image("B03", 1, "GFP", 7));
    lane.moment();

    assertThat(lane.predictions()).isEmpty();
    List<WellFailure> failures = lane.failures();
    assertThat(failures).extracting(WellFailure::getWell, WellFailure::getSite, WellFailure::getReason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("B02", 1, FailureReason.WRONG_SIZE),
            org.assertj.core.groups.Tuple.tuple("B02", null, FailureReason.NO_SITES),
            org.assertj.core.groups.Tuple.tuple("B03", 1, FailureReason.WRONG_PIXEL_TYPE),
            org.assertj.core.groups.Tuple.tuple("B03", null, FailureReason.NO_SITES));
    assertThat(failures.getFirst().getMessage()).contains("4 × 1").contains("2 × 2");
  }

  @Test
  void shouldScoreTheWellWhenAGoodImageComesForACorruptOne() {
    lane.scorer.releaseAtOnce = false;
    lane.announce(List.of("B02"), 1);
    lane.publishSite("B02", 1, 14);
    lane.scorer.fail(0, FailureReason.CORRUPT_PLANE, "DNA", "not a PNG");
    lane.moment();
    assertThat(lane.failures()).extracting(WellFailure::getReason)
        .containsExactly(FailureReason.CORRUPT_PLANE, FailureReason.NO_SITES);

    lane.scorer.releaseAtOnce = true;
    lane.publish(image("B02", 1, "DNA", 12));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getRevision()).isEqualTo(2);
    assertThat(p.getHitLogit()).isEqualTo(2.0);
  }

  @Test
  void shouldScoreTheGoodOneOfTwoImagesWhicheverCameFirst() {
    int broken = sha(12).compareTo(sha(14)) < 0 ? 12 : 14;
    int good = broken == 12 ? 14 : 12;
    WellPrediction brokenFirst = withABrokenImage(broken, good);
    lane.close();
    lane = new TestLane();
    WellPrediction goodFirst = withABrokenImage(good, broken);

    assertThat(brokenFirst.getPlaneSha256()).containsExactly(sha(good), sha(7));
    assertThat(goodFirst.getPlaneSha256()).containsExactly(sha(good), sha(7));
    assertThat(goodFirst.getHitLogit()).isEqualTo(good - 10.0);
    assertThat(goodFirst.getFlags()).containsExactly(WellFlag.CONFLICT);
  }

  /** Two images for one place; the one with the lower hash does not decode. */
  private WellPrediction withABrokenImage(int first, int second) {
    lane.scorer.releaseAtOnce = false;
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", first));
    lane.publish(image("B02", 1, "DNA", second));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.scorer.fail(0, FailureReason.CORRUPT_PLANE, "DNA", "not a PNG");
    lane.moment();
    lane.scorer.releaseAll();
    lane.moment();
    assertThat(lane.failures()).isEmpty();
    return only(lane.predictions());
  }

  @Test
  void shouldLeaveOutAChannelThatTheModelDoesNotKnowAndSaySo() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "Brightfield", 50));
    lane.publishSite("B02", 1, 14);
    lane.moment();
    assertThat(only(lane.predictions()).getFlags()).containsExactly(WellFlag.UNKNOWN_CHANNEL);
  }

  @Test
  void shouldReplaceAnImplausibleAcquisitionTimeByTheArrivalAndFlagIt() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", 14).setAcquiredAt(Instant.parse("1970-01-01T00:00:00Z")));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getFlags()).containsExactly(WellFlag.IMPLAUSIBLE_TIME);
    assertThat(p.getAcquiredAt()).isEqualTo(TestLane.START);
  }

  @Test
  void shouldDeadLetterUnreadableRecordsWithTheirBytesAndGoOn() {
    lane.announce(List.of("B02"), 1);
    lane.publishRaw("P/1/B02/0", new byte[] {1, 2, 3});
    lane.publishRaw(null, new byte[] {1});
    lane.publishRaw("P/1/C03/0", AvroCodec.of(ImageEvent.class).encode(image("B02", 1, "DNA", 1).build()));
    lane.publishSite("B02", 1, 14);
    lane.moment();

    List<TestRecord<byte[], byte[]>> dead = lane.deadLetters();
    assertThat(dead).hasSize(3);
    assertThat(dead.getFirst().key()).isEqualTo("P/1/B02/0".getBytes(StandardCharsets.UTF_8));
    assertThat(dead.getFirst().value()).containsExactly(1, 2, 3);
    assertThat(header(dead.get(0), "dcmix.reason")).contains("ImageEvent");
    assertThat(header(dead.get(0), "dcmix.topic")).isEqualTo("test.image-events");
    assertThat(header(dead.get(0), "dcmix.offset")).isEqualTo("0");
    assertThat(header(dead.get(1), "dcmix.reason")).contains("no key");
    assertThat(header(dead.get(2), "dcmix.reason")).contains("P/1/C03/0").contains("P/1/B02/0");
    assertThat(lane.predictions()).hasSize(1);
  }

  @Test
  void shouldDeadLetterARecordWhoseTextsNoStoreCouldTake() {
    lane.publish(image("B02", 1, "DNA", 14).setInstrument("x".repeat(2_000_000)));
    lane.publish(image("B02", 1, "DNA", 14).setPlate("P".repeat(2_000_000)));
    lane.publish(image("B02", 1, "DNA", 14).setBytes(null).setUri("s3://" + "x".repeat(2_000_000)));
    List<TestRecord<byte[], byte[]>> dead = lane.deadLetters();
    assertThat(dead).hasSize(3);
    assertThat(header(dead.get(0), "dcmix.reason")).contains("instrument").contains("2000000");
    assertThat(header(dead.get(1), "dcmix.reason")).contains("plate");
    assertThat(header(dead.get(2), "dcmix.reason")).contains("uri");
  }

  @Test
  void shouldKeepADeadLetterWithinWhatItsTopicTakes() {
    lane.publishRaw("P/1/B02/0", new byte[LaneTopics.MAX_MESSAGE_BYTES - 10]);
    lane.publishRaw("P".repeat(1_000_000), AvroCodec.of(ImageEvent.class).encode(image("B02", 1, "DNA", 14).build()));
    List<TestRecord<byte[], byte[]>> dead = lane.deadLetters();
    assertThat(dead).hasSize(2);
    assertThat(dead.get(0).value()).as("without room for the headers").isNull();
    assertThat(header(dead.get(0), "dcmix.reason")).contains("too large");
    assertThat(header(dead.get(0), "dcmix.offset")).isEqualTo("0");
    assertThat(header(dead.get(1), "dcmix.reason")).hasSizeLessThan(3_000);
  }

  @Test
  void shouldTakeTheSameBytesAgainUnderACorrectedDescription() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", 14).setPixelType(PixelType.UINT16));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.moment();
    assertThat(lane.predictions()).isEmpty();
    lane.publish(image("B02", 1, "DNA", 14));
    lane.moment();
    assertThat(only(lane.predictions()).getRevision()).isEqualTo(2);
  }

  @Test
  void shouldEndAWellOfWhichOnlyUnusedFocalPlanesCame() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", 14).setZ(1));
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    assertThat(lane.failures()).extracting(WellFailure::getReason)
        .containsExactly(FailureReason.MISSING_PLANE, FailureReason.NO_SITES);
  }

  @Test
  void shouldDeadLetterAKeyOnTheWrongPartitionNamingThePartitioner() {
    lane.close();
    lane = new TestLane(4);
    String elsewhere = null;
    for (int column = 1; elsewhere == null; column++) {
      String key = "P/1/A%02d/0".formatted(column);
      if (Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % 4 != 0) {
        elsewhere = key;
      }
    }
    lane.publish(image(WellKey.parse(elsewhere).well().toString(), 1, "DNA", 14));
    assertThat(header(only(lane.deadLetters()), "dcmix.reason")).contains("murmur2").contains("came on 0");
  }

  @Test
  void shouldWaitForRoomInTheScorerAndLoseNoSite() {
    lane.scorer.releaseAtOnce = false;
    lane.scorer.releaseWhenAwaited = true;
    lane.scorer.room = 1;
    List<String> wells = List.of("A01", "A02", "A03", "A04", "A05");
    lane.announce(wells, 1);
    wells.forEach(well -> lane.publishSite(well, 1, 14));
    lane.scorer.releaseAll();
    lane.moment();
    assertThat(lane.predictions()).extracting(WellPrediction::getWell).containsExactlyElementsOf(wells);
  }

  @Test
  void shouldWaitForTheScorerNoLongerThanOneBudgetBetweenTwoPunctuations() {
    lane.close();
    lane = new TestLane(1, Duration.ofMillis(200));
    lane.scorer.releaseAtOnce = false;
    lane.scorer.room = 0;
    long start = System.nanoTime();
    for (int site = 1; site <= 20; site++) {
      lane.publishSite("A01", site, 14);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).as("39 records waited in one transaction").isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void shouldPublishNothingAndFailWhenTheDeviceIsSick() {
    lane.announce(List.of("B02"), 1);
    lane.publishSite("B02", 1, 14);
    lane.scorer.sickness = new DeviceSickException("the canary died", new IllegalStateException());
    assertThatThrownBy(() -> lane.moment()).isInstanceOf(StreamsException.class).hasRootCauseInstanceOf(IllegalStateException.class);
    assertThat(lane.predictions()).isEmpty();
    lane.scorer.sickness = null;
  }

  @Test
  void shouldRefuseAnImageWhoseHashIsNotTheOneThatItsEventStates() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", 14).setSha256(sha(15)));
    lane.publish(image("B02", 1, "GFP", 7).setSha256(sha(7)));
    lane.moment();

    List<WellFailure> failures = lane.failures();
    assertThat(failures).extracting(WellFailure::getReason).containsExactly(FailureReason.CORRUPT_PLANE, FailureReason.NO_SITES);
    assertThat(failures.getFirst().getMessage()).contains("channel DNA", sha(14), sha(15));
  }

  @Test
  void shouldCheckStatedHashesOnOneImageInSoManyByOffsetAndHashWhatStatesNone() {
    lane.close();
    lane = new TestLane(1, Duration.ofSeconds(5), ExplainPolicy.ALL, 4);
    lane.announce(List.of("B02", "B03", "B04"), 1);
    String stated = sha(99);
    lane.publish(image("B02", 1, "DNA", 14).setSha256(stated)); // offset 0 is checked
    lane.publish(image("B02", 1, "GFP", 7));
    lane.publish(image("B03", 1, "DNA", 14).setSha256(stated));
    lane.publish(image("B03", 1, "GFP", 7));
    lane.publish(image("B04", 1, "DNA", 14)); // offset 4 is checked
    lane.publish(image("B04", 1, "GFP", 7).setSha256("no hash"));
    lane.moment();

    assertThat(only(lane.predictions())).satisfies(p -> {
      assertThat(p.getWell()).isEqualTo("B03");
      assertThat(p.getPlaneSha256()).as("stated and believed; hashed here").containsExactly(stated, sha(7));
    });
    assertThat(lane.failures()).filteredOn(f -> f.getReason() == FailureReason.CORRUPT_PLANE)
        .extracting(WellFailure::getWell, WellFailure::getChannel).containsExactly(tuple("B02", "DNA"), tuple("B04", "GFP"));
  }

  @Test
  void shouldSayThatAnImageCameAfterTheLateWindow() {
    lane.announce(List.of("B02"), 1);
    lane.publishSite("B02", 1, 14);
    lane.moment();
    assertThat(lane.predictions()).hasSize(1);
    lane.pass(TestLane.LATE_WINDOW.plusMinutes(2));
    lane.publish(image("B02", 1, "DNA", 20));
    lane.moment();
    assertThat(lane.predictions()).isEmpty();
    WellFailure late = only(lane.failures());
    assertThat(late.getReason()).isEqualTo(FailureReason.LATE);
    assertThat(late.getRevision()).isEqualTo(2);
    assertThat(late.getRemedy()).contains("new acquisition id");
  }

  @Test
  void shouldScoreAgainWhatAnEarlierModelDecided() {
    lane.announce(List.of("B02"), 2);
    lane.publishSite("B02", 1, 14);
    lane.moment();
    TableRows<SiteState> sites = lane.table("well-state", "sites", SiteState.class);
    SiteState decided = sites.get("P/1/B02/0/1");
    decided.setModelSha256("of another model");
    decided.setLogits(List.of(0.0, 99.0));
    sites.put("P/1/B02/0/1", decided);

    lane.publishSite("B02", 2, 12);
    lane.moment();
    assertThat(only(lane.predictions()).getHitLogit()).as("both sites by this model").isEqualTo((4.0 + 2.0) / 2);
  }

  @Test
  void shouldNeverMixTwoAcquisitionsOfAPlate() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", 14));
    lane.publish(image("B02", 1, "GFP", 7).setAcquisition("2"));
    lane.moment();
    assertThat(lane.predictions()).isEmpty();
  }

  private static String header(TestRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.getFirst();
  }

  private static String sha(int value) {
    byte v = (byte) value;
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.wrap(new byte[] {v, v, v, v}));
      return HexFormat.of().formatHex(digest.digest());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
