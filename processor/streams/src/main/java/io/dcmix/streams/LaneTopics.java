package io.dcmix.streams;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics of a lane with the settings that the processor relies on, and checks them at start. */
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
      super("The topics of lane %s cannot be used:%n  - %s".formatted(topics.lane(), String.join("%n  - ".formatted(), problems)));
      this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
      return problems;
    }
  }

  /**
   * Creates the topics that do not exist yet, and waits until they can be written to; leaves the others as they are. What a lane
   * borrows from another is that one's to create.
   */
  public static void create(Admin admin, Topics topics, Plan plan) throws ExecutionException, InterruptedException {
    String retention = Long.toString(plan.imageRetention().toMillis());
    List<NewTopic> wanted = new ArrayList<>();
    wanted.add(topic(topics.imageEvents(), plan.partitions(), plan, Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG, "delete",
        TopicConfig.RETENTION_MS_CONFIG, retention,
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_MESSAGE_BYTES))));
    wanted.add(topic(topics.deadLetters(), 1, plan, Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG, "delete",
        TopicConfig.RETENTION_MS_CONFIG, retention,
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_MESSAGE_BYTES))));
    wanted.add(topic(topics.wellFailures(), plan.partitions(), plan, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "delete", TopicConfig.RETENTION_MS_CONFIG, "-1")));
    wanted.add(topic(topics.wellPredictions(), plan.partitions(), plan, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact")));
    wanted.add(topic(topics.hitCalls(), plan.partitions(), plan, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact")));
    wanted.add(topic(topics.plateQuality(), 1, plan, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact")));
    wanted.add(topic(topics.alerts(), 1, plan, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "delete", TopicConfig.RETENTION_MS_CONFIG, "-1")));
    wanted.add(topic(topics.channelImportance(), 1, plan, Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG, "compact,delete",
        TopicConfig.RETENTION_MS_CONFIG, Long.toString(Duration.ofDays(365).toMillis()))));
    wanted.add(topic(topics.acquisitions(), 1, plan, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact")));
    wanted.add(topic(topics.publishProgress(), 1, plan, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact")));
    wanted.add(topic(topics.modelControl(), 1, plan, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact")));
    wanted.add(layouts(topics, plan));
    if (topics.borrowsImages()) {
      wanted.removeIf(topic -> borrowed(topics, topic.name()));
    }
    create(admin, wanted);
  }

  /** Creates the topic of the layouts alone, if it does not exist: plates may be described before any lane runs. */
  public static void createLayouts(Admin admin, Topics topics, short replication) throws ExecutionException, InterruptedException {
    create(admin, List.of(layouts(topics, new Plan(1, replication, Duration.ZERO))));
  }

  private static NewTopic layouts(Topics topics, Plan plan) {
    return topic(topics.plateLayouts(), 1, plan, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, "compact"));
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

  /** A lane of borrowed images holds the results of one model file, so nothing controls its version either. */
  private static boolean borrowed(Topics topics, String topic) {
    return topics.borrowsImages()
        && (topic.equals(topics.imageEvents()) || topic.equals(topics.acquisitions()) || topic.equals(topics.publishProgress())
            || topic.equals(topics.modelControl()));
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
   * @throws UnusableTopicsException if it does not exist, or if the broker would forget layouts
   */
  public static void checkLayouts(Admin admin, Topics topics) throws UnusableTopicsException, ExecutionException, InterruptedException {
    checkCompacted(admin, topics, topics.plateLayouts(), "the broker would forget layouts",
        "create it with --create-topic, or start a processor with --create-topics");
  }

  /**
   * Checks the topic in which publishers remember what they have done.
   *
   * @throws UnusableTopicsException if it does not exist, or if the broker would forget, and images would be published twice
   */
  public static void checkProgress(Admin admin, Topics topics) throws UnusableTopicsException, ExecutionException, InterruptedException {
    checkCompacted(admin, topics, topics.publishProgress(), "the broker would forget what was published, and it would be published again",
        "create the lane's topics with --create-topics");
  }

  /**
   * Checks the topic that says which version of the model serves the lane.
   *
   * @throws UnusableTopicsException if it does not exist, or if the broker would forget
   */
  public static void checkModelControl(Admin admin, Topics topics) throws UnusableTopicsException, ExecutionException, InterruptedException {
    checkCompacted(admin, topics, topics.modelControl(), "the broker would forget which version of the model serves", "create it, or start with --create-topics");
  }

  private static void checkCompacted(Admin admin, Topics topics, String topic, String otherwise, String remedy)
      throws UnusableTopicsException, ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      Config config = Objects.requireNonNull(admin.describeConfigs(List.of(resource)).all().get().get(resource));
      String cleanup = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
      if (!cleanup.equals("compact")) {
        throw new UnusableTopicsException(topics, List.of("topic %s has cleanup.policy=%s, so %s; set it to compact".formatted(topic, cleanup, otherwise)));
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw e;
      }
      throw new UnusableTopicsException(topics, List.of("topic %s does not exist: %s".formatted(topic, remedy)));
    }
  }

  /** Record timestamps are arrival times everywhere: retention and deadlines rest on it. */
  private static NewTopic topic(String name, int partitions, Plan plan, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    return new NewTopic(name, partitions, plan.replication()).configs(all);
  }

  /**
   * Checks the topics.
   *
   * @throws UnusableTopicsException with every problem, if there is one
   */
  public static ImageTopic check(Admin admin, Topics topics, Duration lateWindow)
      throws UnusableTopicsException, ExecutionException, InterruptedException {
    List<String> problems = new ArrayList<>();
    Map<String, TopicDescription> described = new HashMap<>();
    for (var answer : admin.describeTopics(topics.all()).topicNameValues().entrySet()) {
      try {
        described.put(answer.getKey(), answer.getValue().get());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
        problems.add("topic " + answer.getKey() + " does not exist: " + (borrowed(topics, answer.getKey())
            ? "there is no lane " + topics.source() + " to take images from" : "create it, or start with --create-topics"));
      }
    }
    if (!problems.isEmpty()) {
      throw new UnusableTopicsException(topics, problems);
    }
    ConfigResource images = new ConfigResource(ConfigResource.Type.TOPIC, topics.imageEvents());
    Config config = Objects.requireNonNull(admin.describeConfigs(List.of(images)).all().get().get(images));
    String cleanup = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    if (!cleanup.equals("delete")) {
      problems.add("topic %s has cleanup.policy=%s: many images share a key, so compaction would lose them; set it to delete"
          .formatted(topics.imageEvents(), cleanup));
    }
    if (!config.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).value().equals("LogAppendTime")) {
      problems.add("topic %s keeps the publisher's clock: set message.timestamp.type=LogAppendTime".formatted(topics.imageEvents()));
    }
    if (!problems.isEmpty()) {
      throw new UnusableTopicsException(topics, problems);
    }
    long retention = Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value());
    if (retention >= 0 && retention < lateWindow.toMillis()) {
      LOG.warn("{} keeps images for {}, shorter than the late window of {}: a well that has to be read again may have lost its images",
          topics.imageEvents(), Duration.ofMillis(retention), lateWindow);
    }
    TopicDescription description = Objects.requireNonNull(described.get(topics.imageEvents()));
    return new ImageTopic(description.topicId().toString(), description.partitions().size());
  }
}
