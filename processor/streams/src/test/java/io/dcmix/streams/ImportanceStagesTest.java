package io.dcmix.streams;

import static io.dcmix.streams.TestLane.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.core.model.ContributionReference;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.Summary;
import io.dcmix.schema.event.WellRole;
import io.dcmix.streams.plate.ImportanceConfig;
import io.dcmix.streams.plate.Scope;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImportanceStagesTest {
  private final TestLane lane = new TestLane();

  @AfterEach
  void close() {
    lane.close();
  }

  @Test
  void shouldAggregateAllChannelsForEveryScope() {
    lane.announce(List.of("A01", "A02", "A03"), 1);
    lane.publishSite("A01", 1, 12);
    lane.publishSite("A02", 1, 16);
    lane.publishSite("A03", 1, 3);
    lane.pass(Duration.ofSeconds(5));

    Map<String, ChannelImportance> importance = lane.importance();
    assertThat(importance).containsOnlyKeys("all", "plate/P/1", "class/hit", "class/negative");
    ChannelImportance all = importance.get("all");
    assertThat(all.getWells()).isEqualTo(3);
    ChannelStatistics dna = all.getChannels().getFirst();
    assertThat(dna.getChannel()).isEqualTo("DNA");
    assertThat(dna.getWeight()).isEqualTo(0.75);
    // 2, 6 and -7: mean 1/3, sample variance 44 1/3 by hand.
    Summary summary = dna.getImportance();
    assertThat(summary.getCount()).isEqualTo(3);
    assertThat(summary.getMean()).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(summary.getVariance()).isCloseTo(133.0 / 3, within(1e-9));
    assertThat(summary.getMin()).isEqualTo(-7);
    assertThat(summary.getMax()).isEqualTo(6);
    assertThat(importance.get("class/hit").getWells()).isEqualTo(2);
    assertThat(importance.get("class/hit").getPredictedClass()).isEqualTo("hit");
    assertThat(importance.get("plate/P/1").getPlate()).isEqualTo("P");
    assertThat(importance.get("plate/P/1").getChannels()).isEqualTo(all.getChannels());
  }

  @Test
  void shouldReplaceAWellsShareWhenItIsRevised() {
    lane.announce(List.of("A01", "A02"), 1);
    lane.publishSite("A01", 1, 12);
    lane.publishSite("A02", 1, 16);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.importance().get("class/hit").getWells()).isEqualTo(2);

    lane.publishSite("A02", 2, 0);
    lane.pass(TestLane.DEADLINE.plusSeconds(30));
    lane.pass(Duration.ofSeconds(5));
    Map<String, ChannelImportance> revised = lane.importance();
    assertThat(revised.get("all").getWells()).as("a revision is no second well").isEqualTo(2);
    assertThat(revised.get("class/hit").getWells()).as("A02 left the hits").isEqualTo(1);
    assertThat(revised.get("class/negative").getWells()).isEqualTo(1);
  }

  @Test
  void shouldEmitAKeyAtMostEveryTwoSeconds() {
    List<String> wells = List.of("A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08");
    lane.announce(wells, 1);
    int records = 0;
    for (String well : wells) {
      lane.publishSite(well, 1, 12);
      lane.pass(Duration.ofMillis(250));
      records += lane.driver.producedTopicNames().contains(lane.topics.channelImportance()) ? countAll() : 0;
    }
    assertThat(records).as("two seconds of wells").isLessThanOrEqualTo(2);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.importance().get("all").getWells()).isEqualTo(8);
  }

  private int countAll() {
    return lane.importance().containsKey("all") ? 1 : 0;
  }

  @Test
  void shouldDropPanesThatAreOlderThanTheWindow() {
    lane.announce(List.of("A01", "A02"), 1);
    lane.publish(image("A01", 1, "DNA", 12).setAcquiredAt(TestLane.START.minus(Duration.ofHours(30))));
    lane.publish(image("A01", 1, "GFP", 7).setAcquiredAt(TestLane.START.minus(Duration.ofHours(30))));
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.importance().get("all").getWells()).isEqualTo(1);
    lane.publishSite("A02", 1, 12);
    lane.pass(Duration.ofSeconds(5));
    Map<String, ChannelImportance> importance = lane.importance();
    ChannelImportance all = importance.get("all");
    assertThat(all.getWells()).isEqualTo(1);
    assertThat(Duration.between(all.getWindowStart(), all.getWindowEnd())).isEqualTo(Duration.ofDays(1));
    assertThat(importance.get("plate/P/1").getWells()).as("a plate has no window").isEqualTo(2);
  }

  @Test
  void shouldTakeAwayAScopeOfWhichNothingIsLeft() {
    lane.announce(List.of("A01"), 1);
    lane.publishSite("A01", 1, 16);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.importance()).containsOnlyKeys("all", "plate/P/1", "class/hit");

    lane.publishSite("A01", 2, 0);
    lane.publishSite("A01", 3, 0);
    lane.pass(TestLane.DEADLINE.plusSeconds(30));
    lane.pass(Duration.ofSeconds(5));
    Map<String, ChannelImportance> revised = lane.importance();
    assertThat(revised.get("class/negative").getWells()).isEqualTo(1);
    assertThat(revised).containsEntry("class/hit", null);
  }

  @Test
  void shouldTakeRolesAndTreatmentsFromALayoutThatComesLate() {
    ImportanceConfig config = ImportanceConfig.DEFAULT.withScopes(EnumSet.of(Scope.Kind.ROLE, Scope.Kind.TREATMENT));
    try (TestLane mapped = new TestLane(screening(config), TestLane.MODEL)) {
      mapped.announce(List.of("A01", "A02", "A03"), 1);
      for (String well : List.of("A01", "A02", "A03")) {
        mapped.publishSite(well, 1, 12);
      }
      mapped.pass(Duration.ofSeconds(5));
      assertThat(mapped.importance()).isEmpty();

      mapped.publish(layout(layoutWell("A01", WellRole.SAMPLE, "taxol/1"), layoutWell("A02", WellRole.SAMPLE, "taxol/1")));
      mapped.pass(Duration.ofSeconds(5));
      Map<String, ChannelImportance> importance = mapped.importance();
      assertThat(importance).containsOnlyKeys("role/SAMPLE", "treatment/taxol%2F1");
      assertThat(importance.get("role/SAMPLE").getWells()).as("A03 is not mapped").isEqualTo(2);
      assertThat(importance.get("role/SAMPLE").getRole()).isEqualTo("SAMPLE");
      assertThat(importance.get("treatment/taxol%2F1").getTreatment()).isEqualTo("taxol/1");

      mapped.publish(layout(layoutWell("A01", WellRole.NEGATIVE_CONTROL, null), layoutWell("A02", WellRole.SAMPLE, "taxol/1")));
      mapped.pass(Duration.ofSeconds(5));
      Map<String, ChannelImportance> corrected = mapped.importance();
      assertThat(corrected.get("role/SAMPLE").getWells()).isEqualTo(1);
      assertThat(corrected.get("role/NEGATIVE_CONTROL").getWells()).isEqualTo(1);
    }
  }

  @Test
  void shouldMeasureDriftInTheOrderOfAcquisitionWhateverTheOrderOfArrival() {
    ImportanceConfig config = ImportanceConfig.DEFAULT.withDrift(3, 3);
    ContributionReference reference = new ContributionReference(20, List.of(0.40, 0.60), List.of(0.05, 0.05));
    try (TestLane drifting = new TestLane(screening(config), TestLane.MODEL.withContributionReference(reference))) {
      drifting.scorer.contribution = (bytes, channels) -> new double[] {bytes[1] / 100.0, 1 - bytes[1] / 100.0};
      // By acquisition 40, 42, 44, then 50, 60, 70: the first three have mean 0.42 and SD 0.02, the newest three mean 0.60.
      List<Integer> shares = List.of(60, 44, 40, 70, 42, 50);
      List<Integer> minutes = List.of(4, 2, 0, 5, 1, 3);
      drifting.announce(List.of("A01", "A02", "A03", "A04", "A05", "A06"), 1);
      for (int i = 0; i < shares.size(); i++) {
        String well = "A0" + (i + 1);
        if (i == 5) {
          drifting.pass(Duration.ofSeconds(5));
          assertThat(drifting.importance().get("plate/P/1").getChannels().getFirst().getDriftFromStart()).as("five wells").isNull();
        }
        Instant at = TestLane.START.minus(Duration.ofHours(1)).plus(Duration.ofMinutes(minutes.get(i)));
        drifting.publish(image(well, 1, "DNA", 0).setAcquiredAt(at).setBytes(ByteBuffer.wrap(new byte[] {12, shares.get(i).byteValue(), 0, 0})));
        drifting.publish(image(well, 1, "GFP", 7).setAcquiredAt(at));
      }
      drifting.pass(Duration.ofSeconds(5));
      Map<String, ChannelImportance> importance = drifting.importance();
      ChannelStatistics dna = importance.get("plate/P/1").getChannels().getFirst();
      assertThat(dna.getDriftFromStart()).as("(0.60 - 0.42) / 0.02").isCloseTo(9, within(1e-9));
      assertThat(dna.getDrift()).as("(0.51 - 0.40) / 0.05").isCloseTo(2.2, within(1e-9));
      assertThat(importance.get("plate/P/1").getChannels().getLast().getDriftFromStart()).isCloseTo(-9, within(1e-9));
      assertThat(importance.get("all").getChannels().getFirst().getDrift()).isCloseTo(2.2, within(1e-9));
      assertThat(importance.get("all").getChannels().getFirst().getDriftFromStart()).isNull();
    }
  }

  @Test
  void shouldRaiseDriftOnceAndResolveItOnce() {
    // 60 % of the blend is 4 SDs above the training wells; 44, 44 and 20 % bring the mean to 1.6 SDs, clearly below the threshold of 3.
    ContributionReference reference = new ContributionReference(20, List.of(0.40, 0.60), List.of(0.05, 0.10));
    ScreeningConfig config = screening(ImportanceConfig.DEFAULT.withDrift(3, 3).withScopes(EnumSet.of(Scope.Kind.ALL)));
    try (TestLane drifting = new TestLane(config, TestLane.MODEL.withContributionReference(reference))) {
      drifting.scorer.contribution = (bytes, channels) -> new double[] {bytes[1] / 100.0, 1 - bytes[1] / 100.0};
      List<Integer> shares = List.of(60, 60, 60, 44, 44, 20);
      List<Integer> minutes = List.of(0, 2, 4, 1, 3, 5);
      drifting.announce(List.of("A01", "A02", "A03", "A04", "A05", "A06"), 1);
      List<Alert> alerts = new ArrayList<>();
      for (int i = 0; i < shares.size(); i++) {
        String well = "A0" + (i + 1);
        Instant at = TestLane.START.minus(Duration.ofHours(1)).plus(Duration.ofMinutes(minutes.get(i)));
        drifting.publish(image(well, 1, "DNA", 0).setAcquiredAt(at).setBytes(ByteBuffer.wrap(new byte[] {12, shares.get(i).byteValue(), 0, 0})));
        drifting.publish(image(well, 1, "GFP", 7).setAcquiredAt(at));
        drifting.pass(Duration.ofSeconds(5));
        alerts.addAll(drifting.alerts());
        assertThat(alerts).as("after well %d", i + 1).hasSize(i < 2 ? 0 : i < 5 ? 1 : 2);
      }
      assertThat(alerts).extracting(Alert::getState).containsExactly(AlertState.RAISED, AlertState.RESOLVED);
      assertThat(alerts).allSatisfy(alert -> {
        assertThat(alert.getKind()).isEqualTo(AlertKind.CHANNEL_DRIFT);
        assertThat(alert.getChannel()).isEqualTo("DNA");
        assertThat(alert.getId()).isEqualTo("CHANNEL_DRIFT/DNA");
      });
      assertThat(alerts.getFirst().getValue()).isCloseTo(4, within(1e-9));
    }
  }

  @Test
  void shouldForgetAPlateAfterItsRetentionAndLeaveWhatWasPublished() {
    ScreeningConfig config = screening(ImportanceConfig.DEFAULT).withPlateRetention(Duration.ofHours(10));
    try (TestLane forgetful = new TestLane(config, TestLane.MODEL)) {
      forgetful.announce(List.of("A01", "A02"), 1);
      forgetful.publishSite("A01", 1, 12);
      forgetful.pass(Duration.ofHours(8));
      forgetful.publishSite("A02", 1, 12);
      forgetful.pass(Duration.ofSeconds(5));
      forgetful.pass(Duration.ofHours(8));
      assertThat(forgetful.tables().get("plate-state/rows")).as("something came of it eight hours ago").isEqualTo(2);
      assertThat(forgetful.importance().get("plate/P/1").getWells()).isEqualTo(2);
      forgetful.pass(Duration.ofHours(4));
      Map<String, Integer> left = forgetful.tables();
      left.keySet().removeIf(table -> !table.startsWith("plate-state/"));
      assertThat(left).as("which version of the model it is of, and no plate's").isEqualTo(Map.of("plate-state/partials", 1));
      assertThat(forgetful.importance()).as("no tombstone").doesNotContainEntry("plate/P/1", null);
    }
  }

  private static ScreeningConfig screening(ImportanceConfig importance) {
    return TestLane.SCREENING.withImportance(importance);
  }

  private static LayoutWell layoutWell(String well, WellRole role, String treatment) {
    return LayoutWell.newBuilder().setWell(well).setRole(role).setTreatment(treatment).build();
  }

  private static PlateLayout layout(LayoutWell... wells) {
    return PlateLayout.newBuilder().setPlate("P").setRows(8).setColumns(12).setWells(List.of(wells)).build();
  }
}
