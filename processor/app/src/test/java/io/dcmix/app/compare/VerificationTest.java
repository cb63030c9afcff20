package io.dcmix.app.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.compare.Verification.Kind;
import io.dcmix.app.compare.Verification.Verdict;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.CallReference;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.HitDirection;
import io.dcmix.schema.event.PlaneQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.event.WellStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a replay gives what was given before, one well of each kind. */
class VerificationTest {
  private static final Instant TIME = Instant.parse("2026-01-05T08:00:00Z");

  @TempDir Path folder;

  private static WellPrediction.Builder well(String well, double hitLogit) {
    return WellPrediction.newBuilder().setPlate("P").setAcquisition("run").setWell(well).setTimepoint(0).setRevision(1)
        .setPredictedClass(hitLogit > 0 ? "hit" : "no").setPredictedProbability(0.9).setHitClass("hit").setHitProbability(0.5).setHitLogit(hitLogit)
        .setClasses(List.of("no", "hit")).setProbabilities(List.of(0.5, 0.5)).setChannels(List.of("DNA", "ER"))
        .setContribution(List.of(0.75, 0.25)).setSitesScored(1).setModelName("m").setModelVersion("1").setModelSha256("0123456789abcdef")
        .setDevice("cpu").setReproducible(true).setPlaneSha256(List.of("p1" + well, "p2" + well)).setAcquiredAt(TIME).setLastImageAt(TIME);
  }

  private static Verification verify(List<WellPrediction> before, List<WellPrediction> now) {
    return Verification.of("screening", before, "replay", now, Map.of(), Map.of(), Map.of(), 1e-4);
  }

  private static Verdict only(WellPrediction.Builder before, WellPrediction.Builder now) {
    return verify(List.of(before.build()), List.of(now.build())).wells().getFirst();
  }

  @Test
  void timesRunAndRevisionAreNoContent() {
    Verdict same = only(well("A01", 1),
        well("A01", 1).setAcquisition("again").setRevision(3).setAcquiredAt(TIME.plusSeconds(9)).setLastImageAt(TIME.plusSeconds(8)));
    assertThat(same.kind()).isEqualTo(Kind.IDENTICAL);
    assertThat(same.causes()).isEmpty();
  }

  @Test
  void everythingElseIs() {
    assertThat(only(well("A01", 1), well("A01", Math.nextUp(1.0))).kind()).as("one bit").isEqualTo(Kind.WITHIN_TOLERANCE);
    assertThat(only(well("A01", 1), well("A01", 1).setFlags(List.of(WellFlag.BLURRED)))).satisfies(v -> {
      assertThat(v.kind()).isEqualTo(Kind.WITHIN_TOLERANCE);
      assertThat(v.causes()).containsExactly("flags [] → [BLURRED]");
    });
  }

  @Test
  void theToleranceHoldsForSmallNumbersAsTheyAreAndForLargeOnesByTheirSize() {
    assertThat(only(well("A01", 0.5), well("A01", 0.50009)).kind()).isEqualTo(Kind.WITHIN_TOLERANCE);
    assertThat(only(well("A01", 0.5), well("A01", 0.50011)).kind()).isEqualTo(Kind.OTHER_SCORES);
    assertThat(only(well("A01", 50), well("A01", 50.0049)).kind()).isEqualTo(Kind.WITHIN_TOLERANCE);
    assertThat(only(well("A01", 50), well("A01", 50.006)).kind()).isEqualTo(Kind.OTHER_SCORES);
    assertThat(only(well("A01", 1), well("A01", 1).setContribution(List.of(0.74, 0.26))).kind()).isEqualTo(Kind.OTHER_SCORES);
    assertThat(only(well("A01", 1), well("A01", Double.NaN)).kind()).isEqualTo(Kind.OTHER_CALL);
  }

  @Test
  void anotherClassOrNoCellsAreAnotherCall() {
    assertThat(only(well("A01", 1e-6), well("A01", -1e-6))).satisfies(v -> {
      assertThat(v.kind()).isEqualTo(Kind.OTHER_CALL);
      assertThat(v.call()).isEqualTo("hit → no");
      assertThat(v.causes()).containsExactly("unknown");
    });
    assertThat(only(well("A01", 1), well("A01", 1).setStatus(WellStatus.NO_CELLS)).kind()).isEqualTo(Kind.OTHER_CALL);
  }

