package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.streams.Readiness.Part;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.apache.kafka.streams.KafkaStreams.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ReadinessTest {
  private static final Duration SETTLE = Duration.ofSeconds(9);
  private static final Duration LONG = Duration.ofMinutes(1);

  private static Readiness of(State state, int tasks, Duration running) {
    return Readiness.of(state, tasks, running, SETTLE, "demo 1 on cpu, warm", null, null);
  }

  @Test
  void isReadyAtOnceWithTasksThatRun() {
    assertThat(of(State.RUNNING, 3, Duration.ZERO).ready()).isTrue();
    assertThat(of(State.RUNNING, 3, Duration.ZERO).parts()).extracting(Part::name).containsExactly("streams", "tasks", "model", "scorer");
  }

  @ParameterizedTest
  @EnumSource(value = State.class, names = "RUNNING", mode = Mode.EXCLUDE)
  void isNotReadyInAnyOtherStateHoweverLongAndWhateverItHolds(State state) {
    Readiness readiness = of(state, 3, LONG);
    assertThat(readiness.ready()).isFalse();
    assertThat(readiness.parts().getFirst()).isEqualTo(new Part("streams", false, state.name()));
    assertThat(of(state, 0, LONG).ready()).isFalse();
  }

  @Test
  void withoutTasksIsReadyOnlyOnceTheGroupHasSettled() {
    assertThat(of(State.RUNNING, 0, SETTLE.minusMillis(1)).ready()).as("RUNNING can come before the first assignment").isFalse();
    assertThat(of(State.RUNNING, 0, SETTLE.minusMillis(1)).parts()).contains(new Part("tasks", false, "no tasks assigned yet"));
    assertThat(of(State.RUNNING, 0, SETTLE).ready()).isTrue();
    assertThat(of(State.REBALANCING, 0, LONG).ready()).as("and not while the group shares anew").isFalse();
  }

  @Test
  void saysWhyItStopped() {
    Readiness stopped = Readiness.of(State.RUNNING, 3, LONG, SETTLE, "m", "the disk is full", null);
    assertThat(stopped.ready()).isFalse();
    assertThat(stopped.parts()).contains(new Part("streams", false, "stopped: the disk is full"));
  }

  @Test
  void leavesReadinessWithASickDevice() {
    Readiness sick = Readiness.of(State.RUNNING, 3, LONG, SETTLE, "m", null, "The device cuda:0 fails on a blank site too");
    assertThat(sick.ready()).isFalse();
    assertThat(sick.parts()).filteredOn(p -> !p.ready()).containsExactly(new Part("scorer", false, "The device cuda:0 fails on a blank site too"));
  }

  @Test
  void namesThePartsOfSeveralLanesAfterThemAndLeavesThoseOfOneAlone() {
    Readiness live = of(State.RUNNING, 3, LONG);
    Readiness replay = Readiness.of(State.ERROR, 3, LONG, SETTLE, "m", "its topic is gone", null);
    SequencedMap<String, Readiness> lanes = new LinkedHashMap<>();
    lanes.put("screening", live);
    assertThat(Readiness.of(lanes)).isEqualTo(live);

    lanes.put("replay", replay);
    Readiness both = Readiness.of(lanes);
    assertThat(both.ready()).isFalse();
    assertThat(both.parts()).hasSize(8).contains(
        new Part("screening: streams", true, "RUNNING"), new Part("replay: streams", false, "stopped: its topic is gone"));
  }
}
