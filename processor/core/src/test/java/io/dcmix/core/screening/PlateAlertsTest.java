package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.schema.event.WellRole;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlateAlertsTest {
  private static List<AlertCondition> alerts(TestPlate plate, boolean silent, String... raised) {
    PlateView view = plate.view();
    TreeMap<Integer, PlateEvaluation> evaluations = new TreeMap<>();
    view.timepoints().forEach(t -> evaluations.put(t, PlateEvaluator.evaluate(view, t, HitRules.CONTROLS)));
    return PlateAlerts.of(view, evaluations, HitRules.CONTROLS, silent, Set.of(raised));
  }

  private static List<AlertKind> kinds(TestPlate plate) {
    return alerts(plate, false).stream().map(AlertCondition::kind).toList();
  }

  @Test
  void shouldSayThatTheControlsOverlapWhileThePlateRuns() {
    TestPlate plate = new TestPlate().negatives(-2, -1, 1, 2).positives(0, 1, 2, 3);
    assertThat(alerts(plate, false)).singleElement().satisfies(alert -> {
      assertThat(alert.id()).isEqualTo("PLATE_QUALITY/0");
      assertThat(alert.value()).isNegative();
      assertThat(alert.threshold()).isZero();
      assertThat(alert.message()).contains("4 positive and 4 negative");
    });
    assertThat(kinds(new TestPlate().negatives(-2, -1, 1).positives(0, 1, 2, 3))).as("too few controls to say so").isEmpty();
    assertThat(kinds(new TestPlate().negatives(-2, -1, 1, 2).positives(100, 101, 102, 103))).isEmpty();
  }

  @Test
  void shouldHoldOnToAnAlertUntilItIsClearlyOver() {
    // Means 0 and d, SDs √2.5/... each: Z' = 1 − 6·SD/d, 0.05 for d = 6·SD/0.95.
    double sd = Math.sqrt(10.0 / 3);
    double d = 6 * sd / 0.95;
    TestPlate plate = new TestPlate().negatives(-2, -1, 1, 2).positives(d - 2, d - 1, d + 1, d + 2);
    assertThat(alerts(plate, false)).isEmpty();
    assertThat(alerts(plate, false, "PLATE_QUALITY/0")).extracting(AlertCondition::id).containsExactly("PLATE_QUALITY/0");
  }

  private static TestPlate wells(int count, int bad, Map<String, String> channels) {
    TestPlate plate = new TestPlate();
    for (int i = 0; i < count; i++) {
      String well = new WellAddress(i / 12, i % 12).toString();
      Map<String, String> of = i < bad ? channels : Map.of();
      plate.map(WellRole.SAMPLE, well).result(well, 0, 0.01 * (i % 7), row -> row.setBadChannels(of));
    }
    return plate;
  }

  @Test
  void shouldNameAChannelThatIsBlankInSeveralWells() {
    assertThat(kinds(wells(20, 2, Map.of("DNA", WellFlag.BLANK_CHANNEL.name())))).as("two wells").isEmpty();
    assertThat(kinds(wells(96, 4, Map.of("DNA", WellFlag.BLANK_CHANNEL.name())))).as("4 of 96 wells").isEmpty();
    assertThat(alerts(wells(20, 12, Map.of("DNA", WellFlag.BLANK_CHANNEL.name(), "GFP", WellFlag.BLURRED.name())), false))
        .extracting(AlertCondition::id).containsExactly("BLANK_CHANNEL/DNA", "BLURRED/GFP");
    assertThat(alerts(wells(20, 12, Map.of("DNA", WellFlag.SATURATED_CHANNEL.name())), false)).singleElement().satisfies(alert -> {
      assertThat(alert.channel()).isEqualTo("DNA");
      assertThat(alert.wells()).hasSize(10).startsWith("A01", "A02");
      assertThat(alert.message()).contains("12 of 20 wells");
    });
  }

  @Test
  void shouldSayOnceThatTwoChannelsAreTheSame() {
    String same = WellFlag.DUPLICATE_CHANNEL.name();
    assertThat(alerts(wells(20, 5, Map.of("DNA", same, "GFP", same)), false)).singleElement()
        .satisfies(alert -> assertThat(alert.message()).contains("DNA and GFP", "5 of 20"));
  }

  /** Channels of brightness 100 and 1000, give or take 5 %; exchanged in the last wells. */
  private static TestPlate brightness(int wells, int exchanged, double second) {
    TestPlate plate = new TestPlate();
    for (int i = 0; i < wells; i++) {
      String well = new WellAddress(i / 12, i % 12).toString();
      double a = 100 * (1 + 0.05 * (i % 3 - 1));
      double b = second * (1 + 0.05 * ((i + 1) % 3 - 1));
      boolean swap = i >= wells - exchanged;
      plate.map(WellRole.SAMPLE, well).result(well, 0, 0.01 * (i % 7), row -> row.setChannelMeans(swap ? List.of(b, a) : List.of(a, b)));
    }
    return plate;
  }

  @Test
  void shouldFindChannelsThatAreExchangedInSomeWells() {
    assertThat(alerts(brightness(20, 5, 1000), false)).singleElement().satisfies(alert -> {
      assertThat(alert.kind()).isEqualTo(AlertKind.CHANNELS_SWAPPED);
      assertThat(alert.channel()).isEqualTo("DNA,GFP");
      assertThat(alert.wells()).containsExactly("B04", "B05", "B06", "B07", "B08");
    });
    assertThat(kinds(brightness(20, 2, 1000))).as("two wells may be anything").isEmpty();
    assertThat(kinds(brightness(20, 0, 1000))).isEmpty();
    assertThat(kinds(brightness(20, 5, 110))).as("channels as bright as each other cannot be told apart").isEmpty();
    assertThat(kinds(brightness(8, 4, 1000))).as("which half is right nobody knows").isEmpty();
  }

  @Test
  void shouldSayThatManyWellsFail() {
    TestPlate plate = wells(20, 0, Map.of());
    plate.failed("H01").failed("H02");
    assertThat(kinds(plate)).isEmpty();
    assertThat(alerts(plate.failed("H03"), false)).singleElement().satisfies(alert -> {
      assertThat(alert.kind()).isEqualTo(AlertKind.FAILURES);
      assertThat(alert.wells()).containsExactly("H01", "H02", "H03");
    });
  }

  @Test
  void shouldSayThatARunWasAbortedOrFellSilent() {
    List<String> all = IntStream.range(0, 12).mapToObj(i -> new WellAddress(0, i).toString()).toList();
    assertThat(kinds(wells(6, 0, Map.of()).announce(AcquisitionStatus.ABORTED, 1, all))).containsExactly(AlertKind.ABORTED);
    assertThat(alerts(wells(6, 0, Map.of()).announce(AcquisitionStatus.STARTED, 1, all), true)).extracting(AlertCondition::kind).containsExactly(AlertKind.NO_IMAGES);
    assertThat(alerts(wells(6, 0, Map.of()).announce(AcquisitionStatus.FINISHED, 1, all), true)).as("it said that it is over").isEmpty();
    assertThat(alerts(wells(12, 0, Map.of()).announce(AcquisitionStatus.STARTED, 1, all), true)).as("all is there").isEmpty();
    assertThat(alerts(new TestPlate().announce(AcquisitionStatus.STARTED, 1, all), true)).as("nothing came at all").extracting(AlertCondition::kind)
        .containsExactly(AlertKind.NO_IMAGES);
  }
}
