package io.dcmix.streams;

import io.dcmix.streams.LaneTopic.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * How a topic of a cluster stands to what a lane needs.
 *
 * @param text what was found; empty if nothing is to be said
 * @param remedy what to do about it; empty if nothing is to be done
 */
public record TopicFinding(LaneTopic topic, Verdict verdict, String text, String remedy) {
  private static final String CLEANUP = TopicConfig.CLEANUP_POLICY_CONFIG;
  private static final String TIMESTAMP = TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
  private static final String RETENTION = TopicConfig.RETENTION_MS_CONFIG;
  private static final String MAX_BYTES = TopicConfig.MAX_MESSAGE_BYTES_CONFIG;

  /** How it stands. */
  public enum Verdict {
    /** As it should be. */
    OK,
    /** It works, with something less or more. */
    DIFFERS,
    /** It works until something happens that may well happen. */
    RISK,
    /** There is none. */
    MISSING,
    /** Data would be lost, or the processor ends. */
    FORBIDDEN
  }

  /**
   * A topic as it is.
   *
   * @param id Kafka's id of it
   * @param replication copies of each partition, the fewest
   * @param settings by their names in Kafka; null if this user may not know them
   * @param allowed what this user may do with it; null if the broker does not say
   */
  public record Existing(
      String id, int partitions, int replication, @Nullable Map<String, String> settings, @Nullable Set<AclOperation> allowed) {
    /** Whether there is one, this user may not know. */
    static final Existing HIDDEN = new Existing("", 0, 0, null, Set.of());

    boolean isHidden() {
      return equals(HIDDEN);
    }

    static Existing of(TopicDescription topic, @Nullable Map<String, String> settings) {
      int replication = topic.partitions().stream().mapToInt(p -> p.replicas().size()).min().orElse(0);
      return new Existing(topic.topicId().toString(), topic.partitions().size(), replication, settings, topic.authorizedOperations());
    }
  }

  /** Whether a processor or a publisher cannot work with it. What is internal the processor creates at its first start. */
  public boolean isWrong() {
    return verdict == Verdict.FORBIDDEN || (verdict == Verdict.MISSING && !topic.kind().isInternal());
  }

  boolean isRisk() {
    return verdict == Verdict.RISK;
  }

  /** One line. */
  public String problem() {
    return "topic " + topic.name() + " " + text + (remedy.isEmpty() ? "" : ": " + remedy);
  }

  /**
   * Compares, one finding a topic at least, in the order of the plan.
   *
   * @param existing by name
   * @param lateWindow for how long images may have to be read again; null does not ask
   */
  public static List<TopicFinding> compare(LanePlan plan, Map<String, Existing> existing, @Nullable Duration lateWindow) {
    List<TopicFinding> findings = new ArrayList<>();
    for (LaneTopic topic : plan.topics()) {
      Existing found = existing.get(topic.name());
      List<TopicFinding> ofTopic = found == null ? List.of(missing(plan, topic)) : compare(topic, found, lateWindow);
      findings.addAll(ofTopic.isEmpty() ? List.of(new TopicFinding(topic, Verdict.OK, "", "")) : ofTopic);
    }
    return findings;
  }

  private static TopicFinding missing(LanePlan plan, LaneTopic topic) {
    if (topic.kind().isInternal()) {
      return new TopicFinding(topic, Verdict.MISSING, "does not exist yet", "the processor creates it at its first start, if it may");
    }
    return new TopicFinding(topic, Verdict.MISSING, "does not exist", plan.borrows(topic)
        ? "there is no lane " + plan.lane().source() + " to take images from"
        : "create it with 'dcmix topics create', or start with --create-topics");
  }

  private static List<TopicFinding> compare(LaneTopic topic, Existing found, @Nullable Duration lateWindow) {
    Comparison c = new Comparison(topic, found);
    if (found.isHidden()) {
      c.add(Verdict.FORBIDDEN, "is hidden from this user, or does not exist", "grant the rights that 'dcmix acls' prints");
      return c.findings;
    }
    c.comparePartitions(found);
    if (found.settings() == null) {
      // A processor needs no right to look at internal topics: Kafka Streams does not.
      c.add(topic.kind().isInternal() ? Verdict.DIFFERS : Verdict.FORBIDDEN, "hides its settings from this user",
          "grant DescribeConfigs on it; 'dcmix acls' prints all rights");
      return c.findings;
    }
    c.compareCleanup();
    c.compareTimestamps();
    c.compareSize();
    c.compareRetention(lateWindow);
    return c.findings;
  }

  /** One topic beside what it should be. */
  private static final class Comparison {
    private final LaneTopic topic;
    private final Map<String, String> settings;
    private final List<TopicFinding> findings = new ArrayList<>();

