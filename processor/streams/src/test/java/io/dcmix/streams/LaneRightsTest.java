package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.streams.LaneRights.Right;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LaneRightsTest {
  private static final LaneTopics.Plan PLAN = new LaneTopics.Plan(8, (short) 3, Duration.ofDays(7));
  private static final LanePlan LANE = LanePlan.of(new Topics("screening"), PLAN);

  private static List<String> rights(LanePlan lane, LaneRole role) {
    return LaneRights.of(lane, Set.of(role), null).stream().map(LaneRightsTest::text).toList();
  }

  private static String text(Right right) {
    return right.resource() + " " + right.name() + (right.pattern() == PatternType.PREFIXED ? "* " : " ") + right.operation();
  }

  @Test
  void aPublisherWritesInputsAndRemembersAndReadsNoImage() {
    assertThat(rights(LANE, LaneRole.PUBLISHER)).containsExactlyInAnyOrder(
        "TOPIC screening.image-events WRITE",
        "TOPIC screening.acquisitions READ", "TOPIC screening.acquisitions WRITE",
        "TOPIC shared.plate-layouts WRITE", "TOPIC shared.plate-layouts DESCRIBE_CONFIGS",
        "TOPIC screening.publish-progress READ", "TOPIC screening.publish-progress WRITE", "TOPIC screening.publish-progress DESCRIBE_CONFIGS",
        "GROUP dcmix-screening DESCRIBE",
        "TRANSACTIONAL_ID dcmix-publish-screening/* WRITE");
  }

  @Test
  void aReaderReadsResultsInItsOwnGroupAndNoImage() {
    assertThat(LaneRights.of(LANE, Set.of(LaneRole.READER), "lims").stream().map(LaneRightsTest::text)).containsExactlyInAnyOrder(
        "TOPIC screening.acquisitions READ", "TOPIC shared.plate-layouts READ", "TOPIC screening.well-predictions READ",
        "TOPIC screening.well-failures READ", "TOPIC screening.hit-calls READ", "TOPIC screening.plate-quality READ", "TOPIC screening.alerts READ",
        "TOPIC screening.channel-importance READ", "TOPIC screening.dead-letters READ", "TOPIC screening.model-control READ", "GROUP lims READ");
  }

  @Test
  void aProcessorWritesNoInputAndItsTransactionsAreItsOwn() {
    assertThat(rights(LANE, LaneRole.PROCESSOR))
        .contains("TOPIC screening.image-events READ", "TOPIC screening.well-predictions WRITE", "TOPIC screening.dead-letters WRITE",
            "TOPIC dcmix-screening-rows-repartition DELETE", "TOPIC dcmix-screening-well-state-changelog WRITE", "GROUP dcmix-screening READ",
            "TRANSACTIONAL_ID dcmix-screening-* WRITE")
        .doesNotContain("TOPIC screening.image-events WRITE", "TOPIC screening.acquisitions WRITE", "TOPIC shared.plate-layouts WRITE")
        .noneMatch(right -> right.endsWith(" CREATE"));
  }

  @Test
  void aRescoredLaneReadsTheImagesOfItsSourceAndItsAdminOwnsNoneOfThem() {
    LanePlan rescored = LanePlan.of(new Topics("replay-m2", "screening"), PLAN);
    assertThat(rights(rescored, LaneRole.PROCESSOR)).contains("TOPIC screening.image-events READ", "TOPIC replay-m2.well-predictions WRITE");
    assertThat(rights(rescored, LaneRole.ADMIN)).filteredOn(right -> right.contains(" screening.")).as("it looks, and no more").containsExactlyInAnyOrder(
        "TOPIC screening.image-events DESCRIBE", "TOPIC screening.image-events DESCRIBE_CONFIGS",
        "TOPIC screening.acquisitions DESCRIBE", "TOPIC screening.acquisitions DESCRIBE_CONFIGS",
        "TOPIC screening.publish-progress DESCRIBE", "TOPIC screening.publish-progress DESCRIBE_CONFIGS");
    assertThat(rights(rescored, LaneRole.ADMIN)).contains("TOPIC replay-m2.image-events DESCRIBE").doesNotContain("TOPIC replay-m2.image-events CREATE");
  }

  @ParameterizedTest
  @EnumSource
  void nobodyGetsEverythingOrTheClusterOrATopicByItsBeginning(LaneRole role) {
    assertThat(LaneRights.of(LANE, EnumSet.of(role), "group")).isNotEmpty().doesNotHaveDuplicates().allSatisfy(right -> {
      assertThat(right.operation()).isNotIn(AclOperation.ALL, AclOperation.ANY, AclOperation.ALTER, AclOperation.CLUSTER_ACTION, AclOperation.IDEMPOTENT_WRITE);
      assertThat(right.resource()).isIn(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.TRANSACTIONAL_ID);
      assertThat(right.resource() == ResourceType.TRANSACTIONAL_ID || right.pattern() == PatternType.LITERAL).as("%s", right).isTrue();
      assertThat(right.name()).isNotEqualTo("*");
    });
  }
}
