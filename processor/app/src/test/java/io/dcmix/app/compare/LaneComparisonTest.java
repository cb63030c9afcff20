package io.dcmix.app.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.compare.LaneComparison.Basis;
import io.dcmix.app.compare.LaneComparison.Channel;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.CallReference;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.HitDirection;
import io.dcmix.schema.event.WellPrediction;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three wells in both lanes, worked by hand, and some that only one of them has. */
class LaneComparisonTest {
  private static final Instant TIME = Instant.parse("2026-01-05T08:00:00Z");

  private final LaneContent a = new LaneContent("screening");
  private final LaneContent b = new LaneContent("replay");

  private static WellPrediction.Builder prediction(String plate, String run, String well, double hitLogit) {
    return WellPrediction.newBuilder().setPlate(plate).setAcquisition(run).setWell(well).setTimepoint(0).setRevision(1)
        .setPredictedClass(hitLogit > 0 ? "hit" : "no").setPredictedProbability(0.9).setHitClass("hit").setHitProbability(0.5).setHitLogit(hitLogit)
        .setClasses(List.of("no", "hit")).setProbabilities(List.of(0.5, 0.5)).setChannels(List.of("DNA", "ER", "Mito"))
        .setContribution(List.of(0.5, 0.25, 0.25)).setSitesScored(1).setModelName("m").setModelVersion("1").setModelSha256("0123456789abcdef")
        .setDevice("cpu").setReproducible(true).setPlaneSha256(List.of("p1" + well, "p2" + well)).setAcquiredAt(TIME).setLastImageAt(TIME);
  }

  private static HitCall call(String well, Boolean hit) {
    return HitCall.newBuilder().setPlate("P").setAcquisition("run").setWell(well).setTimepoint(0).setRow(1).setColumn(1).setRevision(1)
        .setStage(CallStage.FINAL).setHit(hit).setMethod("robust-z").setMethodVersion("1").setRules("default").setReference(CallReference.SAMPLES)
        .setDirection(HitDirection.UP).setThreshold(3).setHitLogit(0).setHitProbability(0.5).setModelName("m").setModelVersion("1").setAcquiredAt(TIME)
        .build();
  }

  /** Hit logits 1, 2, 3 and 4, 6, -5. */
  private LaneComparison threeWells() {
    a.take(prediction("P", "run", "A01", 1).setImportance(List.of(1.0, 2.0, 3.0)).build());
    a.take(prediction("P", "run", "A02", 2).setImportance(List.of(3.0, 4.0, 8.0)).build());
    a.take(prediction("P", "run", "A03", 3).build());
    a.take(prediction("P", "run", "B01", 9).build());
    a.take(prediction("ALONE", "run", "A01", 9).build());
    b.take(prediction("P", "run", "A01", 4).setModelVersion("2").setImportance(List.of(5.0, 1.0, 3.0)).build());
    b.take(prediction("P", "run", "A02", 6).setModelVersion("2").setImportance(List.of(6.0, 3.0, 4.0)).setPlaneSha256(List.of("p1A02", "else")).build());
    b.take(prediction("P", "run", "A03", -5).setModelVersion("2").setPlaneSha256(List.of("other")).build());
    b.take(prediction("P", "run", "C01", 9).build());
    return LaneComparison.of(a, b);
  }

  @Test
  void countsTheWellsOfSharedPlates() {
    LaneComparison c = threeWells();
    assertThat(c.pairs()).extracting(pair -> pair.a().key().well().toString()).containsExactly("A01", "A02", "A03");
    assertThat(c.onlyA()).containsExactly(WellKey.of("P", "run", "B01", 0));
    assertThat(c.onlyB()).containsExactly(WellKey.of("P", "run", "C01", 0));
    assertThat(c.byPlate()).containsOnlyKeys("P");
    assertThat(c.models(WellPair::a)).containsExactly("m 1 (01234567)");
    assertThat(c.models(WellPair::b)).containsExactly("m 2 (01234567)");
  }

  @Test
  void tellsTheSameImagesFromOthers() {
    LaneComparison c = threeWells();
    assertThat(c.pairs()).extracting(WellPair::images).containsExactly(WellPair.Images.SAME, WellPair.Images.PARTLY, WellPair.Images.OTHER);
    assertThat(c.images(WellPair.Images.SAME)).isEqualTo(1);
  }

  @Test
  void correlatesTheHitLogits() {
    LaneComparison c = threeWells();
    // Deviations −1 0 1 and 7/3 13/3 −20/3: covariance −9, sums of squares 2 and 618/9.
    assertThat(c.pearson()).isCloseTo(-9 / Math.sqrt(2 * 618 / 9.0), within(1e-12));
    // Ranks 1 2 3 and 2 3 1: 1 − 6·(1 + 1 + 4)/(3·8).
    assertThat(c.spearman()).isCloseTo(-0.5, within(1e-12));
    assertThat(c.largest(2)).extracting(WellPair::difference).containsExactly(-8.0, 4.0);
  }

  @Test
  void countsFlipsByTheSignOfTheHitLogitWhereThereAreNoCalls() {
    LaneComparison c = threeWells();
    assertThat(c.basis()).isEqualTo(Basis.HIT_LOGIT);
    assertThat(c.called()).hasSize(3);
    assertThat(c.flipped()).extracting(pair -> pair.a().key().well().toString()).containsExactly("A03");
    assertThat(c.becameHits()).isZero();
    assertThat(c.classesChanged()).isEqualTo(1);
  }