    Comparison(LaneTopic topic, Existing found) {
      this.topic = topic;
      this.settings = found.settings() == null ? Map.of() : new HashMap<>(found.settings());
    }

    void add(Verdict verdict, String text, String remedy) {
      findings.add(new TopicFinding(topic, verdict, text, remedy));
    }

    void comparePartitions(Existing found) {
      if (topic.kind().isInternal() && found.partitions() != topic.partitions()) {
        add(Verdict.FORBIDDEN,
            "has %d partitions where the lane has %d: the number of a lane is fixed for its life".formatted(found.partitions(), topic.partitions()),
            "begin a new lane, or reset this one ('dcmix lane reset')");
      } else if (found.partitions() != topic.partitions()) {
        add(Verdict.DIFFERS, "has %d partitions, planned are %d".formatted(found.partitions(), topic.partitions()), "");
      }
      if (found.replication() < topic.replication()) {
        add(Verdict.DIFFERS, "has %d of %d copies".formatted(found.replication(), topic.replication()), "");
      }
    }

    void compareCleanup() {
      String cleanup = settings.getOrDefault(CLEANUP, "");
      if (topic.cleanup().allows(cleanup)) {
        compare(CLEANUP);
      } else {
        add(Verdict.FORBIDDEN, "has %s=%s, so %s".formatted(CLEANUP, cleanup, topic.otherwise()), "set it to " + topic.cleanup().setting());
      }
    }

    void compareTimestamps() {
      boolean images = topic.kind() == Kind.INPUT && topic.cleanup() == LaneTopic.Cleanup.DELETE;
      if (images && !"LogAppendTime".equals(settings.get(TIMESTAMP))) {
        add(Verdict.FORBIDDEN, "keeps the publisher's clock, and deadlines and retention rest on arrival", "set " + TIMESTAMP + "=LogAppendTime");
      } else {
        compare(TIMESTAMP);
      }
    }

    private void compare(String setting) {
      String wanted = topic.settings().get(setting);
      String found = settings.get(setting);
      if (!Objects.equals(wanted, found)) {
        add(Verdict.DIFFERS, "has %s=%s, planned is %s".formatted(setting, found, wanted), "");
      }
    }

    void compareSize() {
      long found = number(MAX_BYTES);
      if (topic.maxMessageBytes() == 0 || found >= topic.maxMessageBytes()) {
        return;
      }
      String text = "takes %,d bytes a record at most".formatted(found);
      String remedy = "set %s=%d".formatted(MAX_BYTES, topic.maxMessageBytes());
      if (topic.kind() == Kind.RESULT) {
        add(Verdict.FORBIDDEN, text + ", and a larger dead letter would end the processor again and again", remedy);
      } else {
        add(Verdict.RISK, text + ", so larger images are refused", remedy + ", or let publishers refer to images (--reference-root)");
      }
    }

    void compareRetention(@Nullable Duration lateWindow) {
      Duration wanted = topic.retention();
      if (wanted == null) {
        return;
      }
      long found = number(RETENTION);
      boolean images = topic.kind() == Kind.INPUT;
      if (images && lateWindow != null && found >= 0 && found < lateWindow.toMillis()) {
        add(Verdict.RISK, "keeps images for %s, shorter than the late window of %s: a well that has to be read again may have lost its images"
            .formatted(Duration.ofMillis(found), lateWindow), "lengthen " + RETENTION);
      } else if (topic.kind() == Kind.REPARTITION && found >= 0) {
        add(Verdict.FORBIDDEN, "has %s=%d, so %s".formatted(RETENTION, found, topic.otherwise()), "set it to -1");
      } else if (found != wanted.toMillis()) {
        add(Verdict.DIFFERS, "keeps records for %s, planned is %s".formatted(text(found), text(wanted.toMillis())), "");
      }
    }

    private long number(String setting) {
      return Long.parseLong(settings.getOrDefault(setting, "-1"));
    }

    private static String text(long millis) {
      return millis < 0 ? "ever" : Duration.ofMillis(millis).toString();
    }
  }

  /**
   * What a user may not do that the role needs, for topics that exist.
   *
   * @return one line a topic; empty if nothing is missing, or the broker does not say
   */
  static List<String> missingRights(LanePlan plan, Map<String, Existing> existing, LaneRole role) {
    List<String> missing = new ArrayList<>();
    for (LaneTopic topic : plan.topics()) {
      Existing found = existing.get(topic.name());
      if (found != null && !found.isHidden() && found.allowed() != null) {
        Set<AclOperation> lacks = new TreeSet<>(topic.rightsOf(role));
        lacks.removeAll(found.allowed());
        if (!lacks.isEmpty()) {
          missing.add("topic %s: this user lacks %s; 'dcmix acls --lane %s --%s' prints the rights that it needs".formatted(
              topic.name(), lacks, plan.lane().lane(), role));
        }
      }
    }
    return missing;
  }
}
