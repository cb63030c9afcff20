package io.dcmix.streams;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Lets a lane begin anew: its group's offsets and its internal topics go, so that the next processor reads all images that are still
 * kept. What was said stays.
 */
public final class LaneReset {
  private static final Duration GONE_WITHIN = Duration.ofSeconds(60);

  private LaneReset() {}

  /**
   * A lane before it is reset.
   *
   * @param group its state; null if there is none
   * @param internal its internal topics that exist
   * @param strange other topics that are called like internal ones of it: of an earlier version of the processor
   * @param images of each partition that are still kept
   */
  public record Outlook(
      Topics lane, @Nullable GroupState group, List<String> internal, List<String> strange, List<Kept> images) {
    /** Whether a processor of it runs, or has just been killed and its session has not ended. */
    public boolean isActive() {
      return group != null && group != GroupState.EMPTY && group != GroupState.DEAD;
    }

    /** Whether there is nothing to reset. */
    public boolean isEmpty() {
      return group == null && internal.isEmpty();
    }

    public long keptImages() {
      return images.stream().mapToLong(kept -> kept.end() - kept.first()).sum();
    }

    /** Offsets before those that are kept: what retention took, and marks of transactions. */
    public boolean hasLostImages() {
      return images.stream().anyMatch(kept -> kept.first() > 0);
    }

    /** When the oldest image that is kept came; null if none is. */
    public @Nullable Instant oldest() {
      return images.stream().map(Kept::oldest).filter(Objects::nonNull).min(Instant::compareTo).orElse(null);
    }
  }

  /**
   * What is kept of a partition of the images.
   *
   * @param first offset of the first record
   * @param end offset after the last
   * @param oldest when the first came; null if it holds none
   */
  public record Kept(int partition, long first, long end, @Nullable Instant oldest) {}

  /** Looks; changes nothing. */
  public static Outlook look(Admin admin, Topics lane) throws ExecutionException, InterruptedException {
    GroupListing group = group(admin, lane);
    Set<String> existing = admin.listTopics().names().get();
    List<String> internal = internal(lane).stream().filter(existing::contains).toList();
    List<String> strange = existing.stream().filter(name -> isStrange(lane, name)).sorted().toList();
    return new Outlook(lane, group == null ? null : group.groupState().orElse(GroupState.UNKNOWN), internal, strange,
        existing.contains(lane.imageEvents()) ? kept(admin, lane.imageEvents()) : List.of());
  }

  /** Null if there is none, or none that this user may see. */
  private static @Nullable GroupListing group(Admin admin, Topics lane) throws ExecutionException, InterruptedException {
    return admin.listGroups().all().get().stream().filter(g -> g.groupId().equals(lane.applicationId())).findFirst().orElse(null);
  }

  private static List<String> internal(Topics lane) {
    return LanePlan.of(lane).internal().stream().map(LaneTopic::name).toList();
  }

  /** A lane's name may begin like another's: {@code dcmix-a-b-wells-changelog} is of lane a-b, not of a. */
  static boolean isStrange(Topics lane, String name) {
    String prefix = lane.internal("");
    if (!name.startsWith(prefix) || !(name.endsWith("-changelog") || name.endsWith("-repartition"))) {
      return false;
    }
    String rest = name.substring(prefix.length());
    return internal(lane).stream().map(known -> known.substring(prefix.length())).noneMatch(known -> rest.equals(known) || rest.endsWith("-" + known));
  }

  private static List<Kept> kept(Admin admin, String topic) throws ExecutionException, InterruptedException {
    int partitions = Objects.requireNonNull(admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic)).partitions().size();
    Map<TopicPartition, OffsetSpec> firsts = new HashMap<>();
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    Map<TopicPartition, OffsetSpec> oldest = new HashMap<>();
    for (int p = 0; p < partitions; p++) {
      TopicPartition partition = new TopicPartition(topic, p);
      firsts.put(partition, OffsetSpec.earliest());
      ends.put(partition, OffsetSpec.latest());
      oldest.put(partition, OffsetSpec.forTimestamp(0));
    }
    Map<TopicPartition, ListOffsetsResultInfo> last = admin.listOffsets(ends).all().get();
    Map<TopicPartition, ListOffsetsResultInfo> first = admin.listOffsets(firsts).all().get();
    Map<TopicPartition, ListOffsetsResultInfo> times = admin.listOffsets(oldest).all().get();
    List<Kept> kept = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      TopicPartition partition = new TopicPartition(topic, p);
      long time = Objects.requireNonNull(times.get(partition)).timestamp();
      kept.add(new Kept(
          p, Objects.requireNonNull(first.get(partition)).offset(), Objects.requireNonNull(last.get(partition)).offset(),
          time < 0 ? null : Instant.ofEpochMilli(time)));
    }
    return kept;
  }

  /**
   * Deletes the group's offsets and the internal topics, and waits until they are gone. A group that became active meanwhile, or that
   * this user may not see or delete, is refused by the broker, and nothing is deleted.
   */
  public static void run(Admin admin, Outlook outlook) throws ExecutionException, InterruptedException {
    List<String> group = List.of(outlook.lane().applicationId());
    try {
      // Asked also when none was seen: brokers leave out of their lists what a user may not describe, and topics must not go before its offsets.
      GroupListing now = group(admin, outlook.lane());
      boolean streams = now != null && now.type().filter(type -> type == GroupType.STREAMS).isPresent();
      (streams ? admin.deleteStreamsGroups(group).all() : admin.deleteConsumerGroups(group).all()).get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof GroupIdNotFoundException)) {
        throw e;
      }
    }
    for (KafkaFuture<Void> deleted : admin.deleteTopics(outlook.internal()).topicNameValues().values()) {
      try {
        deleted.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    long until = System.nanoTime() + GONE_WITHIN.toNanos();
    Set<String> left = new TreeSet<>(outlook.internal());
    while (!left.isEmpty() && System.nanoTime() < until) {
      left.retainAll(admin.listTopics().names().get());
      if (!left.isEmpty()) {
        Thread.sleep(50);
      }
    }
    if (!left.isEmpty()) {
      throw new ExecutionException(new IllegalStateException("the brokers have not deleted %s within %d s".formatted(left, GONE_WITHIN.toSeconds())));
    }
  }
}
