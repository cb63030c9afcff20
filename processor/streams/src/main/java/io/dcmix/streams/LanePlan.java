package io.dcmix.streams;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.dcmix.streams.LaneTopic.Cleanup;
import io.dcmix.streams.LaneTopic.Kind;
import io.dcmix.streams.plate.PlateStage;
import io.dcmix.streams.plate.RollingStage;
import io.dcmix.streams.well.WellStageSupplier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * Every topic that a lane needs, with its settings, its reasons and who may do what with it: the one list behind creating, checking,
 * resetting, and rights. Names of internal topics follow from the stores and repartitions of the topology. Pure.
 *
 * @param lane whose topics they are
 * @param topics inputs, then results, then internal ones
 */
public record LanePlan(Topics lane, List<LaneTopic> topics) {
  private static final Set<AclOperation> ADMINISTER = Set.of(CREATE, DESCRIBE, DESCRIBE_CONFIGS);

  /** To write tombstones for the keys that are found, or which version of the model shall serve. */
  private static final Set<AclOperation> ADMINISTER_AND_FORGET = Set.of(CREATE, DESCRIBE, DESCRIBE_CONFIGS, READ, WRITE);

  private static final Duration A_YEAR = Duration.ofDays(365);

  public LanePlan {
    topics = List.copyOf(topics);
  }

  /** The names, rights and reasons alone: partitions, replication and retention of images are any. */
  public static LanePlan of(Topics lane) {
    return of(lane, new LaneTopics.Plan(1, (short) 1, Duration.ofDays(1)));
  }

  /** What this lane needs where its topics are made like this. */
  public static LanePlan of(Topics lane, LaneTopics.Plan plan) {
    List<LaneTopic> topics = new ArrayList<>(inputs(lane, plan));
    if (!lane.borrowsImages()) {
      topics.add(modelControl(lane, plan)); // A lane of borrowed images holds the results of one model file for good.
    }
    topics.addAll(results(lane, plan));
    topics.addAll(internals(lane, plan));
    return new LanePlan(lane, topics);
  }

  /** Those that people and other programs know. */
  public List<LaneTopic> external() {
    return topics.stream().filter(topic -> !topic.kind().isInternal()).toList();
  }

  /** Those that Kafka Streams would create. */
  public List<LaneTopic> internal() {
    return topics.stream().filter(topic -> topic.kind().isInternal()).toList();
  }

  /** Whether the topic is that of the lane whose images this one scores, and so that one's to create. */
  public boolean borrows(LaneTopic topic) {
    return lane.borrowsImages() && topic.kind() == Kind.INPUT && !topic.name().equals(lane.plateLayouts());
  }

  private static List<LaneTopic> inputs(Topics lane, LaneTopics.Plan plan) {
    return List.of(
        new LaneTopic(lane.imageEvents(), Kind.INPUT, plan.partitions(), plan.replication(), Cleanup.DELETE, plan.imageRetention(),
            LaneTopics.MAX_MESSAGE_BYTES, true, "one channel image of one site a record; kept for as long as a well may have to be read again",
            "many images share a key, so compaction would lose them",
            rights(Set.of(WRITE), Set.of(READ, DESCRIBE_CONFIGS), Set.of(), Set.of(CREATE, DESCRIBE, DESCRIBE_CONFIGS, DELETE))),
        compacted(lane.acquisitions(), Kind.INPUT, 1, plan, "what to expect of a run: wells, sites, channels",
            "the broker would forget what was announced",
            rights(Set.of(READ, WRITE), Set.of(READ, DESCRIBE_CONFIGS), Set.of(READ), ADMINISTER_AND_FORGET)),
        layouts(lane, plan),
        compacted(lane.publishProgress(), Kind.INPUT, 1, plan, "which wells publishers have sent; no processor reads it",
            "the broker would forget what was published, and it would be published again",
            rights(Set.of(READ, WRITE, DESCRIBE_CONFIGS), Set.of(), Set.of(), ADMINISTER_AND_FORGET)));
  }

  private static LaneTopic modelControl(Topics lane, LaneTopics.Plan plan) {
    return compacted(lane.modelControl(), Kind.INPUT, 1, plan, "which version of the model shall serve, which does, which was refused; read by run --models",
        "the broker would forget which version of the model serves",
        rights(Set.of(), Set.of(READ, WRITE, DESCRIBE_CONFIGS), Set.of(READ), ADMINISTER_AND_FORGET));
  }

  static LaneTopic layouts(Topics lane, LaneTopics.Plan plan) {
    return compacted(lane.plateLayouts(), Kind.INPUT, 1, plan, "what is in the wells of a plate; all lanes share it", "the broker would forget layouts",
        rights(Set.of(WRITE, DESCRIBE_CONFIGS), Set.of(READ, DESCRIBE_CONFIGS), Set.of(READ), ADMINISTER));
  }

