package io.dcmix.streams;

import io.dcmix.core.log.LogFields;
import io.dcmix.streams.TopicFinding.Existing;
import io.dcmix.streams.TopicFinding.Verdict;
import io.dcmix.streams.well.WellStageSupplier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics of a lane as {@link LanePlan} has them, compares and checks them. */
public final class LaneTopics {
  private static final Logger LOG = LoggerFactory.getLogger(LaneTopics.class);

  /** Largest payload that an image event carries; a larger one goes by reference. */
  public static final int MAX_INLINE_BYTES = 16 << 20;

  /** Largest image event that the topics take: a payload and its envelope. */
  public static final int MAX_MESSAGE_BYTES = MAX_INLINE_BYTES + (1 << 20);

  private static final Duration SERVED_WITHIN = Duration.ofSeconds(30);

  private LaneTopics() {}

  /**
   * How topics are created.
   *
   * @param partitions of the topics keyed by well; fixed for the life of the lane
   * @param replication copies of each partition
   * @param imageRetention how long image events are kept
   */
  public record Plan(int partitions, short replication, Duration imageRetention) {}

  /**
   * What the processor needs to know of image-events.
   *
   * @param topicId Kafka's id of the topic
   * @param partitions number of its partitions
   */
  public record ImageTopic(String topicId, int partitions) {}

  /** A lane whose topics cannot be used. Lists every problem with its remedy. */
  public static final class UnusableTopicsException extends Exception {
    private static final long serialVersionUID = 1;

    private final List<String> problems;

    UnusableTopicsException(Topics topics, List<String> problems) {
      super("The topics of lane %s cannot be used:%s%s".formatted(
          topics.lane(), problems.size() == 1 ? " " : "%n  - ".formatted(), String.join("%n  - ".formatted(), problems)));
      this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
      return problems;
    }
  }

  /**
   * Creates the topics that do not exist yet and waits until they can be written to; leaves the others as they are. What a lane
   * borrows from another is that one's to create, and internal topics are left to Kafka Streams.
   *
   * @throws UnusableTopicsException if one that exists could not be used; nothing is created then
   */
  public static void create(Admin admin, Topics topics, Plan plan) throws UnusableTopicsException, ExecutionException, InterruptedException {
    create(admin, LanePlan.of(topics, onExisting(admin, topics, plan)), LanePlan::external);
  }

  /**
   * The same with the internal topics, for a processor that may create none.
   *
   * @return those that were created
   */
  public static List<LaneTopic> createAll(Admin admin, Topics topics, Plan plan)
      throws UnusableTopicsException, ExecutionException, InterruptedException {
    String lost = lostState(admin, topics);
    if (lost != null) {
      throw new UnusableTopicsException(topics, List.of(lost));
    }
    return create(admin, LanePlan.of(topics, onExisting(admin, topics, plan)), LanePlan::topics);
  }

  private static List<LaneTopic> create(Admin admin, LanePlan plan, Function<LanePlan, List<LaneTopic>> which)
      throws UnusableTopicsException, ExecutionException, InterruptedException {
    List<TopicFinding> findings = TopicFinding.compare(plan, describe(admin, plan.topics()), null);
    List<String> problems = findings.stream().filter(f -> f.verdict() == Verdict.FORBIDDEN).map(TopicFinding::problem).toList();
    if (!problems.isEmpty()) {
      throw new UnusableTopicsException(plan.lane(), problems);
    }
    Set<LaneTopic> wanted = new HashSet<>(which.apply(plan));
    List<LaneTopic> missing = findings.stream().filter(f -> f.verdict() == Verdict.MISSING).map(TopicFinding::topic)
        .filter(topic -> wanted.contains(topic) && !plan.borrows(topic)).toList();
    create(admin, missing.stream().map(LaneTopic::newTopic).toList());
    return missing;
  }

  /** Creates the topic of the layouts alone, if it does not exist: plates may be described before any lane runs. */
  public static void createLayouts(Admin admin, Topics topics, short replication) throws ExecutionException, InterruptedException {
    create(admin, List.of(LanePlan.layouts(topics, new Plan(1, replication, Duration.ZERO)).newTopic()));
  }

  /** A lane has the partitions that its images have, whatever is asked for. */
  public static Plan onExisting(Admin admin, Topics topics, Plan plan) throws ExecutionException, InterruptedException {
    Existing images = describe(admin, LanePlan.of(topics, plan).external().stream().filter(t -> t.name().equals(topics.imageEvents())).toList())
        .get(topics.imageEvents());
    return images == null || images.isHidden() ? plan : new Plan(images.partitions(), plan.replication(), plan.imageRetention());
  }

