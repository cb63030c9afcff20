package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.streams.LaneTopic.Cleanup;
import io.dcmix.streams.LaneTopic.Kind;
import io.dcmix.streams.TopicFinding.Existing;
import io.dcmix.streams.TopicFinding.Verdict;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanePlanTest {
  private static final Topics LANE = new Topics("screening");
  private static final LaneTopics.Plan PLAN = new LaneTopics.Plan(8, (short) 3, Duration.ofDays(7));
  private static final Duration LATE = Duration.ofHours(24);
  private static final LanePlan NEEDS = LanePlan.of(LANE, PLAN);

  @Test
  void aPlanHasEveryTopicOfTheLaneOnceAndSaysWhy() {
    assertThat(NEEDS.topics()).extracting(LaneTopic::name).doesNotHaveDuplicates();
    assertThat(NEEDS.topics()).allSatisfy(topic -> assertThat(topic.why()).isNotBlank());
    assertThat(NEEDS.external()).extracting(LaneTopic::name).containsExactlyInAnyOrder(
        "screening.image-events", "screening.acquisitions", "shared.plate-layouts", "screening.publish-progress", "screening.model-control",
        "screening.well-predictions", "screening.well-failures", "screening.hit-calls", "screening.plate-quality", "screening.alerts",
        "screening.channel-importance", "screening.dead-letters");
  }

  @Test
  void aLaneOfBorrowedImagesHasItsOwnResultsAndNoModelControl() {
    assertThat(LanePlan.of(new Topics("replay-m2", "screening")).external()).extracting(LaneTopic::name).containsExactlyInAnyOrder(
        "screening.image-events", "screening.acquisitions", "shared.plate-layouts", "screening.publish-progress",
        "replay-m2.well-predictions", "replay-m2.well-failures", "replay-m2.hit-calls", "replay-m2.plate-quality", "replay-m2.alerts",
        "replay-m2.channel-importance", "replay-m2.dead-letters");
  }

  /** The table in the design: images are never compacted, the newest result of a key stays, what has no key of its own is retained. */
  @ParameterizedTest
  @CsvSource({
    "screening.image-events, 8, DELETE", "screening.well-failures, 8, DELETE", "screening.alerts, 1, DELETE", "screening.dead-letters, 1, DELETE",
    "screening.acquisitions, 1, COMPACT", "shared.plate-layouts, 1, COMPACT", "screening.publish-progress, 1, COMPACT",
    "screening.model-control, 1, COMPACT",
    "screening.well-predictions, 8, COMPACT", "screening.hit-calls, 8, COMPACT", "screening.plate-quality, 1, COMPACT",
    "screening.channel-importance, 1, COMPACT_AND_DELETE", "dcmix-screening-rows-repartition, 8, DELETE",
    "dcmix-screening-scopes-repartition, 1, DELETE", "dcmix-screening-well-state-changelog, 8, COMPACT", "dcmix-screening-plate-state-changelog, 8, COMPACT",
    "dcmix-screening-window-state-changelog, 1, COMPACT"})
  void aTopicIsAsTheDesignHasIt(String name, int partitions, Cleanup cleanup) {
    LaneTopic topic = topic(name);
    assertThat(topic.partitions()).isEqualTo(partitions);
    assertThat(topic.cleanup()).isEqualTo(cleanup);
    assertThat(topic.settings()).containsEntry("message.timestamp.type", topic.kind().isInternal() ? "CreateTime" : "LogAppendTime");
  }

  @Test
  void aRescoredLaneBorrowsTheImagesAndKeepsItsResults() {
    LanePlan plan = LanePlan.of(new Topics("replay-m2", "screening"), PLAN);
    assertThat(plan.topics()).filteredOn(plan::borrows).extracting(LaneTopic::name)
        .containsExactlyInAnyOrder("screening.image-events", "screening.acquisitions", "screening.publish-progress");
    assertThat(NEEDS.topics()).noneMatch(NEEDS::borrows);
  }

  @Test
  void whatWasCreatedByThePlanIsAsItShouldBe() {
    assertThat(TopicFinding.compare(NEEDS, cluster(), LATE)).hasSameSizeAs(NEEDS.topics()).extracting(TopicFinding::verdict).containsOnly(Verdict.OK);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "screening.image-events|cleanup.policy|compact|FORBIDDEN|many images share a key, so compaction would lose them",
    "screening.image-events|cleanup.policy|compact,delete|FORBIDDEN|set it to delete",
    "screening.image-events|message.timestamp.type|CreateTime|FORBIDDEN|set message.timestamp.type=LogAppendTime",
    "screening.image-events|retention.ms|3600000|RISK|shorter than the late window of PT24H",
    "screening.image-events|retention.ms|-1|DIFFERS|keeps records for ever, planned is PT168H",
    "screening.image-events|max.message.bytes|1048588|RISK|larger images are refused",
    "screening.dead-letters|max.message.bytes|1048588|FORBIDDEN|would end the processor again and again",
    "screening.well-predictions|cleanup.policy|delete|FORBIDDEN|the broker would forget results",
    "screening.well-failures|cleanup.policy|compact|FORBIDDEN|compaction would lose them",
    "screening.acquisitions|cleanup.policy|compact,delete|FORBIDDEN|forget what was announced",
    "screening.channel-importance|cleanup.policy|compact|DIFFERS|planned is compact,delete",
    "screening.channel-importance|cleanup.policy|delete|FORBIDDEN|set it to compact,delete",
    "screening.hit-calls|message.timestamp.type|CreateTime|DIFFERS|planned is LogAppendTime",
    "dcmix-screening-well-state-changelog|cleanup.policy|compact,delete|FORBIDDEN|the state would be lost",
    "dcmix-screening-rows-repartition|retention.ms|604800000|FORBIDDEN|set it to -1",
  })
  void aSettingThatDiffersIsNamedWithWhatItWouldDo(String name, String setting, String value, Verdict verdict, String says) {
    Map<String, Existing> cluster = cluster();
    Existing good = cluster.get(name);
    Map<String, String> settings = new HashMap<>(good.settings());
    settings.put(setting, value);
    cluster.put(name, new Existing(good.id(), good.partitions(), good.replication(), settings, good.allowed()));
    assertThat(TopicFinding.compare(NEEDS, cluster, LATE)).filteredOn(f -> f.verdict() != Verdict.OK).singleElement().satisfies(finding -> {
      assertThat(finding.topic().name()).isEqualTo(name);
      assertThat(finding.verdict()).isEqualTo(verdict);
      assertThat(finding.problem()).contains(name, says);
      assertThat(finding.isWrong()).isEqualTo(verdict == Verdict.FORBIDDEN);
    });
  }

  @Test
  void theNumberOfPartitionsOfALaneIsFixedForItsLife() {
    Map<String, Existing> cluster = cluster();
    Existing changelog = cluster.get("dcmix-screening-well-state-changelog");
    cluster.put("dcmix-screening-well-state-changelog", new Existing("id", 4, 3, changelog.settings(), null));
    assertThat(TopicFinding.compare(NEEDS, cluster, LATE)).filteredOn(TopicFinding::isWrong).singleElement()
        .extracting(TopicFinding::problem).asString().contains("has 4 partitions where the lane has 8", "begin a new lane", "lane reset");
  }

  @Test
  void aMissingInputIsWrongAndAMissingChangelogIsNot() {
    Map<String, Existing> cluster = cluster();
    cluster.keySet().removeAll(Set.of("screening.alerts", "dcmix-screening-well-state-changelog"));
    List<TopicFinding> missing = TopicFinding.compare(NEEDS, cluster, LATE).stream().filter(f -> f.verdict() == Verdict.MISSING).toList();
    assertThat(missing).extracting(f -> f.topic().name()).containsExactlyInAnyOrder("screening.alerts", "dcmix-screening-well-state-changelog");
    assertThat(missing).filteredOn(TopicFinding::isWrong).singleElement().extracting(TopicFinding::problem).asString()
        .contains("screening.alerts does not exist", "dcmix topics create", "--create-topics");
  }

  @Test
  void aTopicThatAUserMayNotSeeIsNotCalledMissing() {
    Map<String, Existing> cluster = cluster();
    cluster.put("screening.alerts", Existing.HIDDEN);
    assertThat(TopicFinding.compare(NEEDS, cluster, LATE)).filteredOn(TopicFinding::isWrong).singleElement()
        .extracting(TopicFinding::problem).asString().contains("screening.alerts is hidden from this user", "dcmix acls");
  }

  @Test
  void rightsThatAreMissingAreNamedByTopic() {
    Map<String, Existing> cluster = cluster();
    Existing images = cluster.get("screening.image-events");
    cluster.put("screening.image-events",
        new Existing(images.id(), 8, 3, images.settings(), Set.of(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)));
    assertThat(TopicFinding.missingRights(NEEDS, cluster, LaneRole.PROCESSOR)).singleElement().asString()
        .contains("screening.image-events", "lacks [READ]", "dcmix acls --lane screening --processor");
    assertThat(TopicFinding.missingRights(NEEDS, cluster, LaneRole.PUBLISHER)).singleElement().asString().contains("lacks [WRITE]");
    assertThat(TopicFinding.missingRights(NEEDS, cluster, LaneRole.READER)).as("readers of results read no images").isEmpty();
  }

  /** A cluster just as planned, on a broker that says nothing of rights. */
  private static Map<String, Existing> cluster() {
    Map<String, Existing> cluster = new HashMap<>();
    for (LaneTopic topic : NEEDS.topics()) {
      Map<String, String> settings = new HashMap<>(Map.of("retention.ms", "604800000", "max.message.bytes", "1048588"));
      settings.putAll(topic.settings());
      cluster.put(topic.name(), new Existing("id", topic.partitions(), topic.replication(), settings, null));
    }
    return cluster;
  }

  private static LaneTopic topic(String name) {
    return NEEDS.topics().stream().filter(topic -> topic.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void nothingInternalIsForReadersOrPublishers() {
    assertThat(NEEDS.internal()).allSatisfy(topic -> {
      assertThat(topic.kind()).isIn(Kind.CHANGELOG, Kind.REPARTITION);
      assertThat(topic.rightsOf(LaneRole.READER)).isEmpty();
      assertThat(topic.rightsOf(LaneRole.PUBLISHER)).isEmpty();
    });
  }
}
