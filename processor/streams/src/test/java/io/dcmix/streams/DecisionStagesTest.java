package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.core.screening.HitRules;
import io.dcmix.core.screening.HitRulesFile;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.CallFlag;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.schema.event.WellRole;
import io.dcmix.streams.well.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hit calls, plate quality and alerts of the real topology. The hit logit of a well is the value of its pixels minus 10. */
class DecisionStagesTest {
  /** Negative controls A01…E01 with logits -2…2, positive ones A12…D12 with 20…23, samples C05 and C06. */
  private static final Map<String, Integer> VALUES = values();

  private @Nullable TestLane open;

  private TestLane lane() {
    return lane(HitRules.CONTROLS);
  }

  private TestLane lane(HitRules rules) {
    open = new TestLane(rules);
    return open;
  }

  @AfterEach
  void close() {
    if (open != null) {
      open.close();
    }
  }

  private static Map<String, Integer> values() {
    Map<String, Integer> values = new HashMap<>();
    for (int i = 0; i < 5; i++) {
      values.put((char) ('A' + i) + "01", 8 + i);
    }
    for (int i = 0; i < 4; i++) {
      values.put((char) ('A' + i) + "12", 30 + i);
    }
    values.put("C05", 25);
    values.put("C06", 10);
    return Map.copyOf(values);
  }

  private static List<String> wells() {
    return VALUES.keySet().stream().sorted().toList();
  }

  private static PlateLayout layout(Orientation orientation) {
    List<LayoutWell> wells = new ArrayList<>();
    VALUES.keySet().forEach(well -> wells.add(new LayoutWell(well,
        well.endsWith("01") ? WellRole.NEGATIVE_CONTROL : well.endsWith("12") ? WellRole.POSITIVE_CONTROL : WellRole.SAMPLE, "T-" + well, 1.0, "uM")));
    return new PlateLayout("P", 8, 12, orientation, wells, "test");
  }

  private static void publishAll(TestLane lane) {
    wells().forEach(well -> lane.publishSite(well, 1, VALUES.get(well)));
  }

  private static Map<String, HitCall> last(List<TestRecord<String, HitCall>> records) {
    Map<String, HitCall> calls = new HashMap<>();
    records.forEach(record -> calls.put(record.key(), record.value()));
    return calls;
  }

  private static PlateQuality lastQuality(TestLane lane) {
    return lane.plateQuality().getLast().value();
  }

  @Test
  void shouldCallAndJudgeAPlateWhoseLayoutCameBeforeTheImages() {
    TestLane lane = lane();
    lane.publish(layout(Orientation.NORMAL));
    lane.announce(wells(), 1);
    publishAll(lane);
    lane.pass(Duration.ofSeconds(5));

    List<TestRecord<String, PlateQuality>> qualities = lane.plateQuality();
    assertThat(qualities.getLast().key()).isEqualTo("P/1/0");
    PlateQuality quality = qualities.getLast().value();
    assertThat(quality.getStatus()).isEqualTo(PlateStatus.COMPLETE);
    assertThat(quality.getWellsSeen()).isEqualTo(11);
    // Means 0 and 21.5, sample variances 5/2 and 5/3 by hand.
    assertThat(quality.getZPrime()).isCloseTo(1 - 3 * (Math.sqrt(5.0 / 2) + Math.sqrt(5.0 / 3)) / 21.5, within(1e-12));
    assertThat(quality.getHits()).isEqualTo(1);
    Map<String, HitCall> calls = last(lane.hitCalls());
    assertThat(calls).hasSize(11);
    HitCall call = calls.get("P/1/C05/0");
    assertThat(call.getHit()).isTrue();
    assertThat(call.getScore()).isCloseTo(15 / 1.4826, within(1e-12));
    assertThat(call.getStage()).isEqualTo(CallStage.FINAL);
    assertThat(call.getTreatment()).isEqualTo("T-C05");
    assertThat(calls.get("P/1/C06/0").getHit()).isFalse();
    assertThat(lane.alerts()).isEmpty();
    assertThat(lane.meters.get("dcmix.plates").tags("status", "complete", "verdict", "excellent").counter().count()).isEqualTo(1);
    assertThat(lane.meters.get("dcmix.hit.calls").counter().count()).isGreaterThanOrEqualTo(11);
  }

