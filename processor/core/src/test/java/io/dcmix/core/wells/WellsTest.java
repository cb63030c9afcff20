package io.dcmix.core.wells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.AbsentPlane;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PixelType;
import io.dcmix.schema.state.PlaneState;
import io.dcmix.schema.state.SiteState;
import io.dcmix.schema.state.SiteStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WellsTest {
  private static final Instant ARRIVAL = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void aDowntimeDoesNotMoveTheArrivalClock() {
    ArrivalClock before = new ArrivalClock(0);
    before.observe(1_000, 0);
    // An hour later the task starts again; its well was last touched at 1,000.
    long hour = Duration.ofHours(1).toMillis();
    ArrivalClock after = new ArrivalClock(hour);
    after.restore(1_000);
    assertThat(after.now(hour)).isEqualTo(1_000);
    assertThat(after.now(hour + 500)).isEqualTo(1_500);
  }

  @Test
  void aQuietTopicMovesTheArrivalClock() {
    ArrivalClock clock = new ArrivalClock(0);
    clock.observe(1_000, 10);
    assertThat(clock.now(70)).isEqualTo(1_060);
    clock.observe(900, 80);
    assertThat(clock.now(80)).as("never back").isEqualTo(1_000);
  }

  @Test
  void anImplausibleAcquisitionTimeIsReplacedByTheArrival() {
    assertThat(AcquisitionTime.of(ARRIVAL.plus(Duration.ofMinutes(10)), ARRIVAL).implausible()).isFalse();
    assertThat(AcquisitionTime.of(ARRIVAL.plus(Duration.ofMinutes(11)), ARRIVAL)).isEqualTo(new AcquisitionTime(ARRIVAL, true));
    assertThat(AcquisitionTime.of(Instant.parse("1989-12-31T23:59:59Z"), ARRIVAL)).isEqualTo(new AcquisitionTime(ARRIVAL, true));
    assertThat(AcquisitionTime.of(null, ARRIVAL)).isEqualTo(new AcquisitionTime(ARRIVAL, false));
  }

  @Test
  void aSiteWaitsForEveryChannelBeforeItIsCalledBroken() {
    PlaneState broken = plane("aa", FailureReason.CORRUPT_PLANE);
    List<String> channels = List.of("DNA", "GFP", "ER");
    SitePlan plan = plan(FocalPolicy.DEFAULT, null, false);
    assertThat(SiteAssembly.of(channels, flat(Map.of("DNA", broken)), plan))
        .isEqualTo(new SiteAssembly.Waiting(List.of(new SiteAssembly.Missing("GFP", 0), new SiteAssembly.Missing("ER", 0))));
    assertThat(SiteAssembly.of(channels, flat(Map.of("DNA", broken, "GFP", plane("b", null), "ER", plane("c", null))), plan))
        .isEqualTo(new SiteAssembly.Broken(FailureReason.CORRUPT_PLANE, "DNA", "why"));
    assertThat(SiteAssembly.of(channels, flat(Map.of("ER", plane("c", null), "GFP", plane("b", null), "DNA", plane("a", null))), plan))
        .isEqualTo(new SiteAssembly.Complete(List.of(List.of(0), List.of(0), List.of(0))));
  }

  @Test
  void aSiteIsBrokenAtOnceByWhatWillNeverComeInTheWordsOfTheAnnouncement() {
    List<String> channels = List.of("DNA", "GFP");
    Map<String, SortedMap<Integer, PlaneState>> dna = flat(Map.of("DNA", plane("a", null)));
    Manifest missing = manifest(1, new AbsentPlane("B02", 1, "GFP", 0, 0, "no file", Absence.MISSING));
    assertThat(SiteAssembly.of(channels, dna, plan(FocalPolicy.DEFAULT, missing, false)))
        .isEqualTo(new SiteAssembly.Broken(FailureReason.MISSING_PLANE, "GFP", "channel GFP was announced as absent: MISSING, no file"));
    Manifest notAcquired = manifest(1, new AbsentPlane("B02", 1, "GFP", 0, 0, "", Absence.NOT_ACQUIRED));
    assertThat(SiteAssembly.of(channels, dna, plan(FocalPolicy.DEFAULT, notAcquired, false)))
        .isEqualTo(new SiteAssembly.Broken(FailureReason.MISSING_PLANE, "GFP", "channel GFP is NOT_ACQUIRED here, and the model needs it"));
    assertThat(SiteAssembly.of(channels, flat(Map.of("DNA", plane("a", null), "GFP", plane("b", null))), plan(FocalPolicy.DEFAULT, missing, false)))
        .as("it came all the same").isInstanceOf(SiteAssembly.Complete.class);
  }

  @Test
  void theImageOfAChannelIsTheChosenFocalPlaneOrAllThatAreAcquired() {
    Manifest three = manifest(3, new AbsentPlane("B02", 1, "GFP", 0, 0, "", Absence.NOT_ACQUIRED),
        new AbsentPlane("B02", 1, "GFP", 0, 2, "", Absence.NOT_ACQUIRED));
    Map<String, SortedMap<Integer, PlaneState>> none = Map.of();
    assertThat(plan(FocalPolicy.PROJECTION, three, false).focalPlanes("DNA", none)).containsExactly(0, 1, 2);
    assertThat(plan(FocalPolicy.of(2), three, false).focalPlanes("DNA", none)).containsExactly(2);
    assertThat(plan(FocalPolicy.of(2), three, false).focalPlanes("GFP", none)).as("the only one that there is").containsExactly(1);
    assertThat(plan(FocalPolicy.PROJECTION, three, false).focalPlanes("GFP", none)).containsExactly(1);
    assertThat(plan(FocalPolicy.of(7), three, false).focalPlanes("DNA", none)).as("not acquired").isEmpty();
    assertThat(plan(FocalPolicy.of(7), manifest(1), false).focalPlanes("DNA", none)).containsExactly(0);
    assertThat(plan(FocalPolicy.of(7), null, false).focalPlanes("DNA", none)).containsExactly(7);
    assertThat(plan(FocalPolicy.PROJECTION, null, false).focalPlanes("DNA", none)).as("nobody said how many").isNull();

    PlaneState a = plane("a", null);
    Map<String, SortedMap<Integer, PlaneState>> fourth = Map.of("DNA", new TreeMap<>(Map.of(3, a)), "GFP", new TreeMap<>(Map.of(3, a)));
    assertThat(plan(FocalPolicy.DEFAULT, null, true).focalPlanes("DNA", fourth)).as("nothing more comes").containsExactly(3);
    Map<String, SortedMap<Integer, PlaneState>> mixed = Map.of("DNA", new TreeMap<>(Map.of(0, a)), "GFP", new TreeMap<>(Map.of(3, a)));
    assertThat(plan(FocalPolicy.DEFAULT, null, true).focalPlanes("GFP", mixed)).as("never of different depths").containsExactly(0);
    assertThat(plan(FocalPolicy.PROJECTION, null, true).focalPlanes("GFP", mixed)).containsExactly(3);
    assertThat(plan(FocalPolicy.of(2), manifest(2), false).focalPlanes("GFP", fourth)).as("beyond the announcement").isEmpty();
  }

  @Test
  void theFocalPolicyIsReadFromText() {
    assertThat(FocalPolicy.parse(" Projection ")).isEqualTo(FocalPolicy.PROJECTION);
    assertThat(FocalPolicy.parse("12")).isEqualTo(FocalPolicy.of(12)).hasToString("12");
    for (String wrong : List.of("", "-1", "1000", "max", "1.5")) {
      assertThatThrownBy(() -> FocalPolicy.parse(wrong)).isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("projection").hasMessageContaining("999");
    }
  }

  @Test
  void theChoiceBetweenTwoPlanesDoesNotDependOnTheirOrder() {
    PlaneState low = plane("aa", null);
    PlaneState high = plane("bb", null);
    PlaneState unusable = plane("00", FailureReason.CORRUPT_PLANE);
    assertThat(PlaneChoice.of(null, low)).isEqualTo(PlaneChoice.NEW);
    assertThat(PlaneChoice.of(low, low)).isEqualTo(PlaneChoice.DUPLICATE);
    assertThat(PlaneChoice.of(high, low)).isEqualTo(PlaneChoice.CONFLICT_REPLACES);
    assertThat(PlaneChoice.of(low, high)).isEqualTo(PlaneChoice.CONFLICT_KEEPS);
    assertThat(PlaneChoice.of(unusable, high)).isEqualTo(PlaneChoice.CONFLICT_REPLACES);
    assertThat(PlaneChoice.of(high, unusable)).isEqualTo(PlaneChoice.CONFLICT_KEEPS);
    assertThat(PlaneChoice.of(plane("aa", FailureReason.SOURCE_EXPIRED), low)).isEqualTo(PlaneChoice.REPAIRS);
    PlaneState refused = plane("aa", FailureReason.REFERENCE_REFUSED);
    assertThat(PlaneChoice.of(refused, low)).as("what was refused may be allowed by now").isEqualTo(PlaneChoice.REPAIRS);
    assertThat(PlaneChoice.of(refused, refused)).isEqualTo(PlaneChoice.DUPLICATE);
  }

  @Test
  void aWellsScoreIsTheMeanOfItsSites() {
    // Three classes, hit = 2. Site 1: margin 1 - log(e^0 + e^0) = 1 - log 2; site 2: 3 - log(e^1 + e^1) = 2 - log 2.
    SiteState one = site(List.of(0.0, 0.0, 1.0), List.of(0.2, 0.3, 0.5), List.of(0.6, 0.4), List.of(2.0, -1.0));
    SiteState two = site(List.of(1.0, 1.0, 3.0), List.of(0.1, 0.1, 0.8), List.of(0.2, 0.8), null);
    WellScore score = WellScore.of(List.of(one, two), 2);
    assertThat(score.hitLogit()).isCloseTo(1.5 - Math.log(2), within(1e-12));
    assertThat(score.probabilities()).containsExactly(new double[] {0.15, 0.2, 0.65}, within(1e-12));
    assertThat(score.contribution()).containsExactly(new double[] {0.4, 0.6}, within(1e-12));
    assertThat(score.importance()).as("only explained sites count").containsExactly(2.0, -1.0);
    assertThat(score.predictedIndex()).isEqualTo(2);
  }

  @Test
  void aManifestKnowsWhatToExpectOfEachWell() {
    Manifest manifest = Manifest.of(Acquisition.newBuilder()
        .setPlate("P").setAcquisition("1").setStatus(AcquisitionStatus.STARTED).setRows(8).setColumns(12)
        .setWells(List.of("B02", "B03")).setSites(List.of(2, 1)).setWellSites(Map.of("B03", List.of(4)))
        .setChannels(List.of("DNA", "BF"))
        .setAbsent(List.of(new AbsentPlane("B02", 1, "DNA", 0, 0, "gone", Absence.MISSING), new AbsentPlane("B02", 2, "DNA", 0, 1, "z 1 gone", Absence.MISSING)))
        .build());
    List<String> model = List.of("DNA");
    assertThat(manifest.sitesOf(WellAddress.parse("B02"), 0, model)).containsExactly(1, 2);
    assertThat(manifest.sitesOf(WellAddress.parse("B02"), 1, model)).as("one timepoint was announced").isEmpty();
    assertThat(manifest.sitesOf(WellAddress.parse("B03"), 0, model)).containsExactly(4);
    assertThat(manifest.sitesOf(WellAddress.parse("C01"), 0, model)).isEmpty();
    assertThat(manifest.absence(WellAddress.parse("B02"), 1, 0, "DNA", 0)).isEqualTo(new Manifest.Absent(Absence.MISSING, "gone"));
    assertThat(manifest.absence(WellAddress.parse("B02"), 1, 1, "DNA", 0)).isNull();
    assertThat(manifest.absence(WellAddress.parse("B02"), 2, 0, "DNA", 0)).isNull();
    assertThat(manifest.acquired(WellAddress.parse("B02"), 1, 0, "GFP")).as("no channel of this run").isEmpty();
    assertThat(manifest.hasChannelsBeyond(List.of("DNA"))).isTrue();
    assertThat(manifest.hasChannelsBeyond(List.of("BF", "DNA"))).isFalse();
  }

  @Test
  void aSiteThatIsNotAcquiredIsNotExpected() {
    Manifest manifest = manifest(1, new AbsentPlane("B02", 1, "DNA", 0, 0, "", Absence.NOT_ACQUIRED),
        new AbsentPlane("B02", 1, "GFP", 0, 0, "", Absence.NOT_ACQUIRED), new AbsentPlane("B02", 2, "DNA", 0, 0, "", Absence.NOT_ACQUIRED));
    assertThat(manifest.sitesOf(WellAddress.parse("B02"), 0, List.of("DNA", "GFP"))).containsExactly(2);
    assertThat(manifest.sitesOf(WellAddress.parse("B02"), 0, List.of("DNA"))).isEmpty();
    assertThat(manifest.sitesOf(WellAddress.parse("B02"), 0, List.of("w1", "w2"))).as("other names are no absence").containsExactly(1, 2);
  }

  @Test
  void aManifestOfImpossiblyManyFocalPlanesIsRefused() {
    assertThatThrownBy(() -> manifest(Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("zPlanes");
    assertThatThrownBy(() -> manifest(0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("zPlanes");
  }

  private static Manifest manifest(int zPlanes, AbsentPlane... absent) {
    return Manifest.of(Acquisition.newBuilder()
        .setPlate("P").setAcquisition("1").setStatus(AcquisitionStatus.STARTED).setRows(8).setColumns(12).setWells(List.of("B02"))
        .setSites(List.of(1, 2)).setChannels(List.of("DNA", "GFP")).setZPlanes(zPlanes).setAbsent(List.of(absent)).build());
  }

  private static SitePlan plan(FocalPolicy policy, Manifest manifest, boolean ended) {
    return new SitePlan(policy, manifest, WellKey.of("P", "1", "B02", 0), 1, ended);
  }

  /** Planes of focal plane 0. */
  private static Map<String, SortedMap<Integer, PlaneState>> flat(Map<String, PlaneState> planes) {
    Map<String, SortedMap<Integer, PlaneState>> flat = new TreeMap<>();
    planes.forEach((channel, plane) -> flat.put(channel, new TreeMap<>(Map.of(0, plane))));
    return flat;
  }

  private static SiteState site(List<Double> logits, List<Double> probabilities, List<Double> contribution, List<Double> importance) {
    return SiteState.newBuilder().setVersion(1).setStatus(SiteStatus.SCORED).setLogits(logits).setProbabilities(probabilities)
        .setContribution(contribution).setImportance(importance).build();
  }

  private static PlaneState plane(String sha, FailureReason problem) {
    return PlaneState.newBuilder().setPartition(0).setOffset(0).setSha256(sha).setWidth(2).setHeight(2).setPixelType(PixelType.UINT8)
        .setEncoding(Encoding.RAW).setAcquiredAt(0).setProblem(problem).setProblemText(problem == null ? null : "why").build();
  }
}