  /** Compares the topics that exist with those that the lane needs. */
  public static List<TopicFinding> compare(Admin admin, Topics topics, Plan plan, Duration lateWindow) throws ExecutionException, InterruptedException {
    LanePlan needs = LanePlan.of(topics, onExisting(admin, topics, plan));
    return TopicFinding.compare(needs, describe(admin, needs.topics()), lateWindow);
  }

  private static void create(Admin admin, List<NewTopic> wanted) throws ExecutionException, InterruptedException {
    Map<String, KafkaFuture<Void>> answers = admin.createTopics(wanted).values();
    Map<TopicPartition, OffsetSpec> created = new HashMap<>();
    for (NewTopic topic : wanted) {
      try {
        Objects.requireNonNull(answers.get(topic.name())).get();
        for (int p = 0; p < topic.numPartitions(); p++) {
          created.put(new TopicPartition(topic.name(), p), OffsetSpec.latest());
        }
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
    awaitServed(admin, created);
  }

  /**
   * A topic exists before its partitions are served, and an idempotent publisher that comes in between may end up out of
   * sequence for good. The leader of a partition answers for its offset once it serves it.
   */
  private static void awaitServed(Admin admin, Map<TopicPartition, OffsetSpec> partitions) throws ExecutionException, InterruptedException {
    long until = System.nanoTime() + SERVED_WITHIN.toNanos();
    while (true) {
      try {
        admin.listOffsets(partitions).all().get();
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > until) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  /**
   * Checks the topic of the layouts.
   *
   * @throws UnusableTopicsException if it does not exist, if the broker would forget layouts, or if this user may not write them
   */
  public static void checkLayouts(Admin admin, Topics topics) throws UnusableTopicsException, ExecutionException, InterruptedException {
    checkPublishing(admin, topics, Set.of(topics.plateLayouts()), topics.plateLayouts(), "create it with --create-topic, or start a processor with --create-topics");
  }

  /**
   * Checks the topics of publishers, above all the one in which they remember what they have done.
   *
   * @throws UnusableTopicsException if that one does not exist, if the broker would forget, and images would be published twice, or if
   *     this user may not write
   */
  public static void checkProgress(Admin admin, Topics topics) throws UnusableTopicsException, ExecutionException, InterruptedException {
    checkPublishing(admin, topics, Set.of(topics.imageEvents(), topics.acquisitions(), topics.plateLayouts(), topics.publishProgress()),
        topics.publishProgress(), "create the lane's topics with --create-topics");
  }

  /**
   * Checks the topic that says which version of the model serves the lane.
   *
   * @throws UnusableTopicsException if it does not exist, if the broker would forget, or if this user may not read and write it
   */
  public static void checkModelControl(Admin admin, Topics topics) throws UnusableTopicsException, ExecutionException, InterruptedException {
    check(admin, topics, LaneRole.PROCESSOR, Set.of(topics.modelControl()), topics.modelControl(), "create it, or start with --create-topics");
  }

  private static void checkPublishing(Admin admin, Topics topics, Set<String> written, String needed, String remedy)
      throws UnusableTopicsException, ExecutionException, InterruptedException {
    check(admin, topics, LaneRole.PUBLISHER, written, needed, remedy);
  }

  private static void check(Admin admin, Topics topics, LaneRole role, Set<String> written, String needed, String remedy)
      throws UnusableTopicsException, ExecutionException, InterruptedException {
    LanePlan whole = LanePlan.of(topics, new Plan(1, (short) 1, Duration.ZERO));
    LanePlan plan = new LanePlan(topics, whole.topics().stream().filter(topic -> written.contains(topic.name())).toList());
    Map<String, Existing> existing = describe(admin, plan.topics());
    if (!existing.containsKey(needed)) {
      throw new UnusableTopicsException(topics, List.of("topic %s does not exist: %s".formatted(needed, remedy)));
    }
    List<String> problems = new ArrayList<>(TopicFinding.compare(plan, existing, null).stream()
        .filter(f -> f.topic().name().equals(needed) && f.isWrong()).map(TopicFinding::problem).toList());
    problems.addAll(TopicFinding.missingRights(plan, existing, role));
    if (!problems.isEmpty()) {
      throw new UnusableTopicsException(topics, problems);
    }
  }

  /**
   * Checks the topics before a processor starts.
   *
   * @throws UnusableTopicsException with every problem, if there is one
   */
  public static ImageTopic check(Admin admin, Topics topics, Duration lateWindow)
      throws UnusableTopicsException, ExecutionException, InterruptedException {
    LanePlan whole = LanePlan.of(topics, onExisting(admin, topics, new Plan(1, (short) 1, lateWindow)));
    // Only who follows it needs it, and asks checkModelControl: a lane may be older than it.
    LanePlan plan = new LanePlan(topics, whole.topics().stream().filter(topic -> !topic.name().equals(topics.modelControl())).toList());
    Map<String, Existing> existing = describe(admin, plan.topics());
    List<String> problems = new ArrayList<>();
    for (TopicFinding finding : TopicFinding.compare(plan, existing, lateWindow)) {
      boolean needed = !finding.topic().rightsOf(LaneRole.PROCESSOR).isEmpty();
      if (needed && finding.isWrong()) {
        problems.add(finding.problem());
      } else if (needed && finding.isRisk()) {
        LOG.atWarn().addKeyValue(LogFields.LANE, topics.lane()).log("{}", finding.problem());
      }
    }
    problems.addAll(TopicFinding.missingRights(plan, existing, LaneRole.PROCESSOR));
    if (problems.isEmpty() && !existing.containsKey(stateOfWells(topics))) {
      Optional.ofNullable(lostState(admin, topics)).ifPresent(problems::add);
    }
    if (!problems.isEmpty()) {
      throw new UnusableTopicsException(topics, problems);
    }
    Existing images = Objects.requireNonNull(existing.get(topics.imageEvents()));
    return new ImageTopic(images.id(), images.partitions());
  }

  private static String stateOfWells(Topics topics) {
    return topics.internal(WellStageSupplier.WELLS.store() + "-changelog");
  }

  /**
   * Why a lane that has read images must not go on: the topic with the state of its wells is not there, because somebody deleted it or
   * because an earlier version kept it elsewhere. Wells would begin with what comes next. Null if all is well.
   */
  private static @Nullable String lostState(Admin admin, Topics topics) throws ExecutionException, InterruptedException {
    String state = stateOfWells(topics);
    List<LaneTopic> wells = LanePlan.of(topics).internal().stream().filter(topic -> topic.name().equals(state)).toList();
    if (!describe(admin, wells).isEmpty() || !hasRead(admin, topics)) {
      return null;
    }
    return "group %s has read images, but the topic with the state of its wells, %s, does not exist: it was deleted, or an earlier version kept the state elsewhere. Wells would lose what came before: begin anew with 'dcmix lane reset --lane %s', or score into another lane with 'dcmix rescore'"
        .formatted(topics.applicationId(), state, topics.lane());
  }

  private static boolean hasRead(Admin admin, Topics topics) throws ExecutionException, InterruptedException {
    try {
      return admin.listConsumerGroupOffsets(topics.applicationId()).partitionsToOffsetAndMetadata().get().keySet().stream()
          .anyMatch(partition -> partition.topic().equals(topics.imageEvents()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException || e.getCause() instanceof GroupAuthorizationException) {
        return false;
      }
      throw e;
    }
  }

  /** Those of the topics that exist, or that this user may not know. */
  static Map<String, Existing> describe(Admin admin, Collection<LaneTopic> topics) throws ExecutionException, InterruptedException {
    DescribeTopicsOptions withRights = new DescribeTopicsOptions().includeAuthorizedOperations(true);
    Map<String, TopicDescription> described = new HashMap<>();
    Map<String, Existing> existing = new HashMap<>();
    for (var answer : admin.describeTopics(topics.stream().map(LaneTopic::name).toList(), withRights).topicNameValues().entrySet()) {
      try {
        described.put(answer.getKey(), answer.getValue().get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof TopicAuthorizationException) {
          existing.put(answer.getKey(), Existing.HIDDEN);
        } else if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    List<ConfigResource> resources = described.keySet().stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    for (var answer : admin.describeConfigs(resources).values().entrySet()) {
      String name = answer.getKey().name();
      TopicDescription description = Objects.requireNonNull(described.get(name));
      existing.put(name, Existing.of(description, settings(answer.getValue())));
    }
    return existing;
  }

  /** Null to whom may not know them. */
  private static @Nullable Map<String, String> settings(KafkaFuture<Config> answer) throws ExecutionException, InterruptedException {
    try {
      Map<String, String> settings = new HashMap<>();
      answer.get().entries().forEach(entry -> settings.put(entry.name(), entry.value()));
      return settings;
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicAuthorizationException)) {
        throw e;
      }
      return null;
    }
  }
}
