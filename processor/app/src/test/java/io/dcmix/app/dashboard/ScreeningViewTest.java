package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.app.dashboard.Api.WellStatus;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.ImageEvent;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class ScreeningViewTest {
  private static final Instant AT = Screen.START;

  private final ScreeningView view = new ScreeningView();
  private final Screen screen = Screen.of("P/7", PlateFormat.WELLS_96);
  private final PlateKey key = new PlateKey("P/7", "run-1");

  private void apply(SpecificRecord... records) {
    for (SpecificRecord record : records) {
      view.apply(record, AT);
    }
  }

  private Api.WellCell cell(String well) {
    return view.wells(key).orElseThrow().stream().filter(c -> c.well().equals(well)).findFirst().orElseThrow();
  }

  private Api.PlateSummary summary() {
    return view.plate(key).orElseThrow().summary();
  }

  @Test
  void shouldCountWellsHitsFailuresAndControls() {
    // Row A of a 96-well plate: A01 is a negative control, A06 a hit by the fixture's rule, A12 a positive control.
    apply(screen.layout(), screen.acquisition(AcquisitionStatus.STARTED));
    apply(screen.prediction("A01"), screen.prediction("A02"), screen.prediction("A06"), screen.prediction("A12"));
    apply(screen.failure("B01", 1));

    Api.PlateSummary summary = summary();
    assertThat(summary.expected()).isEqualTo(96);
    assertThat(summary.scored()).isEqualTo(4);
    assertThat(summary.failed()).isEqualTo(1);
    assertThat(summary.hits()).as("controls are no hits").isEqualTo(1);
    assertThat(summary.negativeControls()).isEqualTo(new Api.Controls(8, 1, 0));
    assertThat(summary.positiveControls()).isEqualTo(new Api.Controls(8, 1, 1));
    assertThat(view.plate(key).orElseThrow().hits()).extracting(Api.WellCell::well).containsExactly("A06");
  }

  @Test
  void shouldKeepTheHighestRevisionInWhateverOrderItComes() {
    WellAddress well = WellAddress.parse("C03");
    WellPrediction second = screen.prediction(well, 2);
    second.setHitLogit(7.5);
    apply(second, screen.prediction(well, 1));
    assertThat(cell("C03").revision()).isEqualTo(2);
    assertThat(cell("C03").hitLogit()).isEqualTo(7.5);
    assertThat(summary().scored()).isEqualTo(1);
  }

  @Test
  void shouldLetAPredictionFollowAFailureAndAFailureFollowAPrediction() {
    WellAddress well = WellAddress.parse("C03");
    apply(screen.failure("C03", 1));
    assertThat(cell("C03").status()).isEqualTo(WellStatus.FAILED);
    assertThat(cell("C03").reason()).isEqualTo("CORRUPT_PLANE");
    apply(screen.prediction(well, 2));
    assertThat(cell("C03").status()).isEqualTo(WellStatus.SCORED);
    assertThat(cell("C03").reason()).isNull();
    apply(screen.failure("C03", 3));
    assertThat(cell("C03").status()).isEqualTo(WellStatus.FAILED);
    assertThat(summary().scored()).isZero();
  }

  @Test
  void shouldShowASiteThatFailedAndAnImageThatCameLateBesideThePrediction() {
    apply(screen.prediction("C03"));
    apply(screen.failure("C03", 1, 2, FailureReason.CORRUPT_PLANE), screen.failure("C03", 2, null, FailureReason.LATE));
    assertThat(cell("C03").status()).isEqualTo(WellStatus.SCORED);
    Api.WellDetail detail = view.well(key, WellAddress.parse("C03"), 0).orElseThrow();
    assertThat(detail.failures()).extracting(Api.Failure::reason).containsExactly("CORRUPT_PLANE", "LATE");
    assertThat(detail.failures().getFirst().site()).isEqualTo(2);
  }

  @Test
  void shouldNotCallAWellFailedBecauseOneOfItsSitesIs() {
    apply(screen.failure("C03", 1, 2, FailureReason.CORRUPT_PLANE));
    assertThat(cell("C03").status()).isEqualTo(WellStatus.PENDING);
    assertThat(summary().failed()).isZero();
  }

  @Test
  void shouldTakeALayoutThatComesBeforeOrAfterTheWells() {
    ScreeningView after = new ScreeningView();
    after.apply(screen.prediction("A12"), AT);
    after.apply(screen.layout(), AT);
    apply(screen.layout(), screen.prediction("A12"));
    for (ScreeningView each : List.of(view, after)) {
      assertThat(each.plate(key).orElseThrow().summary().positiveControls().hits()).isEqualTo(1);
      Api.LayoutWell layout = each.well(key, WellAddress.parse("A12"), 0).orElseThrow().layout();
      assertThat(layout).isEqualTo(new Api.LayoutWell("A12", "POSITIVE_CONTROL", "Rotenone", 10.0, "uM"));
    }
  }

  @Test
  void shouldTurnTheLayoutOfAPlateThatLayTurned() {
    PlateLayout layout = screen.layout();
    layout.setOrientation(Orientation.ROTATED_180);
    apply(layout, screen.prediction("H01"));
    // The layout's A12 is a positive control; turned by 180 degrees on an 8 by 12 plate it is imaged as H01.
    assertThat(view.well(key, WellAddress.parse("H01"), 0).orElseThrow().layout().role()).isEqualTo("POSITIVE_CONTROL");
  }

  @Test
  void shouldGuessTheFormatWithoutAnnouncementAndLayout() {
    apply(screen.prediction("A01"));
    assertThat(summary().columns()).isEqualTo(3);
    assertThat(summary().expected()).isNull();
    assertThat(summary().status()).isEqualTo("UNKNOWN");
    apply(Screen.of("P/7", PlateFormat.WELLS_384).prediction("P24"));
    assertThat(summary().rows()).isEqualTo(16);
    assertThat(summary().columns()).isEqualTo(24);
  }

  @Test
  void shouldAnswerForAWellWithoutResultButNotForOneThatThePlateDoesNotHave() {
    apply(screen.acquisition(AcquisitionStatus.STARTED));
    assertThat(view.well(key, WellAddress.parse("H12"), 0).orElseThrow().status()).isEqualTo(WellStatus.PENDING);
    assertThat(view.well(key, WellAddress.parse("I01"), 0)).isEmpty();
    assertThat(view.well(new PlateKey("other", "run-1"), WellAddress.parse("A01"), 0)).isEmpty();
  }

  @Test
  void shouldTellEachChangeOnce() {
    apply(screen.acquisition(AcquisitionStatus.STARTED), screen.prediction("A01"), screen.prediction("A02"));
    apply(screen.prediction("A01"), screen.importance("all", 1), screen.importance("all", 2));
    List<Change> changes = view.drainChanges();
    assertThat(changes).hasSize(3);
    assertThat(changes.get(0)).isInstanceOfSatisfying(
        Change.Wells.class, wells -> assertThat(wells.wells()).extracting(Api.WellCell::well).containsExactly("A01", "A02"));
    assertThat(changes.get(1)).isInstanceOfSatisfying(Change.Plate.class, p -> assertThat(p.plate().scored()).isEqualTo(2));
    assertThat(changes.get(2)).isInstanceOfSatisfying(
        Change.ScopeImportance.class, s -> assertThat(s.importance().series()).extracting(Api.ImportancePoint::wells).containsExactly(2L));
    assertThat(view.drainChanges()).isEmpty();
  }

  // ---- decisions

  @Test
  void shouldGiveTheLastCallOfEachWellWithWhatDecidedIt() {
    HitCall corrected = screen.call("A02");
    corrected.setScore(5.5);
    corrected.setStage(CallStage.FINAL);
    apply(screen.call("A02"), screen.call("A01"), corrected);
    Api.Calls calls = view.calls(key).orElseThrow();
    assertThat(calls.groups()).hasSize(1);
    assertThat(calls.groups().getFirst().basis())
        .isEqualTo(new Api.CallBasis("robust-z", "1", "cell-painting", "NEGATIVE_CONTROLS", "UP", 3.0, "cell-painting-small", "3"));
    assertThat(calls.groups().getFirst().calls()).extracting(Api.WellCall::well).containsExactly("A01", "A02");
    Api.WellCall last = calls.groups().getFirst().calls().getLast();
    assertThat(last.score()).isEqualTo(5.5);
    assertThat(last.stage()).isEqualTo("FINAL");
    assertThat(last.treatment()).isEqualTo("CMP-0001");
    assertThat(last.sequence()).as("the newest word").isGreaterThan(calls.groups().getFirst().calls().getFirst().sequence());
  }

  @Test
  void shouldPassOverACallOnAnOlderRevision() {
    HitCall second = screen.call("A02");
    second.setRevision(2);
    second.setScore(9.0);
    apply(second, screen.call("A02"));
    assertThat(view.calls(key).orElseThrow().groups().getFirst().calls()).extracting(Api.WellCall::score).containsExactly(9.0);
  }

  @Test
  void shouldKeepCallsApartThatWereMadeInAnotherWay() {
    HitCall other = screen.call("A02");
    other.setMethod("npi");
    other.setThreshold(50);
    apply(screen.call("A01"), other, screen.call("A03"));
    List<Api.CallGroup> groups = view.calls(key).orElseThrow().groups();
    assertThat(groups).extracting(group -> group.basis().method()).containsExactly("robust-z", "npi");
    assertThat(groups.getFirst().calls()).extracting(Api.WellCall::well).containsExactly("A01", "A03");
  }

  @Test
  void shouldKnowAPlateOfWhichOnlyDecisionsAreLeft() {
    apply(screen.call("H12"), screen.quality(96));
    assertThat(view.plates()).singleElement().satisfies(plate -> assertThat(plate.plate()).isEqualTo("P/7"));
    assertThat(view.calls(new PlateKey("other", "run-1"))).isEmpty();
    assertThat(view.quality(new PlateKey("other", "run-1"))).isEmpty();
    assertThat(view.hitList(new PlateKey("other", "run-1"), true)).isEmpty();
  }

  @Test
  void shouldTellCallsQualityAndAlertsOnceEach() {
    apply(screen.call("A01"), screen.call("A02"), screen.call("A01"), screen.quality(8), screen.quality(9));
    apply(screen.alert("a", AlertSeverity.WARNING, AlertState.RAISED, 1), screen.alert("a", AlertSeverity.WARNING, AlertState.RESOLVED, 2));
    List<Change> changes = view.drainChanges();
    assertThat(changes).extracting(Change::event).containsExactly("plate", "calls", "quality", "alerts");
    assertThat(changes.get(1)).isInstanceOfSatisfying(
        Change.Calls.class,
        change -> assertThat(change.calls().groups().getFirst().calls()).extracting(Api.WellCall::well).containsExactly("A01", "A02"));
    assertThat(changes.get(2)).isInstanceOfSatisfying(
        Change.PlateQuality.class,
        change -> assertThat(change.quality().history()).extracting(Api.QualityPoint::wells).containsExactly(9));
    assertThat(changes.get(3)).isInstanceOfSatisfying(Change.Alerts.class, change -> assertThat(change.alerts().raised()).isZero());
    assertThat(view.quality(key).orElseThrow().getFirst().history()).extracting(Api.QualityPoint::wells).containsExactly(8, 9);
    assertThat(view.drainChanges()).isEmpty();
  }

  @Test
  void shouldRefuseDecisionsOnWhatCannotBe() {
    HitCall nowhere = screen.call("A01");
    nowhere.setWell("ZZ99");
    PlateQuality never = screen.quality(8);
    never.setTimepoint(-1);
    assertThatThrownBy(() -> apply(nowhere)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> apply(never)).isInstanceOf(IllegalArgumentException.class);
    assertThat(view.plates()).isEmpty();
  }

  @Test
  void shouldListHitsByCallAndByPredictedClassAsLongAsThereIsNone() {
    apply(screen.layout(), screen.prediction("A06"), screen.prediction("A07"), screen.prediction("A12"));
    assertThat(HitListTest.read(view.hitList(key, false).orElseThrow())).singleElement()
        .satisfies(row -> assertThat(row)
            .containsEntry("Metadata_Well", "A06")
            .containsEntry("Metadata_Method", "predicted-class")
            .containsEntry("Metadata_Treatment", "CMP-0005")
            .containsEntry("Score", ""));
    HitCall call = screen.call("A07");
    call.setHit(true);
    apply(call);
    assertThat(HitListTest.read(view.hitList(key, false).orElseThrow())).singleElement()
        .satisfies(row -> assertThat(row).containsEntry("Metadata_Well", "A07").containsEntry("Metadata_Method", "robust-z"));
  }

  @Test
  void shouldBoundTheTimepointsWhoseQualityItKeeps() {
    for (int t = 0; t <= PlateState.MAX_QUALITIES; t++) {
      PlateQuality quality = screen.quality(8);
      quality.setTimepoint(t);
      apply(quality);
    }
    assertThat(view.quality(key).orElseThrow())
        .hasSize(PlateState.MAX_QUALITIES)
        .extracting(Api.Quality::timepoint)
        .startsWith(1)
        .endsWith(PlateState.MAX_QUALITIES);
  }

  @Test
  void shouldStayAsItWasWhenARecordContradictsItself() {
    WellPrediction uneven = screen.prediction("A01");
    uneven.setContribution(List.of(1.0));
    WellPrediction nowhere = screen.prediction("A01");
    nowhere.setWell("ZZ99");
    assertThatThrownBy(() -> apply(uneven)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> apply(nowhere)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> apply(new ImageEvent())).isInstanceOf(IllegalArgumentException.class);
    assertThat(view.plates()).isEmpty();
    assertThat(view.drainChanges()).isEmpty();
  }

  @Test
  void shouldForgetTheOldestPlateWhenThereAreTooMany() {
    for (int i = 0; i <= ScreeningView.MAX_PLATES; i++) {
      WellPrediction prediction = Screen.of("P" + i, PlateFormat.WELLS_96).prediction("A01");
      prediction.setLastImageAt(AT.plusSeconds(i == 0 ? 1_000_000 : i));
      apply(prediction);
    }
    assertThat(view.plates()).hasSize(ScreeningView.MAX_PLATES).extracting(Api.PlateSummary::plate).doesNotContain("P1");
    assertThat(view.plates().getFirst().plate()).as("the newest first").isEqualTo("P0");
    apply(Screen.of("P1", PlateFormat.WELLS_96).prediction("A01"));
    assertThat(view.plates()).extracting(Api.PlateSummary::plate).as("a word of an old plate pushes no newer one out").contains("P2").hasSize(200);
  }

  @Test
  void shouldGiveNullForNumbersThatJsonDoesNotHave() {
    WellPrediction infinite = screen.prediction("A01");
    infinite.setHitLogit(Double.POSITIVE_INFINITY);
    apply(infinite);
    assertThat(cell("A01").hitLogit()).isNull();
    assertThat(cell("A01").status()).isEqualTo(WellStatus.SCORED);
  }

  @Test
  void shouldThinALongSeriesEvenlyAndKeepItsEnds() {
    for (int i = 0; i < 5000; i++) {
      view.apply(screen.importance("all", i), AT.plusSeconds(i));
      assertThat(view.importance("all").series().getLast().wells()).isEqualTo(i);
    }
    List<Long> wells = view.importance("all").series().stream().map(Api.ImportancePoint::wells).toList();
    assertThat(wells).hasSizeBetween(ScreeningView.MAX_POINTS / 2, ScreeningView.MAX_POINTS).startsWith(0L).endsWith(4999L);
    for (int i = 1; i + 1 < wells.size(); i++) {
      assertThat(wells.get(i) - wells.get(i - 1)).isEqualTo(16);
    }
  }

  @Test
  void shouldStartTheSeriesAnewWhenTheModelHasOtherChannels() {
    apply(screen.importance("all", 1), screen.importance("all", 2));
    apply(new Screen("P/7", "run-1", PlateFormat.WELLS_96, List.of("GFP", "DNA")).importance("all", 3));
    assertThat(view.importance("all").series()).hasSize(1).first().extracting(p -> p.importance().size()).isEqualTo(2);
  }

  @Test
  void shouldKnowNothingOfAScopeThatNobodySpokeOf() {
    assertThat(view.importance("class/none")).isEqualTo(new Api.Importance("class/none", null, List.of()));
    assertThat(view.scopes()).isEmpty();
  }

  @Test
  void shouldForgetWhatWasTakenBackAndTheRunWithTheLastOfIt() {
    apply(screen.prediction("A01"), screen.failure("A02", 1));
    view.forget(WellPrediction.class, key + "/A01/0");
    assertThat(view.wells(key).orElseThrow()).extracting(Api.WellCell::well).containsExactly("A02");
    view.forget(WellPrediction.class, key + "/A02/0");
    assertThat(cell("A02").status()).as("a failure is another topic's word").isEqualTo(WellStatus.FAILED);
    view.forget(WellFailure.class, key + "/A02/0");
    assertThat(view.plates()).isEmpty();
    assertThat(view.drainChanges()).noneMatch(change -> change instanceof Change.Wells wells && !wells.wells().isEmpty());
  }

  @Test
  void shouldForgetCallsQualityAlertsImportanceLayoutAndAnnouncementEachByItsOwnKey() {
    apply(screen.acquisition(AcquisitionStatus.STARTED), screen.layout(), screen.call("H12"), screen.quality(96),
        screen.alert("drift", AlertSeverity.WARNING, AlertState.RAISED, 1), screen.importance(screen.plateScope(), 96));
    view.forget(HitCall.class, key + "/H12/0");
    assertThat(view.calls(key).orElseThrow().groups()).isEmpty();
    view.forget(PlateQuality.class, key + "/0");
    assertThat(view.quality(key).orElseThrow()).isEmpty();
    view.forget(Alert.class, key.toString());
    assertThat(view.alerts().raised()).isZero();
    view.forget(ChannelImportance.class, screen.plateScope());
    assertThat(view.scopes()).isEmpty();
    view.forget(PlateLayout.class, "P%2F7");
    assertThat(view.plate(key).orElseThrow().layout()).isEmpty();
    view.forget(Acquisition.class, key.toString());
    assertThat(view.plates()).isEmpty();
  }

  /** After a lane reset revisions count from 1: what was taken back must not hold that down. */
  @Test
  void shouldTakeAFirstRevisionAfterASecondWasTakenBack() {
    WellAddress well = WellAddress.parse("C03");
    apply(screen.prediction(well, 2));
    view.forget(WellPrediction.class, key + "/C03/0");
    apply(screen.prediction(well, 1));
    assertThat(cell("C03").revision()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAKeyThatIsNone() {
    assertThatThrownBy(() -> view.forget(WellPrediction.class, "no well")).isInstanceOf(IllegalArgumentException.class);
  }
}