  @Test
  void shouldCorrectCallsAndQualityWhenTheLayoutComesAfterwards() {
    TestLane lane = lane();
    lane.announce(wells(), 1);
    publishAll(lane);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lastQuality(lane).getUndefined()).containsEntry("zPrime", "the plate has no layout");
    assertThat(last(lane.hitCalls()).values()).allMatch(call -> call.getHit() == null && call.getFlags().contains(CallFlag.NO_PLATEMAP));

    lane.pass(Duration.ofHours(3));
    lane.publish(layout(Orientation.NORMAL));
    lane.pass(Duration.ofSeconds(5));
    assertThat(lastQuality(lane).getZPrime()).isPositive();
    assertThat(last(lane.hitCalls()).get("P/1/C05/0").getHit()).isTrue();

    lane.publishLayout("P", null);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lastQuality(lane).getZPrime()).as("the layout was taken away").isNull();
    assertThat(last(lane.hitCalls()).get("P/1/C05/0").getHit()).isNull();
  }

  @Test
  void shouldSayTheSameWheneverTheLayoutComes() {
    List<Map<String, HitCall>> calls = new ArrayList<>();
    List<PlateQuality> qualities = new ArrayList<>();
    for (int when = 0; when < 3; when++) {
      TestLane lane = lane();
      lane.announce(wells(), 1);
      for (int i = 0; i < wells().size(); i++) {
        if (i == when * 5) {
          lane.publish(layout(Orientation.NORMAL));
        }
        lane.publishSite(wells().get(i), 1, VALUES.get(wells().get(i)));
        lane.pass(Duration.ofMillis(500));
      }
      lane.pass(Duration.ofSeconds(15));
      calls.add(last(lane.hitCalls()));
      qualities.add(lastQuality(lane));
      lane.close();
      open = null;
    }
    assertThat(calls.get(1)).isEqualTo(calls.get(0));
    assertThat(calls.get(2)).isEqualTo(calls.get(0));
    assertThat(qualities).allMatch(qualities.getFirst()::equals);
  }

  @Test
  void shouldApplyALayoutToEveryRunOfItsPlate() {
    TestLane lane = lane();
    publishAll(lane);
    wells().forEach(well -> {
      lane.publish(TestLane.image(well, 1, "DNA", VALUES.get(well)).setAcquisition("2"));
      lane.publish(TestLane.image(well, 1, "GFP", 7).setAcquisition("2"));
    });
    lane.pass(TestLane.DEADLINE.plusMinutes(1));
    lane.plateQuality();
    lane.publish(layout(Orientation.NORMAL));
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.plateQuality()).extracting(TestRecord::key).containsExactlyInAnyOrder("P/1/0", "P/2/0");
  }

  @Test
  void shouldSetUnreadableLayoutsAsideAndGoOn() {
    TestLane lane = lane();
    byte[] good = AvroCodec.of(PlateLayout.class).encode(layout(Orientation.NORMAL));
    lane.publishLayout("P", new byte[] {1, 2, 3});
    lane.publishLayout("Q", good);
    lane.publishLayout(null, good);
    PlateLayout beyond = new PlateLayout("P", 8, 12, Orientation.NORMAL, List.of(new LayoutWell("P24", WellRole.SAMPLE, null, null, null)), null);
    lane.publish(beyond);
    List<TestRecord<byte[], byte[]>> dead = lane.deadLetters();
    assertThat(dead).extracting(record -> new String(record.headers().lastHeader(DeadLetterHeaders.REASON).value(), StandardCharsets.UTF_8))
        .satisfiesExactly(
            reason -> assertThat(reason).contains("PlateLayout"),
            reason -> assertThat(reason).contains("plate 'Q'", "'P'"),
            reason -> assertThat(reason).contains("barcode as its key"),
            reason -> assertThat(reason).contains("P24 is not on a plate of 8 rows and 12 columns"));
    assertThat(dead.get(1).value()).isEqualTo(good);
    assertThat(new String(dead.get(1).headers().lastHeader(DeadLetterHeaders.TOPIC).value(), StandardCharsets.UTF_8)).isEqualTo(lane.topics.plateLayouts());

    lane.publish(layout(Orientation.NORMAL));
    lane.announce(wells(), 1);
    publishAll(lane);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lastQuality(lane).getNegativeControls()).isEqualTo(5);
  }

  @Test
  void shouldReplaceACallByTheRevisionAndTakeBackNothingElse() {
    TestLane lane = lane();
    lane.publish(layout(Orientation.NORMAL));
    lane.announce(wells(), 1);
    publishAll(lane);
    lane.pass(Duration.ofSeconds(15));
    lane.hitCalls();

    lane.publish(TestLane.image("C06", 2, "DNA", 50));
    lane.publish(TestLane.image("C06", 2, "GFP", 7));
    lane.pass(TestLane.DEADLINE.plusSeconds(30));
    lane.pass(Duration.ofSeconds(15));
    List<TestRecord<String, HitCall>> corrected = lane.hitCalls();
    HitCall c06 = last(corrected).get("P/1/C06/0");
    assertThat(c06.getRevision()).isEqualTo(2);
    assertThat(c06.getHitLogit()).isEqualTo(20);
    assertThat(c06.getHit()).isTrue();
    assertThat(c06.getRank()).isEqualTo(1);
    assertThat(last(corrected)).as("the others' ranks and no more").containsOnlyKeys("P/1/C06/0", "P/1/C05/0");
  }

  @Test
  void shouldGiveProvisionalCallsAtASlowerBeatAndFinalOnesAtOnce() {
    TestLane lane = lane();
    lane.publish(layout(Orientation.NORMAL));
    lane.announce(wells(), 1);
    int beats = 0;
    for (int i = 0; i < 10; i++) {
      lane.publishSite(wells().get(i), 1, VALUES.get(wells().get(i)));
      lane.pass(Duration.ofSeconds(1));
      List<TestRecord<String, HitCall>> calls = lane.hitCalls();
      assertThat(calls).allMatch(record -> record.value().getStage() == CallStage.PROVISIONAL);
      beats += calls.isEmpty() ? 0 : 1;
    }
    assertThat(beats).as("within ten seconds").isBetween(1, 2);
    lane.publishSite(wells().get(10), 1, VALUES.get(wells().get(10)));
    lane.pass(Duration.ofSeconds(3));
    List<TestRecord<String, HitCall>> last = lane.hitCalls();
    assertThat(last).hasSize(11).allMatch(record -> record.value().getStage() == CallStage.FINAL);
    lane.pass(Duration.ofMinutes(1));
    assertThat(lane.hitCalls()).as("nothing changed").isEmpty();
    assertThat(lane.plateQuality().stream().filter(q -> q.value().getStatus() == PlateStatus.COMPLETE)).hasSize(1);
  }

  @Test
  void shouldClosePlatesWithoutAnAnnouncementWhenTheyAreSilent() {
    TestLane lane = lane();
    lane.publish(layout(Orientation.NORMAL));
    publishAll(lane);
    lane.pass(TestLane.DEADLINE.plusMinutes(1)); // Without an announcement the wells themselves end at their deadline.
    lane.pass(Duration.ofSeconds(5));
    assertThat(lastQuality(lane).getStatus()).isEqualTo(PlateStatus.RUNNING);
    lane.pass(TestLane.DEADLINE.plusMinutes(1));
    lane.pass(Duration.ofSeconds(5));
    assertThat(lastQuality(lane).getStatus()).isEqualTo(PlateStatus.PARTIAL);
    assertThat(last(lane.hitCalls()).values()).allMatch(call -> call.getStage() == CallStage.FINAL);
  }

  @Test
  void shouldCloseAPartialPlateAfterItWasAnnouncedAsFinished() {
    TestLane lane = lane();
    lane.publish(layout(Orientation.NORMAL));
    List<String> more = new ArrayList<>(wells());
    more.add("H07");
    lane.announce(more, 1);
    publishAll(lane);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lastQuality(lane).getWellsExpected()).isEqualTo(12);
    lane.announce(AcquisitionStatus.FINISHED, more, 1);
    lane.pass(TestLane.DEADLINE.plusMinutes(1));
    lane.pass(Duration.ofSeconds(5));
    PlateQuality quality = lastQuality(lane);
    assertThat(quality.getStatus()).isEqualTo(PlateStatus.PARTIAL);
    assertThat(quality.getWellsSeen()).isEqualTo(11);
    assertThat(last(lane.hitCalls()).get("P/1/C05/0").getStage()).isEqualTo(CallStage.FINAL);
  }

  @Test
  void shouldRaiseAnAlertOnceAndResolveItOnce() {
    TestLane lane = lane(HitRulesFile.parse("strict", "alert-z-prime = 0.9"));
    lane.publish(layout(Orientation.NORMAL));
    lane.announce(wells(), 1);
    publishAll(lane);
    lane.pass(Duration.ofMinutes(1));
    List<Alert> raised = lane.alerts();
    assertThat(raised).singleElement().satisfies(alert -> {
      assertThat(alert.getKind()).isEqualTo(AlertKind.PLATE_QUALITY);
      assertThat(alert.getState()).isEqualTo(AlertState.RAISED);
      assertThat(alert.getTimepoint()).isZero();
      assertThat(alert.getThreshold()).isEqualTo(0.9);
      assertThat(alert.getRemedy()).isNotBlank();
    });
    lane.publishSite("H07", 1, 10);
    lane.pass(TestLane.DEADLINE.plusMinutes(1));
    assertThat(lane.alerts()).as("it is known").isEmpty();
    lane.publishLayout("P", null);
    lane.pass(Duration.ofSeconds(5));
    assertThat(lane.alerts()).singleElement().satisfies(alert -> {
      assertThat(alert.getId()).isEqualTo(raised.getFirst().getId());
      assertThat(alert.getState()).isEqualTo(AlertState.RESOLVED);
    });
    lane.pass(Duration.ofMinutes(1));
    assertThat(lane.alerts()).isEmpty();
    assertThat(lane.meters.get("dcmix.alerts").tags("kind", "plate_quality").counter().count()).isEqualTo(1);
  }

  @Test
  void shouldSayThatAStartedRunBringsNothingAndTakeItBackWhenItDoes() {
    TestLane lane = lane(HitRulesFile.parse("impatient", "alert-silence = 2m"));
    lane.announce(wells(), 1);
    lane.pass(Duration.ofMinutes(1));
    assertThat(lane.alerts()).isEmpty();
    lane.pass(Duration.ofMinutes(5));
    lane.pass(Duration.ofSeconds(10));
    assertThat(lane.alerts()).singleElement().satisfies(alert -> {
      assertThat(alert.getKind()).isEqualTo(AlertKind.NO_IMAGES);
      assertThat(alert.getMessage()).contains("0 of 11 wells");
    });
    publishAll(lane);
    lane.pass(Duration.ofSeconds(10));
    assertThat(lane.alerts()).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
  }

  @Test
  void shouldWarnThatControlsLookTurnedAndBelieveTheCorrectedLayout() {
    TestLane lane = lane();
    List<LayoutWell> turned = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      turned.add(new LayoutWell((char) ('H' - i) + "01", WellRole.POSITIVE_CONTROL, null, null, null));
      turned.add(new LayoutWell((char) ('H' - i) + "12", WellRole.NEGATIVE_CONTROL, null, null, null));
    }
    PlateLayout wrong = new PlateLayout("P", 8, 12, Orientation.NORMAL, turned, null);
    List<String> imaged = new ArrayList<>(wells());
    lane.announce(imaged, 1);
    publishAll(lane);
    // Where the layout has controls there are samples, none of which differ.
    for (String well : List.of("F01", "G01", "H01", "E12", "F12", "G12", "H12")) {
      lane.publishSite(well, 1, well.startsWith("G") ? 11 : 10);
    }
    lane.publish(wrong);
    lane.pass(TestLane.DEADLINE.plusMinutes(1));
    lane.pass(Duration.ofSeconds(5));
    assertThat(lastQuality(lane).getControlsMirrored()).isTrue();
    assertThat(lane.alerts()).extracting(Alert::getKind).contains(AlertKind.CONTROLS_MIRRORED);
    lane.publish(PlateLayout.newBuilder(wrong).setOrientation(Orientation.ROTATED_180).build());
    lane.pass(Duration.ofSeconds(5));
    PlateQuality corrected = lastQuality(lane);
    assertThat(corrected.getControlsMirrored()).isFalse();
    assertThat(corrected.getPositiveControls()).isEqualTo(4);
    assertThat(corrected.getZPrime()).isGreaterThan(0.5);
    assertThat(lane.alerts()).filteredOn(alert -> alert.getKind() == AlertKind.CONTROLS_MIRRORED).extracting(Alert::getState).containsExactly(AlertState.RESOLVED);
  }

  @Test
  void shouldGoOnWhereAnEarlierLifeOfTheTaskEnded() {
    HitRules strict = HitRulesFile.parse("strict", "alert-z-prime = 0.9");
    List<String> more = new ArrayList<>(wells());
    more.add("H07");
    try (TestLane before = new TestLane(strict)) {
      before.publish(layout(Orientation.NORMAL));
      before.announce(more, 1);
      publishAll(before);
      before.pass(Duration.ofSeconds(15));
      assertThat(before.alerts()).hasSize(1);
      TestLane lane = lane(strict);
      copy(before, lane, Set.of("rows", "layouts", "running", "calls", "quality", "alerts"));
    }
    TestLane lane = open;
    lane.announce(more, 1);
    lane.pass(Duration.ofSeconds(30));
    assertThat(lane.alerts()).as("raised in the earlier life").isEmpty();
    assertThat(lane.hitCalls()).as("said in the earlier life").isEmpty();
    assertThat(lane.plateQuality()).isEmpty();

    lane.publishSite("H07", 1, 10);
    lane.pass(Duration.ofSeconds(5));
    PlateQuality quality = lastQuality(lane);
    assertThat(quality.getWellsSeen()).as("with the wells of the earlier life").isEqualTo(12);
    assertThat(quality.getStatus()).isEqualTo(PlateStatus.COMPLETE);
    assertThat(last(lane.hitCalls()).values()).hasSize(12).allMatch(call -> call.getStage() == CallStage.FINAL);
  }

  @Test
  void shouldCloseAPlateThatAnEarlierLifeLeftRunning() {
    try (TestLane before = new TestLane(HitRules.CONTROLS)) {
      List<String> more = new ArrayList<>(wells());
      more.add("H07");
      before.announce(more, 1); // So that the wells end at once; the new life knows no announcement.
      publishAll(before);
      before.pass(Duration.ofSeconds(15));
      assertThat(lastQuality(before).getStatus()).isEqualTo(PlateStatus.RUNNING);
      TestLane lane = lane();
      copy(before, lane, Set.of("rows", "running", "calls", "quality"));
    }
    open.pass(TestLane.DEADLINE.plusMinutes(1));
    open.pass(Duration.ofSeconds(5));
    assertThat(lastQuality(open).getStatus()).isEqualTo(PlateStatus.PARTIAL);
    assertThat(open.hitCalls()).allMatch(record -> record.value().getStage() == CallStage.FINAL).hasSize(11);
  }

  private static void copy(TestLane from, TestLane to, Set<String> tables) {
    KeyValueStore<String, byte[]> target = to.driver.getKeyValueStore("plate-state");
    try (KeyValueIterator<String, byte[]> all = from.driver.<String, byte[]>getKeyValueStore("plate-state").all()) {
      all.forEachRemaining(row -> {
        if (tables.contains(row.key.substring(0, row.key.indexOf(':')))) {
          target.put(row.key, row.value);
        }
      });
    }
  }
}
