package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.CallFlag;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.schema.event.PlateVerdict;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellRole;
import io.dcmix.schema.event.WellStatus;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlateEvaluatorTest {
  /** Median 0, MAD 1. */
  private static final double[] NEGATIVE = {-2, -1, 0, 1, 2};

  private static Map<String, HitCall> calls(PlateEvaluation evaluation) {
    return evaluation.calls().stream().collect(Collectors.toMap(HitCall::getWell, call -> call));
  }

  private static TestPlate withSample(String well, double logit) {
    return new TestPlate().negatives(NEGATIVE).positives(9, 10, 10, 11).map(WellRole.SAMPLE, well, "T-" + well).result(well, logit);
  }

  @Test
  void shouldCallBySpreadOfTheNegativeControls() {
    Map<String, HitCall> calls = calls(withSample("C05", 5).map(WellRole.SAMPLE, "C06").result("C06", 4).evaluate(HitRules.CONTROLS));
    HitCall hit = calls.get("C05");
    assertThat(hit.getHit()).isTrue();
    assertThat(hit.getScore()).isCloseTo(5 / 1.4826, within(1e-12));
    assertThat(hit.getRobustZ()).isEqualTo(hit.getScore());
    assertThat(hit.getNpi()).isCloseTo(50, within(1e-12));
    assertThat(hit.getMethod()).isEqualTo("robust-z");
    assertThat(hit.getRules()).isEqualTo("controls");
    assertThat(hit.getThreshold()).isEqualTo(3);
    assertThat(hit.getTreatment()).isEqualTo("T-C05");
    assertThat(hit.getConcentrationUnit()).isEqualTo("uM");
    assertThat(hit.getRow()).isEqualTo(3);
    assertThat(hit.getColumn()).isEqualTo(5);
    assertThat(hit.getEdge()).isFalse();
    assertThat(hit.getStage()).isEqualTo(CallStage.PROVISIONAL);
    assertThat(hit.getFlags()).isEmpty();
    assertThat(calls.get("C06").getHit()).isFalse();
  }

  @Test
  void shouldRankSamplesByTheDecidingScoreAndShareTheBetterPlace() {
    TestPlate plate = withSample("C05", 5);
    for (String well : List.of("C06", "C07", "C08")) {
      plate.map(WellRole.SAMPLE, well).result(well, well.equals("C08") ? 1 : 4);
    }
    Map<String, HitCall> calls = calls(plate.evaluate(HitRules.CONTROLS));
    assertThat(calls.get("C05").getRank()).isEqualTo(1);
    assertThat(calls.get("C06").getRank()).isEqualTo(2);
    assertThat(calls.get("C07").getRank()).isEqualTo(2);
    assertThat(calls.get("C08").getRank()).isEqualTo(4);
    assertThat(calls.get("A01").getRank()).as("a control").isNull();
    assertThat(calls.get("A12").getHit()).as("a control is measured like any well").isTrue();
  }

  @Test
  void shouldGiveNoScoreOfControlsThatDoNotVary() {
    HitCall call = calls(new TestPlate().negatives(1, 1, 1, 1, 5).map(WellRole.SAMPLE, "C05").result("C05", 9).evaluate(HitRules.CONTROLS)).get("C05");
    assertThat(call.getHit()).isNull();
    assertThat(call.getScore()).isNull();
    assertThat(call.getFlags()).contains(CallFlag.ZERO_SPREAD);
  }

  @Test
  void shouldGiveNoScoreOfTooFewControls() {
    PlateEvaluation evaluation = new TestPlate().negatives(-1, 0, 1).map(WellRole.SAMPLE, "C05").result("C05", 9).evaluate(HitRules.CONTROLS);
    HitCall call = calls(evaluation).get("C05");
    assertThat(call.getHit()).isNull();
    assertThat(call.getFlags()).containsExactly(CallFlag.TOO_FEW_CONTROLS);
    assertThat(evaluation.quality().getHits()).isNull();
    assertThat(evaluation.quality().getUndefined()).containsKeys("hits", "hitRate", "zPrime", "robustZPrime", "ssmd", "cvPositive", "edgeEffect")
        .containsEntry("zPrime", "it needs 2 positive and 2 negative controls with a usable result; there are 0 and 3");
  }

  @Test
  void shouldGiveNoNpiOfEqualControls() {
    HitCall call = calls(new TestPlate().negatives(-1, 1).positives(-2, 2).map(WellRole.SAMPLE, "C05").result("C05", 9).evaluate(HitRules.NPI_50)).get("C05");
    assertThat(call.getNpi()).isNull();
    assertThat(call.getFlags()).contains(CallFlag.EQUAL_CONTROLS);
  }

  @Test
  void shouldCallHalfTheEffectByNpi() {
    Map<String, HitCall> calls = calls(withSample("C05", 5).map(WellRole.SAMPLE, "C06").result("C06", 4.9).evaluate(HitRules.NPI_50));
    assertThat(calls.get("C05").getHit()).isTrue();
    assertThat(calls.get("C06").getHit()).isFalse();
    assertThat(calls.get("C06").getScore()).isCloseTo(49, within(1e-9));
  }

  @Test
  void shouldScoreReplicatesOfATreatmentTogetherBySsmd() {
    TestPlate plate = withSample("C05", 5);
    // Means 10 and 0, variances 2 and 2.5 by hand.
    plate.map(WellRole.SAMPLE, "D05", "T").result("D05", 9).map(WellRole.SAMPLE, "D06", "T").result("D06", 11);
    Map<String, HitCall> calls = calls(plate.evaluate(HitRules.SSMD_3));
    assertThat(calls.get("D05").getSsmd()).isCloseTo(10 / Math.sqrt(4.5), within(1e-12));
    assertThat(calls.get("D06").getSsmd()).isEqualTo(calls.get("D05").getSsmd());
    assertThat(calls.get("D05").getHit()).isTrue();
    assertThat(calls.get("C05").getSsmd()).as("SSMD* of a well without replicates").isCloseTo(5 / (1.4826 * Math.sqrt(8 / 2.52)), within(1e-12));
    assertThat(calls.get("C05").getHit()).isFalse();
  }

  @Test
  void shouldCallBySamplesWithoutALayoutAndSaySo() {
    TestPlate plate = new TestPlate();
    plate.mapped = false;
    for (int i = 0; i < 12; i++) {
      plate.result(new WellAddress(2, i).toString(), i == 11 ? 50 : i);
    }
    PlateEvaluation evaluation = plate.evaluate(HitRules.SAMPLES);
    assertThat(calls(evaluation).get("C12").getHit()).isTrue();
    assertThat(calls(evaluation).get("C12").getFlags()).containsExactly(CallFlag.NO_PLATEMAP);
    assertThat(calls(evaluation).get("C12").getRank()).isEqualTo(1);
    assertThat(calls(evaluation).get("C01").getHit()).isFalse();
    assertThat(evaluation.quality().getHits()).isEqualTo(1);
    assertThat(evaluation.quality().getUnmapped()).isEqualTo(12);

    PlateEvaluation byControls = plate.evaluate(HitRules.CONTROLS);
    assertThat(byControls.calls()).allSatisfy(call -> {
      assertThat(call.getHit()).isNull();
      assertThat(call.getFlags()).containsExactly(CallFlag.NO_PLATEMAP);
    });
    assertThat(byControls.quality().getZPrime()).isNull();
    assertThat(byControls.quality().getUndefined()).containsEntry("zPrime", "the plate has no layout");
  }

  @Test
  void shouldScoreAndFlagAWellThatTheLayoutDoesNotDescribe() {
    PlateEvaluation evaluation = withSample("C05", 5).result("E05", 6).evaluate(HitRules.CONTROLS);
    HitCall call = calls(evaluation).get("E05");
    assertThat(call.getHit()).isTrue();
    assertThat(call.getRole()).isNull();
    assertThat(call.getFlags()).containsExactly(CallFlag.UNMAPPED);
    assertThat(call.getRank()).isNull();
    assertThat(evaluation.quality().getHits()).as("not among the samples").isEqualTo(1);
    assertThat(evaluation.quality().getUnmapped()).isEqualTo(1);
  }

  @Test
  void shouldMakeNoCallOfAWellWithoutCellsOrTreatment() {
    TestPlate plate = withSample("C05", 5).map(WellRole.EMPTY, "E05").result("E05", 6);
    plate.map(WellRole.SAMPLE, "E06").result("E06", 0, 6, row -> row.setStatus(WellStatus.NO_CELLS));
    PlateEvaluation evaluation = plate.evaluate(HitRules.CONTROLS);
    assertThat(calls(evaluation).get("E05").getHit()).isNull();
    assertThat(calls(evaluation).get("E06").getHit()).isNull();
    assertThat(calls(evaluation).get("E06").getFlags()).containsExactly(CallFlag.NO_CELLS);
    assertThat(evaluation.quality().getWellsNoCells()).isEqualTo(1);
  }

  @Test
  void shouldLeaveWellsWithBadImagesOutOfTheControls() {
    TestPlate plate = withSample("C05", 5).map(WellRole.NEGATIVE_CONTROL, "H01")
        .result("H01", 0, 1000, row -> row.setFlags(List.of(WellFlag.SATURATED_CHANNEL)));
    PlateEvaluation evaluation = plate.evaluate(HitRules.CONTROLS);
    assertThat(evaluation.quality().getNegativeControls()).isEqualTo(5);
    assertThat(calls(evaluation).get("H01").getFlags()).containsExactly(CallFlag.IMAGE_QUALITY);
    assertThat(calls(evaluation).get("C05").getScore()).isCloseTo(5 / 1.4826, within(1e-12));
  }

  private static TestPlate manySamples(int hits) {
    TestPlate plate = new TestPlate().negatives(NEGATIVE).positives(9, 10, 10, 11);
    for (int i = 0; i < 20; i++) {
      String well = new WellAddress(1 + i / 10, 1 + i % 10).toString();
      plate.map(WellRole.SAMPLE, well).result(well, i < hits ? 40 + i : 0.1 * i);
    }
    return plate;
  }

  @Test
  void shouldNotUseScoresOfSamplesWhenTooManyAreHits() {
    PlateEvaluation atTheLimit = manySamples(4).evaluate(HitRules.SAMPLES);
    assertThat(atTheLimit.quality().getHits()).as("20 % is not above 20 %").isEqualTo(4);
    PlateEvaluation above = manySamples(5).evaluate(HitRules.SAMPLES);
    assertThat(above.quality().getHits()).isNull();
    assertThat(above.quality().getHitRate()).isEqualTo(0.25);
    assertThat(above.quality().getUndefined().get("hits")).contains("5 of 20 samples");
    assertThat(above.calls()).allSatisfy(call -> {
      assertThat(call.getHit()).isNull();
      assertThat(call.getRobustZ()).isNull();
      assertThat(call.getRank()).isNull();
      assertThat(call.getFlags()).contains(CallFlag.HIT_RATE);
    });

    TestPlate closed = manySamples(5).announceAll();
    PlateEvaluation byControls = closed.evaluate(HitRules.CONTROLS);
    assertThat(byControls.quality().getHits()).as("controls are still a reference").isEqualTo(5);
    assertThat(calls(byControls).get("B02").getHit()).isTrue();
    assertThat(calls(byControls).get("B02").getBScore()).isNull();
    assertThat(calls(byControls).get("B02").getFlags()).contains(CallFlag.HIT_RATE);
  }

  @Test
  void shouldGiveBScoresWhenThePlateIsCompleteAndNotBefore() {
    TestPlate plate = new TestPlate();
    Random random = new Random(7);
    for (int r = 0; r < 8; r++) {
      for (int c = 1; c < 11; c++) {
        String well = new WellAddress(r, c).toString();
        // A gradient over rows and columns far beyond the effect of the one hit.
        plate.map(WellRole.SAMPLE, well).result(well, 10 * r + 5 * c + 0.1 * random.nextGaussian() + (well.equals("D06") ? 3 : 0));
      }
    }
    PlateEvaluation running = plate.evaluate(HitRules.B_SCORE);
    assertThat(running.calls()).allMatch(call -> call.getBScore() == null && call.getHit() == null && call.getStage() == CallStage.PROVISIONAL);
    PlateEvaluation complete = plate.announceAll().evaluate(HitRules.B_SCORE);
    assertThat(complete.calls()).filteredOn(call -> call.getStage() == CallStage.FINAL).hasSize(80);
    assertThat(calls(complete).get("D06").getHit()).isTrue();
    assertThat(calls(complete).get("D06").getRank()).isEqualTo(1);
    assertThat(complete.quality().getHits()).isLessThan(4);
  }

  @Test
  void shouldMeasureTheControls() {
    // Means 0 and 10, sample variances 2.5 and 2/3 by hand.
    PlateQuality quality = withSample("C05", 5).evaluate(HitRules.CONTROLS).quality();
    assertThat(quality.getZPrime()).isCloseTo(1 - 3 * (Math.sqrt(2.5) + Math.sqrt(2.0 / 3)) / 10, within(1e-12));
    assertThat(quality.getVerdict()).isEqualTo(PlateVerdict.MARGINAL);
    assertThat(quality.getSsmd()).isCloseTo(10 / Math.sqrt(2.5 + 2.0 / 3), within(1e-12));
    assertThat(quality.getCvNegative()).isPositive();
    assertThat(quality.getPositiveControls()).isEqualTo(4);
    assertThat(quality.getHits()).isEqualTo(1);
    assertThat(quality.getHitRate()).isEqualTo(1);
    assertThat(quality.getStatus()).isEqualTo(PlateStatus.RUNNING);
    assertThat(quality.getLayoutSource()).isEqualTo("test");
    assertThat(quality.getUndefined()).containsOnlyKeys("edgeEffect");
  }

  @Test
  void shouldCountWhatIsThereAndWhatIsNot() {
    TestPlate plate = withSample("C05", 5).failed("C06");
    plate.result("C07", 0, 1, row -> row.setFlags(List.of(WellFlag.INCOMPLETE, WellFlag.BLURRED)));
    plate.announce(AcquisitionStatus.STARTED, 1, List.of("C05", "C06", "C07", "C08"));
    PlateQuality quality = plate.evaluate(HitRules.CONTROLS).quality();
    assertThat(quality.getWellsExpected()).isEqualTo(4);
    assertThat(quality.getWellsSeen()).isEqualTo(12);
    assertThat(quality.getWellsFailed()).isEqualTo(1);
    assertThat(quality.getWellsPartial()).isEqualTo(1);
    assertThat(quality.getFocusFailures()).isEqualTo(1);
    assertThat(quality.getStatus()).isEqualTo(PlateStatus.RUNNING);
    plate.open = false;
    assertThat(plate.evaluate(HitRules.CONTROLS).quality().getStatus()).as("C08 never came").isEqualTo(PlateStatus.PARTIAL);
    plate.failed("C08");
    assertThat(plate.evaluate(HitRules.CONTROLS).quality().getStatus()).as("a failure is an answer, too").isEqualTo(PlateStatus.COMPLETE);
  }

  @Test
  void shouldMeasureHowTheEdgeDiffers() {
    TestPlate plate = new TestPlate();
    for (int i = 0; i < 9; i++) {
      String edge = new WellAddress(0, i).toString();
      String inside = new WellAddress(3, 1 + i).toString();
      plate.map(WellRole.SAMPLE, edge).result(edge, 10 + i).map(WellRole.SAMPLE, inside).result(inside, i);
    }
    plate.negatives(NEGATIVE);
    PlateEvaluation evaluation = plate.map(WellRole.SAMPLE, "A01").result("A01", 14).evaluate(HitRules.CONTROLS);
    // Medians 14 and 4; the inside's MAD is 2 by hand.
    assertThat(evaluation.quality().getEdgeEffect()).isCloseTo(10 / (2 * 1.4826), within(1e-12));
    assertThat(calls(evaluation).get("A05").getFlags()).contains(CallFlag.EDGE_EFFECT);
    assertThat(calls(evaluation).get("A05").getEdge()).isTrue();
    assertThat(calls(evaluation).get("D05").getFlags()).doesNotContain(CallFlag.EDGE_EFFECT);
  }

  @Test
  void shouldKeepTimepointsApart() {
    TestPlate plate = withSample("C05", 5);
    plate.result("C05", 1, 7, row -> {});
    assertThat(plate.view().timepoints()).containsExactly(0, 1);
    PlateEvaluation second = PlateEvaluator.evaluate(plate.view(), 1, HitRules.CONTROLS);
    assertThat(second.calls()).singleElement().satisfies(call -> {
      assertThat(call.getTimepoint()).isEqualTo(1);
      assertThat(call.getFlags()).contains(CallFlag.TOO_FEW_CONTROLS);
    });
    assertThat(second.quality().getTimepoint()).isEqualTo(1);
    plate.announce(AcquisitionStatus.STARTED, 2, List.of("C05"));
    assertThat(PlateEvaluator.isComplete(plate.view())).isTrue();
    plate.announce(AcquisitionStatus.STARTED, 3, List.of("C05"));
    assertThat(PlateEvaluator.isComplete(plate.view())).isFalse();
  }

  /** Controls at the left edge in the layout; the images show them at the right edge, upside down. */
  private static TestPlate imagedTurned() {
    TestPlate plate = new TestPlate();
    for (int i = 0; i < 4; i++) {
      plate.map(WellRole.NEGATIVE_CONTROL, new WellAddress(i, 0).toString()).map(WellRole.POSITIVE_CONTROL, new WellAddress(i, 1).toString());
      plate.result(new WellAddress(i, 0).toString(), 0.1 * i).result(new WellAddress(i, 1).toString(), 0.1 * (3 - i));
      plate.result(new WellAddress(7 - i, 11).toString(), 0.2 * i).result(new WellAddress(7 - i, 10).toString(), 10 + 0.2 * i);
    }
    return plate;
  }

  @Test
  void shouldNoticeThatThePlateLayTurned() {
    assertThat(imagedTurned().evaluate(HitRules.CONTROLS).quality().getControlsMirrored()).isTrue();
    PlateEvaluation corrected = imagedTurned().turned().evaluate(HitRules.CONTROLS);
    assertThat(corrected.quality().getControlsMirrored()).isFalse();
    assertThat(corrected.quality().getZPrime()).isGreaterThan(0.5);
    assertThat(calls(corrected).get("H12").getRole()).isEqualTo(WellRole.NEGATIVE_CONTROL);
    assertThat(calls(corrected).get("A01").getRole()).isNull();
  }

  @Test
  void shouldNotTakeAPlateWithoutContrastForTurned() {
    TestPlate flat = new TestPlate();
    Random random = new Random(3);
    for (int i = 0; i < 8; i++) {
      flat.map(WellRole.NEGATIVE_CONTROL, new WellAddress(i, 0).toString()).map(WellRole.POSITIVE_CONTROL, new WellAddress(i, 1).toString());
      for (int c : new int[] {0, 1, 10, 11}) {
        flat.result(new WellAddress(i, c).toString(), random.nextGaussian());
      }
    }
    assertThat(flat.evaluate(HitRules.CONTROLS).quality().getControlsMirrored()).isFalse();
    assertThat(withSample("C05", 5).evaluate(HitRules.CONTROLS).quality().getControlsMirrored()).isFalse();
  }
}
