package io.dcmix.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.simulation.SimulatedPlate;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.demo.Truth.Comparison;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.CallReference;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.HitDirection;
import io.dcmix.schema.event.Summary;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.event.WellRole;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How a demo run is counted and told: by numbers small enough to do by hand. */
class SummaryTest {
  private static final List<String> CHANNELS = List.of("DNA", "ER", "Actin");

  // ---- the truth ----

  @Test
  void shouldCountHitsAndMissesAndLeaveOutWellsOfUnknownTruth() {
    Truth truth = new Truth(wells("A01", "A02", "A03", "A04"), wells("B01", "B02", "B03"), List.of(), "controls");
    Comparison c = truth.compare(List.of(
        hit("A01"), hit("A02"), hit("A03"), inactive("A04"), hit("B01"), inactive("B02"), inactive("B03"), hit("C01"), inactive("C02")));
    // 3 of 4 true ones are called; of 4 calls on known wells 3 are true; C01 and C02 do not count.
    assertThat(c).isEqualTo(new Comparison(3, 1, 1, 0.75, 0.75));
  }

  @Test
  void shouldMissTheTrueHitThatHasNoPrediction() {
    Truth truth = new Truth(wells("A01", "A02"), wells("B01"), List.of(), "controls");
    assertThat(truth.compare(List.of(hit("A01")))).isEqualTo(new Comparison(1, 0, 1, 0.5, 1.0));
  }

  @Test
  void shouldGiveNoShareOfNothing() {
    assertThat(new Truth(Set.of(), wells("B01"), List.of(), "controls").compare(List.of(hit("B01")))).isEqualTo(new Comparison(0, 1, 0, null, 0.0));
    assertThat(new Truth(wells("A01"), Set.of(), List.of(), "controls").compare(List.of(inactive("A01")))).isEqualTo(new Comparison(0, 0, 1, 0.0, null));
  }

  @Test
  void shouldTakeThePlantedHitsOfASimulationForTrueAndItsOtherSamplesForFalse() {
    SimulatedPlate plate = SimulatedPlate.of(SimulationSpec.demo(3));
    Truth truth = Truth.of(plate);
    assertThat(truth.positive()).isEqualTo(plate.plantedHits()).isNotEmpty();
    assertThat(truth.negative()).isNotEmpty().doesNotContainAnyElementsOf(plate.plantedHits());
    assertThat(truth.negative()).noneMatch(plate::showsPhenotype);
    assertThat(truth.plantedChannels()).containsExactly("ER", "Actin");
  }

  @Test
  void shouldKnowNothingOfAPlateWithoutAMap() {
    Truth truth = Truth.of((PlateMap) null);
    assertThat(truth.positive()).isEmpty();
    assertThat(truth.negative()).isEmpty();
  }

  // ---- the channels ----

  @Test
  void shouldOrderTheChannelsByTheirMeanImportanceOverTheHits() {
    List<DemoReport.Channel> channels = DemoReport.channels(plate(0.5, 0.3, 0.2), List.of(
        explained("A01", true, 0.25, 4, 2), explained("A02", true, 0.75, 2, 5), explained("B01", false, 90, 0, 0)));
    // Means over A01 and A02; B01 is no hit.
    assertThat(channels).extracting(DemoReport.Channel::name).containsExactly("Actin", "ER", "DNA");
    assertThat(channels).extracting(DemoReport.Channel::importance).containsExactly(3.5, 3.0, 0.5);
    assertThat(channels).extracting(DemoReport.Channel::weight).containsExactly(0.2, 0.3, 0.5);
  }

  @Test
  void shouldTakeAllWellsWhereNoneIsAHit() {
    List<DemoReport.Channel> channels = DemoReport.channels(plate(0.2, 0.3, 0.5), List.of(
        explained("B01", false, 1, -2, 0), explained("B02", false, 3, -4, 0)));
    assertThat(channels).extracting(DemoReport.Channel::name).containsExactly("DNA", "Actin", "ER");
    assertThat(channels).extracting(DemoReport.Channel::importance).containsExactly(2.0, 0.0, -3.0);
  }