  /** Failures and alerts are few, so a person decides how long they are of use. */
  private static List<LaneTopic> results(Topics lane, LaneTopics.Plan plan) {
    // A processor reads its results for the page that it serves.
    Map<LaneRole, Set<AclOperation>> said = rights(Set.of(), Set.of(READ, WRITE, DESCRIBE_CONFIGS), Set.of(READ), ADMINISTER_AND_FORGET);
    int partitions = plan.partitions();
    return List.of(
        compacted(lane.wellPredictions(), Kind.RESULT, partitions, plan, "the newest result of each well", "the broker would forget results", said),
        retained(lane.wellFailures(), partitions, plan, LaneTopic.FOR_EVER, 0, "why wells or sites could not be scored",
            "several failures share a key, so compaction would lose them", said),
        compacted(lane.hitCalls(), Kind.RESULT, partitions, plan, "the newest call of each well", "the broker would forget calls", said),
        compacted(lane.plateQuality(), Kind.RESULT, 1, plan, "the newest quality of each plate and timepoint", "the broker would forget results", said),
        retained(lane.alerts(), 1, plan, LaneTopic.FOR_EVER, 0, "what needs a person", "all alerts of a plate share a key, so compaction would lose them", said),
        new LaneTopic(lane.channelImportance(), Kind.RESULT, 1, plan.replication(), Cleanup.COMPACT_AND_DELETE, A_YEAR, 0, true,
            "importance of every channel over a window, a plate, a class, a treatment", "the broker would forget what is asked for seldom", said),
        retained(lane.deadLetters(), 1, plan, plan.imageRetention(), LaneTopics.MAX_MESSAGE_BYTES, "records that could not be read, as they came",
            "several dead letters share a key, so compaction would lose them",
            rights(Set.of(), Set.of(WRITE, DESCRIBE_CONFIGS), Set.of(READ), ADMINISTER)));
  }

  private static List<LaneTopic> internals(Topics lane, LaneTopics.Plan plan) {
    List<LaneTopic> internals = new ArrayList<>();
    internals.add(repartition(lane, ScreeningTopology.ROWS, plan.partitions(), plan, "results of wells, on their way to their plate"));
    internals.add(repartition(lane, ScreeningTopology.LAYOUTS, plan.partitions(), plan, "layouts, on their way to their plate"));
    internals.add(repartition(lane, ScreeningTopology.SCOPES, 1, plan, "what plates add to the rolling importance"));
    changelogs(internals, lane, WellStageSupplier.storeBuilders(), plan.partitions(), plan, "state of the wells");
    changelogs(internals, lane, PlateStage.stores(), plan.partitions(), plan, "state of the plates");
    changelogs(internals, lane, RollingStage.stores(), 1, plan, "state of the rolling importance");
    return internals;
  }

  private static LaneTopic repartition(Topics lane, String name, int partitions, LaneTopics.Plan plan, String why) {
    // Kafka Streams deletes what is processed, hence no retention and the right to delete.
    return new LaneTopic(lane.internal(name + "-repartition"), Kind.REPARTITION, partitions, plan.replication(), Cleanup.DELETE, LaneTopic.FOR_EVER, 0,
        false, why, "records that are not processed yet would be lost",
        rights(Set.of(), Set.of(READ, WRITE, DELETE), Set.of(), Set.of(CREATE, DESCRIBE, DESCRIBE_CONFIGS, DELETE)));
  }

  private static void changelogs(
      List<LaneTopic> internals, Topics lane, Collection<? extends StoreBuilder<?>> stores, int partitions, LaneTopics.Plan plan, String why) {
    stores.stream().filter(StoreBuilder::loggingEnabled).map(StoreBuilder::name).sorted().forEach(store -> internals.add(
        new LaneTopic(lane.internal(store + "-changelog"), Kind.CHANGELOG, partitions, plan.replication(), Cleanup.COMPACT, null, 0, false,
            why + ": store " + store, "the state would be lost",
            rights(Set.of(), Set.of(READ, WRITE), Set.of(), Set.of(CREATE, DESCRIBE, DESCRIBE_CONFIGS, DELETE)))));
  }

  private static LaneTopic compacted(
      String name, Kind kind, int partitions, LaneTopics.Plan plan, String why, String otherwise, Map<LaneRole, Set<AclOperation>> rights) {
    return new LaneTopic(name, kind, partitions, plan.replication(), Cleanup.COMPACT, null, 0, true, why, otherwise, rights);
  }

  private static LaneTopic retained(
      String name, int partitions, LaneTopics.Plan plan, Duration retention, int maxMessageBytes, String why, String otherwise,
      Map<LaneRole, Set<AclOperation>> rights) {
    return new LaneTopic(name, Kind.RESULT, partitions, plan.replication(), Cleanup.DELETE, retention, maxMessageBytes, true, why, otherwise, rights);
  }

  private static Map<LaneRole, Set<AclOperation>> rights(
      Set<AclOperation> publisher, Set<AclOperation> processor, Set<AclOperation> reader, Set<AclOperation> admin) {
    Map<LaneRole, Set<AclOperation>> rights = new EnumMap<>(LaneRole.class);
    rights.put(LaneRole.PUBLISHER, publisher);
    rights.put(LaneRole.PROCESSOR, processor);
    rights.put(LaneRole.READER, reader);
    rights.put(LaneRole.ADMIN, admin);
    return rights;
  }
}
