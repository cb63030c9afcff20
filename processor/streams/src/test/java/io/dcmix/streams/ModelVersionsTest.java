package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.scoring.ExplainPolicy;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellPrediction;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Another version of the model takes over while wells are in work: each comes out once, and by one version. */
class ModelVersionsTest {
  private static final ModelCard NEW = TestLane.version("2", "cd".repeat(32));

  @Test
  void aWellIsNeverMadeOfSitesThatTwoVersionsScored() {
    try (TestLane lane = new TestLane()) {
      lane.scorer.releaseAtOnce = false;
      lane.announce(List.of("A01"), 2);
      lane.publishSite("A01", 1, 60);
      lane.scorer.release(0);
      lane.moment();
      lane.serve(NEW);
      lane.scorer.bias = 5;
      lane.publishSite("A01", 2, 30);
      assertThat(lane.scorer.held).as("site 1 is the old version's, and is scored again")
          .extracting(held -> held.ticket().site().site()).containsExactly(1, 2);
      lane.scorer.release(1);
      lane.moment();
      assertThat(lane.predictions()).isEmpty();
      lane.scorer.releaseAll();
      lane.moment();
      WellPrediction well = only(lane);
      assertThat(well.getRevision()).isEqualTo(1);
      assertThat(well.getModelVersion()).isEqualTo("2");
      assertThat(well.getModelSha256()).isEqualTo(NEW.sha256());
      assertThat(well.getHitLogit()).as("the mean of both sites by the new version").isEqualTo((55 + 25) / 2.0);
    }
  }

  @Test
  void aSiteThatTheOldVersionScoredWhileItWasReplacedIsScoredAgain() {
    try (TestLane lane = new TestLane()) {
      lane.scorer.releaseAtOnce = false;
      lane.announce(List.of("A01"), 1);
      lane.publishSite("A01", 1, 60);
      lane.scorer.release(0);
      lane.serve(NEW);
      lane.moment();
      assertThat(lane.predictions()).isEmpty();
      lane.scorer.releaseAll();
      lane.moment();
      assertThat(only(lane).getModelVersion()).isEqualTo("2");
    }
  }

  @Test
  void aSiteThatWaitedForTheScorerIsScoredOnceByTheNewVersion() {
    try (TestLane lane = new TestLane()) {
      lane.scorer.releaseAtOnce = false;
      lane.announce(List.of("A01"), 1);
      lane.publishSite("A01", 1, 60);
      lane.moment();
      lane.serve(NEW);
      lane.scorer.releaseAll();
      lane.moment();
      assertThat(only(lane).getModelVersion()).isEqualTo("2");
      assertThat(lane.scorer.scored).hasSize(1);
    }
  }

  @Test
  void aWellThatIsOutStaysAndItsNextRevisionIsTheNewVersions() {
    try (TestLane lane = new TestLane()) {
      lane.scorer.releaseAtOnce = false;
      lane.announce(List.of("A01", "A02"), 2);
      lane.publishSite("A01", 1, 60);
      lane.publishSite("A01", 2, 40);
      lane.scorer.releaseAll();
      lane.moment();
      assertThat(only(lane).getModelVersion()).isEqualTo("1");
      lane.serve(NEW);
      lane.pass(Duration.ofSeconds(5));
      assertThat(lane.scorer.held).as("nothing is scored again that is out").isEmpty();
      lane.publish(TestLane.image("A01", 2, "DNA", 50));
      lane.moment();
      while (!lane.scorer.held.isEmpty()) {
        lane.scorer.releaseAll();
        lane.moment();
      }
      WellPrediction revised = only(lane);
      assertThat(revised.getRevision()).isEqualTo(2);
      assertThat(revised.getModelVersion()).isEqualTo("2");
    }
  }

  @Test
  void anExplanationIsNeverAnotherVersionsThanTheScore() {
    try (TestLane lane = new TestLane(ExplainPolicy.HITS)) {
      lane.scorer.releaseAtOnce = false;
      lane.announce(List.of("A01"), 2);
      lane.publishSite("A01", 1, 60);
      lane.publishSite("A01", 2, 5);
      lane.scorer.releaseAll();
      lane.moment();
      assertThat(lane.scorer.held).as("site 2 alone is no hit, and is asked for its explanation").hasSize(1);
      lane.serve(NEW);
      lane.scorer.bias = 2;
      while (!lane.scorer.held.isEmpty()) {
        lane.scorer.releaseAll();
        lane.moment();
      }
      WellPrediction well = only(lane);
      assertThat(well.getModelVersion()).isEqualTo("2");
      assertThat(well.getHitLogit()).isEqualTo((52 - 3) / 2.0);
      assertThat(well.getImportance()).as("of both sites by the new version").containsExactly((52 - 3) / 2.0, 0.0);
    }
  }