  @Test
  void shouldOrderByWeightWhereNothingWasExplained() {
    List<DemoReport.Channel> channels = DemoReport.channels(plate(0.2, 0.5, 0.3), List.of(hit("A01")));
    assertThat(channels).extracting(DemoReport.Channel::name).containsExactly("ER", "Actin", "DNA");
    assertThat(channels).extracting(DemoReport.Channel::importance).containsOnlyNulls();
  }

  @Test
  void shouldFindAChannelByItsNameWhateverItsPlace() {
    WellPrediction turned = explained("A01", true, 1, 2, 3);
    turned.setChannels(List.of("Actin", "DNA", "ER"));
    assertThat(DemoReport.channels(plate(0.2, 0.3, 0.5), List.of(turned)))
        .extracting(DemoReport.Channel::name, DemoReport.Channel::importance)
        .containsExactly(tuple("ER", 3.0), tuple("DNA", 2.0),
            tuple("Actin", 1.0));
  }

  // ---- what was decided ----

  @Test
  void shouldCountCalledSamplesAndHoldTheCallsAgainstTheTruth() {
    Truth truth = new Truth(wells("A01", "A02", "A03", "A04"), wells("B01", "B02"), List.of(), "planted hits");
    Decisions.Calls calls = Decisions.of(List.of(
        call("A01", true, WellRole.SAMPLE), call("A02", true, WellRole.SAMPLE), call("A03", null, WellRole.SAMPLE), call("A04", true, WellRole.SAMPLE),
        call("B01", true, WellRole.SAMPLE), call("B02", false, null), call("P01", true, WellRole.POSITIVE_CONTROL), call("N01", false, WellRole.NEGATIVE_CONTROL)),
        null, List.of(), truth).calls();
    // Six samples, one of them without a decision; 3 of 4 true hits are called, and of 4 calls on known wells 3 are true.
    assertThat(calls).isEqualTo(
        new Decisions.Calls("robust-z against the negative controls, 3.00 or more", "1", "preset", "FINAL", 5, 4, 0.75, 0.75));
  }

  @Test
  void shouldCallProvisionalWhatCanStillChange() {
    HitCall open = call("A01", true, WellRole.SAMPLE);
    open.setStage(CallStage.PROVISIONAL);
    assertThat(Decisions.of(List.of(call("A02", true, WellRole.SAMPLE), open), null, List.of(), planted()).calls().stage()).isEqualTo("PROVISIONAL");
  }

  @Test
  void shouldTellRaisedAlertsTheMostSevereFirst() {
    assertThat(Decisions.of(List.of(), null, List.of(
        alert("a", AlertSeverity.INFO, AlertState.RAISED), alert("b", AlertSeverity.CRITICAL, AlertState.RESOLVED),
        alert("c", AlertSeverity.CRITICAL, AlertState.RAISED)), planted()).alerts())
        .extracting(Decisions.Raised::message).containsExactly("c happened", "a happened");
  }

  @Test
  void shouldTellCallsQualityAndAlertsInTheSummary() {
    Decisions decisions = new Decisions(
        new Decisions.Calls("robust-z against the negative controls, 3.00 or more", "1", "preset", "FINAL", 320, 24, 0.96, 1.0),
        new Decisions.Quality("COMPLETE", "UNDEFINED", null, 0.5, 12.345, 0.075, Map.of("zPrime", "too few controls")),
        List.of(new Decisions.Raised("CHANNEL_DRIFT", "WARNING", "Mito drifted", "Check the staining")));
    assertThat(print(report(List.of(), List.of(), decisions), planted(), List.of(), null)).contains(
        "24 hits of 320 samples: robust-z against the negative controls, 3.00 or more (version 1, rules preset)", "recall 0.960, precision 1.000",
        "Z' – (undefined), robust Z' 0.50, SSMD 12.35, hit rate 7.5 %; the plate is complete", "zPrime: too few controls",
        "warning: Mito drifted. Check the staining");
  }

