package io.dcmix.streams;

import static io.dcmix.streams.TestLane.acquisition;
import static io.dcmix.streams.TestLane.image;
import static io.dcmix.streams.TestLane.sha;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.dcmix.core.wells.FocalPolicy;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.AbsentPlane;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.schema.state.SiteState;
import io.dcmix.streams.state.TableRows;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wells of several focal planes. The score of a site here is the highest value of its DNA image minus 10. */
class FocalPlanesTest {
  private TestLane lane = new TestLane();

  @AfterEach
  void close() {
    lane.close();
  }

  private void policy(FocalPolicy policy) {
    lane.close();
    lane = new TestLane(TestLane.SCREENING.withFocal(policy));
  }

  /** DNA of the given value in each focal plane, and GFP of 7. */
  private void publishStack(int site, int... dna) {
    for (int z = 0; z < dna.length; z++) {
      lane.publish(image("B02", site, "DNA", dna[z]).setZ(z));
      lane.publish(image("B02", site, "GFP", 7).setZ(z));
    }
  }

  private void announce(int sites, int zPlanes, AbsentPlane... absent) {
    lane.announce(acquisition(List.of("B02"), sites == 1 ? List.of(1) : List.of(1, 2)).setZPlanes(zPlanes).setAbsent(List.of(absent)));
  }

  private static AbsentPlane absent(String channel, int z, Absence kind) {
    return new AbsentPlane("B02", 1, channel, 0, z, "", kind);
  }

