package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import io.dcmix.streams.Topics;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The image events that a lane's source holds at one moment.
 *
 * @param takenAt the moment
 * @param first offset of the first event of each partition that is still kept
 * @param end offset after the last one
 */
record Snapshot(Instant takenAt, Map<TopicPartition, Long> first, Map<TopicPartition, Long> end) {
  Snapshot {
    first = Map.copyOf(first);
    end = Map.copyOf(end);
  }

  /**
   * Looks at the source of a lane.
   *
   * @throws CliException if there is no such lane
   */
  static Snapshot of(Admin admin, Topics topics, Instant now) throws ExecutionException, InterruptedException {
    TopicDescription images = describe(admin, topics.imageEvents());
    if (images == null) {
      throw new CliException("--lane: there is no lane %s with images: topic %s does not exist".formatted(topics.source(), topics.imageEvents()));
    }
    Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    images.partitions().forEach(partition -> {
      earliest.put(new TopicPartition(images.name(), partition.partition()), OffsetSpec.earliest());
      latest.put(new TopicPartition(images.name(), partition.partition()), OffsetSpec.latest());
    });
    // The ends first: what retention takes in between is then missing at both.
    Map<TopicPartition, Long> end = offsets(admin, latest);
    Map<TopicPartition, Long> first = offsets(admin, earliest);
    first.replaceAll((partition, offset) -> Math.min(offset, end.getOrDefault(partition, offset)));
    return new Snapshot(now, first, end);
  }

  /** Null if there is no such topic. */
  static @Nullable TopicDescription describe(Admin admin, String topic) throws ExecutionException, InterruptedException {
    try {
      return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return null;
      }
      throw e;
    }
  }

  private static Map<TopicPartition, Long> offsets(Admin admin, Map<TopicPartition, OffsetSpec> which) throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    Map<TopicPartition, ListOffsetsResultInfo> answer = admin.listOffsets(which).all().get();
    answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }

  int partitions() {
    return end.size();
  }

  /** Number of its image events. */
  long size() {
    return end.entrySet().stream().mapToLong(e -> e.getValue() - first.getOrDefault(e.getKey(), 0L)).sum();
  }

  /** How many of them lie before what a group has committed. */
  long done(Map<TopicPartition, OffsetAndMetadata> committed) {
    long done = 0;
    for (Map.Entry<TopicPartition, Long> partition : end.entrySet()) {
      long from = first.getOrDefault(partition.getKey(), 0L);
      OffsetAndMetadata position = committed.get(partition.getKey());
      done += position == null ? 0 : Math.clamp(position.offset(), from, partition.getValue()) - from;
    }
    return done;
  }
}