  @Test
  void shouldSayNothingOfWhatNobodyDecided() {
    assertThat(print(report(List.of(), List.of()), planted(), List.of(), null)).doesNotContain("Calls", "Quality", "Alerts");
  }

  // ---- the text ----

  @Test
  void shouldMarkThePlantedChannelsAndNoOthers() {
    List<String> lines = print(report(List.of("ER", "Actin"), channels(8.0, 4.0, 0.0)), planted(), List.of(), null).lines().toList();
    assertThat(lines).filteredOn(line -> line.contains("importance ")).hasSize(3);
    assertThat(lines).filteredOn(line -> line.contains("← planted")).extracting(line -> line.strip().replaceFirst(" .*", "")).containsExactly("ER", "Actin");
    assertThat(lines).filteredOn(line -> line.strip().startsWith("ER")).singleElement().asString().contains("█".repeat(24));
    assertThat(lines).filteredOn(line -> line.strip().startsWith("Actin")).singleElement().asString().contains("█".repeat(12)).doesNotContain("█".repeat(13));
    assertThat(lines).filteredOn(line -> line.strip().startsWith("DNA")).singleElement().asString().doesNotContain("█");
  }

  @Test
  void shouldTellTheCountsAndTheTruth() {
    String text = print(report(List.of("ER"), channels(1.0, 2.0, 3.0)), planted(), List.of(), null);
    assertThat(text).contains("382 of 384 predicted in 12.5 s, 1 duplicates, 2 failures, 3 dead letters", "37 of 382 wells",
        "3 of 4 planted hits found (recall 0.750), 1 false (precision 0.750)");
    assertThat(text).doesNotContain("Page", "Broker", "Missing", "Failed");
  }

  @Test
  void shouldSayNothingOfATruthThatIsNotThere() {
    String text = print(report(List.of(), channels(1.0, 2.0, 3.0)), new Truth(Set.of(), Set.of(), List.of(), "controls"), List.of(), null);
    assertThat(text).doesNotContain("Truth", "recall", "planted");
  }

  @Test
  void shouldListTheFirstFailuresByWellAndCountTheRest() {
    List<WellFailure> failures = IntStream.rangeClosed(1, 11).mapToObj(i -> failure("A%02d".formatted(i), i == 2 ? null : 1)).toList();
    String text = print(report(List.of(), List.of()), planted(), failures, URI.create("http://127.0.0.1:8080"));
    assertThat(text).contains("11 wells or sites could not be scored", "A01 site 1: broken A01", "A02: broken A02", "A08 site 1", "… and 3 more",
        "http://127.0.0.1:8080", "127.0.0.1:19092");
    assertThat(text).doesNotContain("A09", "Which channels");
  }

