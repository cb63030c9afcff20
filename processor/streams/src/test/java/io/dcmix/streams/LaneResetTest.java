package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.streams.LaneReset.Kept;
import io.dcmix.streams.LaneReset.Outlook;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneResetTest {
  /** Of lane a, beside a lane a-b: what an earlier version left is told from what is another lane's. */
  @ParameterizedTest
  @CsvSource({
    "dcmix-a-well-state-changelog, false", "dcmix-a-b-well-state-changelog, false", "dcmix-a-b-plate-state-changelog, false", "dcmix-a-2-rows-repartition, false",
    "dcmix-a-plate-sums-changelog, true", "dcmix-a-plate-rows-changelog, true", "dcmix-a-KSTREAM-AGGREGATE-0000000012-repartition, true", "dcmix-ab-well-state-changelog, false",
    "a.well-predictions, false", "dcmix-a-something, false"})
  void aTopicOfAnEarlierVersionIsToldFromOneOfAnotherLane(String topic, boolean strange) {
    assertThat(LaneReset.isStrange(new Topics("a"), topic)).isEqualTo(strange);
  }

  @ParameterizedTest
  @CsvSource({"STABLE, true", "PREPARING_REBALANCE, true", "COMPLETING_REBALANCE, true", "ASSIGNING, true", "RECONCILING, true", "NOT_READY, true",
    "UNKNOWN, true", "EMPTY, false", "DEAD, false"})
  void onlyAnEmptyGroupMayBeReset(GroupState state, boolean active) {
    assertThat(new Outlook(new Topics("a"), state, List.of(), List.of(), List.of()).isActive()).isEqualTo(active);
  }

  @Test
  void imagesThatAreKeptAreCountedAndLossIsNoticed() {
    Instant early = Instant.parse("2026-01-05T08:00:00Z");
    Outlook whole = new Outlook(new Topics("a"), null, List.of(), List.of(),
        List.of(new Kept(0, 0, 10, early.plusSeconds(5)), new Kept(1, 0, 7, early), new Kept(2, 0, 0, null)));
    assertThat(whole.keptImages()).isEqualTo(17);
    assertThat(whole.hasLostImages()).isFalse();
    assertThat(whole.oldest()).isEqualTo(early);
    assertThat(whole.isEmpty()).isTrue();
    Outlook cut = new Outlook(new Topics("a"), GroupState.EMPTY, List.of(), List.of(), List.of(new Kept(0, 4, 10, early)));
    assertThat(cut.keptImages()).isEqualTo(6);
    assertThat(cut.hasLostImages()).isTrue();
  }
}