  @Test
  void whatDiffersNamesItsCauses() {
    assertThat(only(well("A01", 1).setImportance(List.of(0.1, 0.2)),
        well("A01", 4).setModelVersion("2").setModelSha256("fedcba9876543210").setDevice("cuda:0").setReproducible(false)
            .setPlaneSha256(List.of("p1A01", "else")).setSitesScored(2).setRevision(2)).causes())
        .containsExactly("some other images", "model m 1 (01234567) → m 2 (fedcba98)", "device cpu → cuda:0", "not reproducible on its device",
            "explained true → false", "sites 1 → 2", "revision 1 → 2");
    assertThat(only(well("A01", 1), well("A01", 4).setPlaneSha256(List.of("new"))).causes()).containsExactly("other images");
  }

  private static HitCall call(String acquisition, String well, Boolean hit, String rules) {
    return HitCall.newBuilder().setPlate("P").setAcquisition(acquisition).setWell(well).setTimepoint(0).setRow(1).setColumn(1).setRevision(1)
        .setStage(CallStage.FINAL).setHit(hit).setMethod("robust-z").setMethodVersion("1").setRules(rules).setReference(CallReference.NEGATIVE_CONTROLS)
        .setDirection(HitDirection.UP).setThreshold(3).setHitLogit(1).setHitProbability(0.5).setModelName("m").setModelVersion("1").setAcquiredAt(TIME).build();
  }

  @Test
  void aHitThatIsNoneAnyMoreIsADifferentCallThoughThePredictionIsTheSame() {
    List<WellPrediction> before = List.of(well("A01", 1).build(), well("A02", 1).build(), well("A03", 1).build(), well("A04", 1).build());
    List<WellPrediction> now = before.stream().map(p -> WellPrediction.newBuilder(p).setAcquisition("again").build()).toList();
    Map<WellKey, HitCall> called = Map.of(
        WellKey.of("P", "run", "A01", 0), call("run", "A01", true, "controls"), WellKey.of("P", "run", "A02", 0), call("run", "A02", true, "controls"),
        WellKey.of("P", "run", "A03", 0), call("run", "A03", null, "controls"), WellKey.of("P", "run", "A04", 0), call("run", "A04", true, "controls"));
    Map<WellKey, HitCall> again = Map.of(
        WellKey.of("P", "again", "A01", 0), call("again", "A01", true, "controls"), WellKey.of("P", "again", "A02", 0), call("again", "A02", false, "npi-50"),
        WellKey.of("P", "again", "A03", 0), call("again", "A03", true, "controls"));
    Verification v = Verification.of("screening", before, "replay", now, Map.of(), called, again, 1e-4);
    assertThat(v.calls()).as("of A04 there is none now").isEqualTo(3);
    assertThat(v.wells()).extracting(w -> w.well().well().toString(), Verdict::kind, w -> String.join("; ", w.causes())).containsExactly(
        tuple("A01", Kind.IDENTICAL, ""),
        tuple("A02", Kind.OTHER_CALL, "hit call hit → no hit; rules controls → npi-50"),
        tuple("A03", Kind.OTHER_CALL, "hit call none → hit"),
        tuple("A04", Kind.IDENTICAL, ""));
    assertThat(v.agrees()).isFalse();
    assertThat(VerificationFiles.text(v)).containsPattern("\n +3   of their final hit calls compared");
    assertThat(VerificationFiles.json(v, new ObjectMapper()).get("hitCallsCompared").asLong()).isEqualTo(3);
  }

  @Test
  void wellsOfOneSideAloneAreMissingOrNewAndAFailureSaysWhy() {
    WellFailure failure = WellFailure.newBuilder().setPlate("P").setAcquisition("run").setWell("A02").setTimepoint(0).setRevision(1)
        .setReason(FailureReason.NO_SITES).setMessage("no site could be scored").setRemedy("r").setModelName("m").setModelVersion("1").setLastImageAt(TIME).build();
    Verification v = Verification.of("screening", List.of(well("A01", 1).build(), well("A02", 1).build(), well("A03", 1).build()),
        "replay", List.of(well("A01", 1).build(), well("B01", 1).build()), Map.of(WellKey.of("P", "run", "A02", 0), failure), Map.of(), Map.of(), 1e-4);
    assertThat(v.wells()).extracting(w -> w.well().well().toString(), Verdict::kind, w -> String.join("; ", w.causes())).containsExactly(
        tuple("A01", Kind.IDENTICAL, ""),
        tuple("A02", Kind.MISSING, "it failed: NO_SITES, no site could be scored"),
        tuple("A03", Kind.MISSING, "there is no result"),
        tuple("B01", Kind.NEW, "there was no prediction"));
    assertThat(v.agrees()).isFalse();
    assertThat(v.counts()).contains(entry(Kind.IDENTICAL, 1L), entry(Kind.MISSING, 2L), entry(Kind.NEW, 1L), entry(Kind.OTHER_CALL, 0L));
  }

