package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.ChannelStatistics;
import io.dcmix.schema.event.Summary;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DriftAlarmTest {
  @Test
  void aPlateLikeTheTrainingWellsAlarmsNobody() {
    assertThat(alarm(plate(96, channel("DNA", 2.9, -2.9), channel("GFP", -2.9, null)))).isEmpty();
    assertThat(alarm(plate(96, channel("DNA", null, null)))).as("no reference").isEmpty();
    assertThat(DriftAlarm.of(null, 16, 3, Set.of())).isEmpty();
  }

  @Test
  void oneAlertNamesTheChannelThatMovedMost() {
    List<AlertCondition> conditions = alarm(plate(96, channel("DNA", 3.2, null), channel("GFP", -4.26, 1.0), channel("ER", 3.9, null)));
    assertThat(conditions).singleElement().satisfies(condition -> {
      assertThat(condition.kind()).isEqualTo(AlertKind.CHANNEL_DRIFT);
      assertThat(condition.severity()).isEqualTo(AlertSeverity.WARNING);
      assertThat(condition.channel()).isEqualTo("GFP");
      assertThat(condition.value()).isEqualTo(-4.26);
      assertThat(condition.threshold()).isEqualTo(3.0);
      assertThat(condition.message()).isEqualTo("Channel GFP makes up 25.0 % of the blended image over 96 wells, 4.3 SDs below the wells that the model was trained on");
      assertThat(condition.id()).isEqualTo("CHANNEL_DRIFT/GFP");
    });
  }

  @Test
  void aChannelThatMovesDuringThePlateAlarmsWithoutAReference() {
    assertThat(alarm(plate(40, channel("DNA", null, 0.5), channel("GFP", null, 3.5)))).singleElement()
        .satisfies(condition -> assertThat(condition.message())
            .isEqualTo("Channel GFP contributes 3.5 SDs above what it did at the plate's start: its newest 16 wells against its first 16"));
  }

  @Test
  void aFewWellsAlarmNobodyYet() {
    assertThat(alarm(plate(15, channel("DNA", 9.0, null)))).isEmpty();
    assertThat(alarm(plate(16, channel("DNA", 9.0, null)))).hasSize(1);
  }

  @Test
  void whatWasRaisedStaysWithItsChannelUntilThatIsClearlyBack() {
    Set<String> raised = Set.of("CHANNEL_DRIFT/DNA", "PLATE_QUALITY/0");
    assertThat(alarm(raised, plate(96, channel("DNA", 2.5, null), channel("GFP", -4.0, null)))).extracting(AlertCondition::channel).containsExactly("DNA");
    assertThat(alarm(raised, plate(96, channel("DNA", 2.5, null), channel("GFP", -2.0, null)))).extracting(AlertCondition::channel).containsExactly("DNA");
    assertThat(alarm(raised, plate(96, channel("DNA", 2.3, null), channel("GFP", -4.0, null)))).extracting(AlertCondition::channel).containsExactly("GFP");
    assertThat(alarm(raised, plate(96, channel("DNA", 2.3, null), channel("GFP", -2.0, null)))).isEmpty();
    assertThat(alarm(Set.of("CHANNEL_DRIFT/GFP"), plate(96, channel("DNA", 2.5, null), channel("GFP", -2.0, null)))).isEmpty();
  }

  private static List<AlertCondition> alarm(ChannelImportance plate) {
    return alarm(Set.of(), plate);
  }

  private static List<AlertCondition> alarm(Set<String> raised, ChannelImportance plate) {
    return DriftAlarm.of(plate, 16, 3, raised);
  }

  private static ChannelStatistics channel(String name, Double drift, Double fromStart) {
    return new ChannelStatistics(name, 0.5, new Summary(96L, 0.25, 0.01, 0.1, 0.4), new Summary(0L, 0.0, 0.0, 0.0, 0.0), drift, fromStart);
  }

  private static ChannelImportance plate(long wells, ChannelStatistics... channels) {
    return ChannelImportance.newBuilder().setScope("plate").setScopeKey("plate/P/1").setPlate("P").setAcquisition("1").setWindowStart(Instant.EPOCH)
        .setWindowEnd(Instant.EPOCH).setWells(wells).setModelName("m").setModelVersion("1").setChannels(List.of(channels)).build();
  }
}
