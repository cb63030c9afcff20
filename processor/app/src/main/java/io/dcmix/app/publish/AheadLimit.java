package io.dcmix.app.publish;

import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.PublishObserver.SentWell;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Keeps a publisher at most so many bytes ahead of the lane's processor, by the offsets that the processor committed. */
final class AheadLimit {
  private final Admin admin;
  private final Topics topics;
  private final long limit;
  private final Backlog backlog;

  private AheadLimit(Admin admin, Topics topics, long limit, Backlog backlog) {
    this.admin = admin;
    this.topics = topics;
    this.limit = limit;
    this.backlog = backlog;
  }

  static AheadLimit of(Admin admin, Topics topics, long limit) throws ExecutionException, InterruptedException {
    TopicDescription images = admin.describeTopics(List.of(topics.imageEvents())).allTopicNames().get().get(topics.imageEvents());
    Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    if (images != null) {
      images.partitions().forEach(p -> {
        earliest.put(new TopicPartition(images.name(), p.partition()), OffsetSpec.earliest());
        latest.put(new TopicPartition(images.name(), p.partition()), OffsetSpec.latest());
      });
    }
    return new AheadLimit(admin, topics, limit, new Backlog(offsets(admin, earliest), offsets(admin, latest), taken(admin, topics)));
  }

  private static Map<Integer, Long> offsets(Admin admin, Map<TopicPartition, OffsetSpec> which) throws ExecutionException, InterruptedException {
    Map<Integer, Long> offsets = new HashMap<>();
    admin.listOffsets(which).all().get().forEach((partition, info) -> offsets.put(partition.partition(), info.offset()));
    return offsets;
  }

  private static Map<Integer, Long> taken(Admin admin, Topics topics) throws ExecutionException, InterruptedException {
    Map<TopicPartition, @Nullable OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(topics.applicationId()).partitionsToOffsetAndMetadata().get();
    Map<Integer, Long> taken = new HashMap<>();
    committed.forEach((partition, position) -> {
      if (position != null && partition.topic().equals(topics.imageEvents())) {
        taken.put(partition.partition(), position.offset());
      }
    });
    return taken;
  }

  void sent(SentWell well) {
    backlog.sent(well);
  }

  /**
   * Whether the publisher is too far ahead; asks Kafka only when it seems so.
   *
   * @param open bytes that were sent and are not committed
   */
  boolean isReached(long open) throws ExecutionException, InterruptedException {
    if (backlog.bytes() + open <= limit) {
      return false;
    }
    backlog.taken(taken(admin, topics));
    return backlog.bytes() + open > limit;
  }

  long bytes() {
    return backlog.bytes();
  }
}