  @Test
  void ofSeveralEarlierRunsTheSameCountsAndElseTheOnlyOne() {
    WellPrediction run1 = well("A01", 1).setAcquisition("run1").build();
    WellPrediction run2 = well("A01", 2).setAcquisition("run2").build();
    assertThat(verify(List.of(run1, run2), List.of(run2)).wells()).hasSize(1).first().satisfies(w -> assertThat(w.kind()).isEqualTo(Kind.IDENTICAL));
    assertThat(verify(List.of(run1), List.of(well("A01", 1).setAcquisition("again").build())).agrees()).isTrue();
    assertThatThrownBy(() -> verify(List.of(run1, run2), List.of(well("A01", 1).setAcquisition("run3").build())))
        .hasMessageContaining("Plate P was predicted in several runs before (run1, run2), none of them run3").hasMessageContaining("--acquisition");
    assertThat(verify(List.of(), List.of()).agrees()).as("nothing was compared").isFalse();
  }

  @Test
  void aTableForPeopleAndJsonForPrograms() throws IOException {
    Verification v = verify(List.of(well("A01", 1).build(), well("A02", 2).build()), List.of(well("A01", 1).build(), well("A02", -2).setDevice("cuda:0").build()));
    assertThat(VerificationFiles.text(v)).contains("replay against screening: not the same", "       1 wells   device cpu → cuda:0")
        .containsPattern(" identical +1\n").containsPattern(" different call +1\n").containsPattern("P A02 +different call +2\\.0000 → -2\\.0000 +hit → no +device cpu → cuda:0\n");
    JsonNode json = new ObjectMapper().readTree(VerificationFiles.json(v, new ObjectMapper()).toString());
    assertThat(json.get("agrees").asBoolean()).isFalse();
    assertThat(json.get("identical").asInt()).isEqualTo(1);
    assertThat(json.at("/differing/0/well").asText()).isEqualTo("A02");
    assertThat(json.at("/differing/0/hitLogitNow").asDouble()).isEqualTo(-2);
    assertThat(json.at("/causes/device cpu → cuda:0").asInt()).isEqualTo(1);
  }

  @Test
  void whatWasSavedIsReadAsItWas() throws IOException {
    WellPrediction plain = well("A01", 0.1 + 0.2).build();
    WellPrediction full = well("A02", -1.0 / 3).setImportance(List.of(1e-300, Double.MIN_VALUE)).setTopChannel("ER").setFlags(List.of(WellFlag.CONFLICT))
        .setSitesExpected(2).setInstrument("scope \"7\"\n").setPlaneQuality(List.of(new PlaneQuality(1, "DNA", 0, 65535, 12.5, 0.0, 1.0, 0.25, 3e-9))).build();
    Path file = folder.resolve("saved.jsonl");
    PredictionFile.save(file, List.of(plain, full));
    assertThat(Files.readAllLines(file)).hasSize(2);
    assertThat(PredictionFile.read(file)).containsExactly(plain, full);
    JsonNode first = new ObjectMapper().readTree(Files.readAllLines(file).getFirst());
    assertThat(first.get("well").asText()).isEqualTo("A01");
    assertThat(first.get("lastImageAt").asLong()).as("microseconds since 1970").isEqualTo(TIME.getEpochSecond() * 1_000_000);
  }

  @Test
  void fieldsOfOtherVersionsDoNotDisturb() throws IOException {
    Path file = folder.resolve("saved.jsonl");
    PredictionFile.save(file, List.of(well("A01", 1).build()));
    String line = Files.readString(file).replace("\"sitesFailed\":0,", "").replaceFirst("\\{", "{\"ofTomorrow\":[1],");
    Files.writeString(file, line);
    assertThat(PredictionFile.read(file)).containsExactly(well("A01", 1).build());
  }

  @Test
  void aFileThatIsNoneNamesTheLine() throws IOException {
    Path file = folder.resolve("saved.jsonl");
    PredictionFile.save(file, List.of(well("A01", 1).build()));
    String good = Files.readString(file);
    for (String bad : List.of("{\"plate\":\"P\"}", "[1]", "not json", good.strip().replace("\"hitLogit\":1.0", "\"hitLogit\":{}"))) {
      Files.writeString(file, good + bad + "\n");
      assertThatThrownBy(() -> PredictionFile.read(file)).isInstanceOf(CliException.class).hasMessageContaining("saved.jsonl, line 2 is no prediction");
    }
  }
}