  @Test
  void aPlateThatTwoVersionsScoredSaysSoAndNamesBoth() {
    try (TestLane lane = new TestLane()) {
      lane.announce(List.of("A01", "A02", "A03"), 1);
      lane.publishSite("A01", 1, 60);
      lane.pass(Duration.ofSeconds(5));
      assertThat(lane.alerts()).isEmpty();
      lane.serve(NEW);
      lane.publishSite("A02", 1, 60);
      lane.publishSite("A03", 1, 60);
      lane.pass(Duration.ofSeconds(5));
      Alert mixed = lane.alerts().stream().filter(alert -> alert.getKind() == AlertKind.MODELS_MIXED).findFirst().orElseThrow();
      assertThat(mixed.getState()).isEqualTo(AlertState.RAISED);
      assertThat(mixed.getMessage()).contains("test 1 (1 wells), test 2 (2 wells)");
      assertThat(mixed.getRemedy()).contains("dcmix rescore");
      PlateQuality quality = lane.plateQuality().getLast().value();
      assertThat(quality.getModelVersion()).isEqualTo("1 + 2");
      assertThat(quality.getModelName()).isEqualTo("test");
    }
  }

  @Test
  void importanceIsTheServingVersionsAndWhatWasSaidOfAnOlderPlateStays() {
    try (TestLane lane = new TestLane()) {
      lane.announce(List.of("A01", "A02"), 1);
      lane.publishSite("A01", 1, 60);
      lane.pass(Duration.ofSeconds(5));
      assertThat(lane.importance().get("plate/P/1").getModelVersion()).isEqualTo("1");
      lane.serve(NEW);
      lane.announce(AcquisitionStatus.FINISHED, List.of("A01", "A02"), 1);
      lane.pass(Duration.ofSeconds(5));
      assertThat(lane.importance()).as("no well is the new version's yet").doesNotContainKey("plate/P/1");
      lane.publishSite("A02", 1, 60);
      lane.pass(Duration.ofSeconds(5));
      ChannelImportance now = lane.importance().get("plate/P/1");
      assertThat(now.getModelVersion()).isEqualTo("2");
      assertThat(now.getWells()).isEqualTo(1);
      assertThat(now.getChannels()).as("the weights of the version that scored").extracting(channel -> channel.getWeight()).containsExactly(0.5, 0.5);
    }
  }

  @Test
  void aPlateWhoseWellsCameFromAnInstanceThatWasAheadIsTakenInWhenThisOneFollows() {
    try (TestLane lane = new TestLane()) {
      lane.announce(List.of("A01"), 1);
      lane.serve(NEW);
      lane.publishSite("A01", 1, 60);
      lane.moment();
      lane.serve(TestLane.MODEL);
      lane.pass(Duration.ofMinutes(2));
      assertThat(lane.importance()).as("no well is this instance's version's").isEmpty();
      lane.serve(NEW);
      lane.pass(Duration.ofMinutes(2));
      lane.pass(Duration.ofSeconds(5));
      assertThat(lane.importance().get("plate/P/1").getModelVersion()).isEqualTo("2");
    }
  }

  @Test
  void aWindowIsTakenOverTheServingVersionsWellsAsSoonAsItServesAlsoWhenItServedBefore() {
    try (TestLane lane = new TestLane()) {
      lane.announce(List.of("A01", "A02"), 1);
      lane.publishSite("A01", 1, 60);
      lane.publishSite("A02", 1, 60);
      lane.pass(Duration.ofSeconds(5));
      assertThat(ofWindow(lane)).isEqualTo("1: 2 wells");
      lane.serve(NEW);
      lane.pass(Duration.ofMinutes(2));
      lane.pass(Duration.ofSeconds(5));
      assertThat(lane.importanceRecords()).as("no well is the new version's yet: what was said stays").isEmpty();
      lane.announce(TestLane.acquisition(List.of("A01"), List.of(1)).setPlate("P2"));
      lane.publish(TestLane.image("A01", 1, "DNA", 60).setPlate("P2"));
      lane.publish(TestLane.image("A01", 1, "GFP", 7).setPlate("P2"));
      lane.pass(Duration.ofSeconds(5));
      assertThat(ofWindow(lane)).isEqualTo("2: 1 wells");
      lane.serve(TestLane.MODEL);
      lane.pass(Duration.ofMinutes(2));
      lane.pass(Duration.ofSeconds(5));
      assertThat(ofWindow(lane)).as("no plate came meanwhile").isEqualTo("1: 2 wells");
    }
  }

  private static String ofWindow(TestLane lane) {
    ChannelImportance window = lane.importance().get("all");
    return window.getModelVersion() + ": " + window.getWells() + " wells";
  }

  private static WellPrediction only(TestLane lane) {
    List<WellPrediction> all = lane.predictions();
    assertThat(all).hasSize(1);
    return all.getFirst();
  }
}