  @Test
  void countsFlipsByTheCallsOfBothLanesWhereTheyHaveThem() {
    a.take(call("A01", false));
    b.take(call("A01", false));
    b.take(call("A01", true));
    a.take(call("A02", true));
    b.take(call("A02", true));
    a.take(call("A03", true));
    b.take(call("A03", null));
    LaneComparison c = threeWells();
    assertThat(c.basis()).isEqualTo(Basis.CALLS);
    assertThat(c.called()).as("A03 has no call in the second lane").hasSize(2);
    assertThat(c.flipped()).extracting(pair -> pair.a().key().well().toString()).containsExactly("A01");
    assertThat(c.becameHits()).isEqualTo(1);
    assertThat(ComparisonText.of(c)).contains("1 of 2 flipped: 0 only hits in screening, 1 only in replay; by the hit calls of both lanes; 1 wells have no call");
  }

  @Test
  void callsOfOneLaneAloneDoNotDecide() {
    a.take(call("A01", true));
    assertThat(threeWells().basis()).isEqualTo(Basis.HIT_LOGIT);
  }

  @Test
  void averagesTheImportanceOfTheWellsThatBothExplained() {
    LaneComparison c = threeWells();
    assertThat(c.explained()).hasSize(2);
    assertThat(c.channels()).containsExactly(
        new Channel("DNA", 2, 5.5, 0.5, 0.5), new Channel("ER", 3, 2, 0.25, 0.25), new Channel("Mito", 5.5, 3.5, 0.25, 0.25));
    // Ranks 1 2 3 and 3 1 2: 1 − 6·(4 + 1 + 1)/(3·8).
    assertThat(c.importanceRank()).isCloseTo(-0.5, within(1e-12));
  }

  @Test
  void theHighestRevisionOfAWellCounts() {
    a.take(prediction("P", "run", "A01", 5).setRevision(2).build());
    a.take(prediction("P", "run", "A01", 7).setRevision(1).build());
    b.take(prediction("P", "run", "A01", 5).build());
    LaneComparison c = LaneComparison.of(a, b);
    assertThat(c.pairs()).singleElement().satisfies(pair -> assertThat(pair.difference()).isZero());
    assertThat(c.largest(10)).isEmpty();
    assertThat(c.pearson()).isNaN();
    assertThat(ComparisonText.of(c)).contains("Pearson undefined", "No hit logit differs.", "No well was explained in both lanes");
  }

  @Test
  void aPlateWithOneRunInEachLaneIsComparedWhateverTheRunsAreCalled() {
    a.take(prediction("P", "monday", "A01", 1).build());
    b.take(prediction("P", "again", "A01", 2).build());
    LaneComparison c = LaneComparison.of(a, b);
    assertThat(c.pairs()).hasSize(1);
    assertThat(c.renamed()).containsExactly("plate P: run monday with run again");

    a.take(prediction("P", "tuesday", "A01", 1).build());
    LaneComparison ambiguous = LaneComparison.of(a, b);
    assertThat(ambiguous.pairs()).isEmpty();
    assertThat(ambiguous.onlyA()).hasSize(2);
    assertThat(ambiguous.onlyB()).hasSize(1);
  }

  @Test
  void lanesWithoutACommonPlateShareNothing() {
    a.take(prediction("P", "run", "A01", 1).build());
    b.take(prediction("Q", "run", "A01", 1).build());
    assertThat(LaneComparison.of(a, b).byPlate()).isEmpty();
  }

  @Test
  void theTextNamesWhatDiffersMostFirst() {
    assertThat(ComparisonText.of(threeWells()).lines().toList())
        .contains("  Lanes screening and replay, plate P", "  Wells    3 in both, 1 only in screening, 1 only in replay",
            "  Images   1 wells on the same, 1 on partly the same, 1 on others")
        .containsSubsequence("  Largest differences of the hit logit",
            "    P A03                           3.000 →   -5.000    -8.000  flipped  hit → no",
            "    P A02                           2.000 →    6.000    +4.000");
  }

  @Test
  void theFilesHaveEveryWellAndNoNaN() throws Exception {
    a.take(prediction("P", "run", "A01", 1).build());
    b.take(prediction("P", "run", "A01", 2).build());
    a.take(prediction("P", "run, \"late\"", "A02", 1).build());
    LaneComparison c = LaneComparison.of(a, b);
    List<String> lines = ComparisonFiles.csv(c).lines().toList();
    assertThat(lines.get(0)).startsWith("Metadata_Plate,Metadata_Acquisition,Metadata_Well,Metadata_Timepoint,in,");
    assertThat(lines.get(1)).isEqualTo("P,run,A01,0,both,hit,hit,1.0,2.0,1.0,1,1,0,same,1,1,m 1 (01234567),m 1 (01234567)");
    assertThat(lines.get(2)).isEqualTo("P,\"run, \"\"late\"\"\",A02,0,a" + ",".repeat(13));
    JsonNode json = new ObjectMapper().readTree(ComparisonFiles.json(c));
    assertThat(json.at("/pearson").isNull()).as("undefined for one pair").isTrue();
    assertThat(json.at("/wells").asInt()).isEqualTo(1);
    assertThat(json.at("/plates/0/plate").asText()).isEqualTo("P");
  }
}
