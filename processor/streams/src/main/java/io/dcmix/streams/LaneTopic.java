package io.dcmix.streams;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * One topic that a lane needs, as it should be.
 *
 * @param name the topic's own
 * @param kind whose it is
 * @param partitions 1 or more
 * @param replication copies of each partition
 * @param cleanup what the broker deletes
 * @param retention how long records are kept at least; {@link #FOR_EVER}; null leaves it to the broker, as compaction ignores it
 * @param maxMessageBytes largest record; 0 leaves it to the broker
 * @param arrivalTime whether the broker stamps records with their arrival; else their writer does
 * @param why what it is for
 * @param otherwise what would be lost if it were cleaned up in another way
 * @param rights what each role may do with it
 */
public record LaneTopic(
    String name, Kind kind, int partitions, short replication, Cleanup cleanup, @Nullable Duration retention,
    int maxMessageBytes, boolean arrivalTime, String why, String otherwise, Map<LaneRole, Set<AclOperation>> rights) {
  /** Records are kept until somebody deletes them. */
  public static final Duration FOR_EVER = Duration.ofMillis(-1);

  /** Whose a topic is. */
  public enum Kind {
    /** What publishers write. */
    INPUT,
    /** What the processor says. */
    RESULT,
    /** Copy of a store: what an instance that takes over reads. */
    CHANGELOG,
    /** From one stage to the next. */
    REPARTITION;

    /** Whether Kafka Streams would create it itself. */
    public boolean isInternal() {
      return this == CHANGELOG || this == REPARTITION;
    }
  }

  /** What the broker deletes. */
  public enum Cleanup {
    /** What is older than the retention. */
    DELETE("delete"),
    /** All but the newest record of a key. */
    COMPACT("compact"),
    /** Both; keeping more than that does no harm. */
    COMPACT_AND_DELETE("compact,delete");

    private final String setting;

    Cleanup(String setting) {
      this.setting = setting;
    }

    /** As {@code cleanup.policy} has it. */
    public String setting() {
      return setting;
    }

    /** Whether a topic with this {@code cleanup.policy} keeps what must be kept. */
    boolean allows(String policy) {
      return policy.equals(setting) || (this == COMPACT_AND_DELETE && (policy.equals("delete,compact") || policy.equals("compact")));
    }
  }

  public LaneTopic {
    rights = Map.copyOf(rights);
  }

  /** What this role may do with it; empty: nothing. */
  public Set<AclOperation> rightsOf(LaneRole role) {
    return rights.getOrDefault(role, Set.of());
  }

  /** The topic's settings, by their names in Kafka. */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, cleanup.setting());
    settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, arrivalTime ? "LogAppendTime" : "CreateTime");
    if (retention != null) {
      settings.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
    }
    if (maxMessageBytes > 0) {
      settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxMessageBytes));
    }
    return settings;
  }

  NewTopic newTopic() {
    return new NewTopic(name, partitions, replication).configs(settings());
  }
}