  private static String print(DemoReport report, Truth basis, List<WellFailure> failures, URI page) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new DemoSummary(new PrintStream(bytes, true, UTF_8))
        .print("Plate P", report, new Comparison(3, 1, 1, 0.75, 0.75), basis, "37 of 382 wells", failures, List.<AbsentPlane>of(), page);
    return bytes.toString(UTF_8);
  }

  private static DemoReport report(List<String> planted, List<DemoReport.Channel> channels) {
    return report(planted, channels, new Decisions(null, null, List.of()));
  }

  private static DemoReport report(List<String> planted, List<DemoReport.Channel> channels, Decisions decisions) {
    return new DemoReport(384, 382, 1, 2, 3, 0.75, 0.75, planted, channels, decisions, "127.0.0.1:19092", 12.5);
  }

  private static List<DemoReport.Channel> channels(double er, double actin, double dna) {
    return List.of(new DemoReport.Channel("ER", 0.3, 0.3, er), new DemoReport.Channel("Actin", 0.3, 0.3, actin), new DemoReport.Channel("DNA", 0.4, 0.4, dna));
  }

  private static Truth planted() {
    return new Truth(wells("A01", "A02", "A03", "A04"), wells("B01"), List.of("ER"), "planted hits");
  }

  // ---- events ----

  private static Set<WellAddress> wells(String... names) {
    return Arrays.stream(names).map(WellAddress::parse).collect(Collectors.toSet());
  }

  private static WellPrediction hit(String well) {
    return prediction(well, true);
  }

  private static WellPrediction inactive(String well) {
    return prediction(well, false);
  }

  private static WellPrediction explained(String well, boolean hit, double... importance) {
    WellPrediction p = prediction(well, hit);
    p.setImportance(Arrays.stream(importance).boxed().toList());
    return p;
  }

  private static WellPrediction prediction(String well, boolean hit) {
    return WellPrediction.newBuilder()
        .setPlate("P").setAcquisition("1").setWell(well).setTimepoint(0).setRevision(1)
        .setPredictedClass(hit ? "active" : "inactive").setPredictedProbability(0.9).setHitClass("active").setHitProbability(hit ? 0.9 : 0.1).setHitLogit(hit ? 2.2 : -2.2)
        .setClasses(List.of("inactive", "active")).setProbabilities(hit ? List.of(0.1, 0.9) : List.of(0.9, 0.1))
        .setChannels(CHANNELS).setContribution(List.of(0.2, 0.3, 0.5))
        .setSitesScored(1).setModelName("m").setModelVersion("1").setModelSha256("").setDevice("cpu").setReproducible(true)
        .setPlaneSha256(List.of()).setAcquiredAt(Instant.EPOCH).setLastImageAt(Instant.EPOCH)
        .build();
  }

  private static HitCall call(String well, Boolean hit, WellRole role) {
    return HitCall.newBuilder()
        .setPlate("P").setAcquisition("1").setWell(well).setTimepoint(0).setRow(1).setColumn(1).setRevision(1).setStage(CallStage.FINAL).setHit(hit)
        .setMethod("robust-z").setMethodVersion("1").setRules("preset").setReference(CallReference.NEGATIVE_CONTROLS).setDirection(HitDirection.UP)
        .setThreshold(3).setHitLogit(1).setHitProbability(0.7).setRole(role).setModelName("m").setModelVersion("1").setAcquiredAt(Instant.EPOCH)
        .build();
  }

  private static Alert alert(String id, AlertSeverity severity, AlertState state) {
    return Alert.newBuilder()
        .setId(id).setPlate("P").setAcquisition("1").setState(state).setKind(AlertKind.FAILURES).setSeverity(severity)
        .setMessage(id + " happened").setRemedy("look").setRaisedAt(Instant.EPOCH)
        .build();
  }

  private static WellFailure failure(String well, Integer site) {
    return WellFailure.newBuilder()
        .setPlate("P").setAcquisition("1").setWell(well).setTimepoint(0).setRevision(1).setSite(site).setReason(FailureReason.CORRUPT_PLANE)
        .setMessage("broken " + well).setRemedy("mend it").setModelName("m").setModelVersion("1").setLastImageAt(Instant.EPOCH)
        .build();
  }

  /** A plate's importance with these weights; its means over the plate must not decide the order. */
  private static ChannelImportance plate(double... weights) {
    Summary same = new Summary(3L, 0.33, 0.0, 0.0, 1.0);
    return ChannelImportance.newBuilder()
        .setScope("plate").setScopeKey("plate/P/1").setPlate("P").setAcquisition("1").setWindowStart(Instant.EPOCH).setWindowEnd(Instant.EPOCH)
        .setWells(3).setModelName("m").setModelVersion("1")
        .setChannels(IntStream.range(0, 3).mapToObj(i -> new ChannelStatistics(CHANNELS.get(i), weights[i], same, same, null, null)).toList())
        .build();
  }
}