  @Test
  void shouldScoreTheFirstFocalPlaneByDefault() {
    announce(1, 3);
    publishStack(1, 12, 18, 5);
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getHitLogit()).isEqualTo(2.0);
    assertThat(p.getPlaneSha256()).containsExactly(sha(12), sha(7));
    assertThat(p.getFlags()).isEmpty();
    assertThat(p.getRevision()).isEqualTo(1);
  }

  @Test
  void shouldScoreTheChosenFocalPlaneAndDecodeNoOther() {
    policy(FocalPolicy.of(2));
    announce(1, 3);
    publishStack(1, 12, 18, 5);
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getHitLogit()).isEqualTo(-5.0);
    assertThat(p.getPlaneSha256()).containsExactly(sha(5), sha(7));
    assertThat(lane.scorer.offered).hasSize(2);
  }

  @Test
  void shouldScoreTheSingleFocalPlaneOfAnAcquisitionWhicheverIsChosen() {
    policy(FocalPolicy.of(2));
    announce(1, 1);
    publishStack(1, 12);
    lane.moment();
    assertThat(only(lane.predictions()).getHitLogit()).isEqualTo(2.0);
    assertThat(lane.scorer.offered).hasSize(2);
  }

  @Test
  void shouldSayAtOnceThatTheChosenFocalPlaneIsNotAcquired() {
    policy(FocalPolicy.of(5));
    announce(1, 3);
    publishStack(1, 12, 18, 5);
    lane.moment();
    assertThat(lane.predictions()).isEmpty();
    List<WellFailure> failures = lane.failures();
    assertThat(failures).extracting(WellFailure::getReason).containsExactly(FailureReason.MISSING_PLANE, FailureReason.NO_SITES);
    assertThat(failures.getFirst().getMessage())
        .isEqualTo("Site 1: focal plane 5 of channel DNA is NOT_ACQUIRED here, and the model needs it");
  }

  @Test
  void shouldNotRevisePredictionsForFocalPlanesThatAreNotScored() {
    announce(1, 3);
    publishStack(1, 12);
    lane.moment();
    assertThat(lane.predictions()).hasSize(1);
    lane.publish(image("B02", 1, "DNA", 18).setZ(1));
    lane.publish(image("B02", 1, "DNA", 19).setZ(1));
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    assertThat(lane.predictions()).isEmpty();
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  void shouldProjectAllFocalPlanesFromTheirPointersWhenTheLastIsHere() {
    policy(FocalPolicy.PROJECTION);
    announce(2, 3);
    publishStack(1, 12, 18, 5);
    publishStack(2, 16, 11);
    lane.moment();
    assertThat(lane.predictions()).as("a focal plane of site 2 is to come").isEmpty();
    lane.publish(image("B02", 2, "GFP", 9).setZ(2));
    lane.publish(image("B02", 2, "DNA", 12).setZ(2));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getHitLogit()).isEqualTo((8.0 + 6.0) / 2);
    assertThat(p.getPlaneSha256()).containsExactly(
        sha(12), sha(18), sha(5), sha(7), sha(7), sha(7), sha(16), sha(11), sha(12), sha(7), sha(7), sha(9));
    assertThat(p.getFlags()).isEmpty();
    assertThat(lane.scorer.offered).as("pixels wait nowhere").isEmpty();
  }

  @Test
  void shouldProjectWhatIsAcquiredOfEachChannel() {
    policy(FocalPolicy.PROJECTION);
    announce(1, 3, absent("GFP", 0, Absence.NOT_ACQUIRED), absent("GFP", 2, Absence.NOT_ACQUIRED));
    lane.publish(image("B02", 1, "GFP", 7).setZ(1));
    for (int z = 0; z < 3; z++) {
      lane.publish(image("B02", 1, "DNA", 12 + z).setZ(z));
    }
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getHitLogit()).isEqualTo(4.0);
    assertThat(p.getPlaneSha256()).containsExactly(sha(12), sha(13), sha(14), sha(7));
    assertThat(p.getFlags()).isEmpty();
  }

  @Test
  void shouldNotProjectAStackWithAHole() {
    policy(FocalPolicy.PROJECTION);
    announce(1, 3);
    publishStack(1, 12, 18);
    lane.publish(image("B02", 1, "DNA", 5).setZ(2));
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    assertThat(lane.failures()).extracting(WellFailure::getReason, WellFailure::getMessage).containsExactly(
        tuple(FailureReason.MISSING_PLANE, "Site 1: no image of channel GFP (focal plane 2) came within PT10M after the well's last image"),
        tuple(FailureReason.NO_SITES, "None of the 1 sites of well B02 could be scored"));

    lane.publish(image("B02", 1, "GFP", 7).setZ(2));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getRevision()).isEqualTo(2);
    assertThat(p.getHitLogit()).isEqualTo(8.0);
  }

  @Test
  void shouldFlagAWellWhoseAutofocusFailedOnAFocalPlaneThatIsNotScored() {
    announce(1, 2, absent("DNA", 1, Absence.FOCUS_FAILURE));
    publishStack(1, 12);
    lane.moment();
    assertThat(only(lane.predictions()).getFlags()).containsExactly(WellFlag.FOCUS_FAILURE);
  }

  @Test
  void shouldProjectWhatCameWhereNothingWasAnnounced() {
    policy(FocalPolicy.PROJECTION);
    publishStack(1, 12, 18);
    lane.pass(Duration.ofMinutes(1));
    assertThat(lane.predictions()).isEmpty();
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    lane.pass(Duration.ofSeconds(1));
    WellPrediction p = only(lane.predictions());
    assertThat(p.getHitLogit()).isEqualTo(8.0);
    assertThat(p.getFlags()).containsExactly(WellFlag.NO_MANIFEST);

    publishStack(1, 12, 18, 20);
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    lane.pass(Duration.ofSeconds(1));
    WellPrediction corrected = only(lane.predictions());
    assertThat(corrected.getRevision()).isEqualTo(2);
    assertThat(corrected.getHitLogit()).isEqualTo(10.0);
  }

  @Test
  void shouldScoreTheOnlyFocalPlaneThatCameWhereNothingWasAnnounced() {
    lane.publish(image("B02", 1, "DNA", 14).setZ(3));
    lane.publish(image("B02", 1, "GFP", 7).setZ(3));
    lane.pass(TestLane.DEADLINE.plusSeconds(2));
    lane.pass(Duration.ofSeconds(1));
    assertThat(only(lane.predictions()).getHitLogit()).isEqualTo(4.0);
  }

  @Test
  void shouldTakeTheNextChoiceOfAFocalPlaneThatDoesNotDecode() {
    policy(FocalPolicy.PROJECTION);
    announce(1, 2);
    lane.publish(image("B02", 1, "DNA", 18).setZ(1).setBytes(ByteBuffer.wrap(new byte[] {1, 2, 3})));
    lane.publish(image("B02", 1, "DNA", 17).setZ(1));
    publishStack(1, 12);
    lane.publish(image("B02", 1, "GFP", 7).setZ(1));
    lane.pass(Duration.ofSeconds(1));
    WellPrediction p = only(lane.predictions());
    assertThat(p.getHitLogit()).isEqualTo(7.0);
    assertThat(p.getFlags()).containsExactly(WellFlag.CONFLICT);
    assertThat(lane.failures()).isEmpty();
  }

  @Test
  void shouldKeepPointersOfEachFocalPlaneAndThoseOfTheFirstWhereTheyAlwaysWere() {
    policy(FocalPolicy.PROJECTION);
    announce(1, 2);
    publishStack(1, 12, 18);
    lane.moment();
    TableRows<PlaneState> planes = lane.table("well-state", "planes", PlaneState.class);
    assertThat(planes.get("P/1/B02/0/1/DNA").getSha256()).isEqualTo(sha(12));
    assertThat(planes.get("P/1/B02/0/1//1/DNA").getSha256()).isEqualTo(sha(18));
  }

  @Test
  void shouldReadWellsFromTheStoreAgainAndSitesOfBeforeThereWereFocalPlanes() {
    policy(FocalPolicy.PROJECTION);
    announce(2, 2, absent("DNA", 1, Absence.NOT_ACQUIRED), absent("GFP", 1, Absence.NOT_ACQUIRED));
    publishStack(1, 12);
    publishStack(2, 11);
    lane.publish(image("B02", 2, "DNA", 16).setZ(1));
    lane.moment();
    TableRows<SiteState> sites = lane.table("well-state", "sites", SiteState.class);
    SiteState old = sites.get("P/1/B02/0/1");
    assertThat(old.getFocalPlanes()).containsExactly(List.of(0), List.of(0));
    old.setFocalPlanes(List.of());
    sites.put("P/1/B02/0/1", old);
    // So many other wells that this one is no longer kept as an object.
    for (int plate = 0; plate < 2_050; plate++) {
      lane.publish(image("A01", 1, "DNA", 1).setPlate("Q" + plate));
    }
    lane.publish(image("B02", 2, "GFP", 7).setZ(1));
    lane.moment();
    WellPrediction p = only(lane.predictions());
    assertThat(p.getHitLogit()).isEqualTo((2.0 + 6.0) / 2);
    assertThat(p.getPlaneSha256()).containsExactly(sha(12), sha(7), sha(11), sha(16), sha(7), sha(7));
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.getFirst();
  }
}
