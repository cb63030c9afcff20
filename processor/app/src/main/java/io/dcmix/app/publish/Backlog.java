package io.dcmix.app.publish;

import io.dcmix.streams.publish.PublishObserver.SentWell;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** How many bytes of image events lie in a lane that its processor has not taken in yet. Not thread-safe. */
final class Backlog {
  private record Lying(long lastOffset, double bytes) {}

  private final Map<Integer, ArrayDeque<Lying>> partitions = new HashMap<>();
  private final Map<Integer, Long> before;
  private final Map<Integer, Long> begins;
  private final Map<Integer, Long> taken;
  private long images;
  private long bytes;

  /**
   * @param ends offset after the last event that lay there before, by partition
   * @param taken offset of the first event that the processor has not taken in, by partition; none: it took none
   * @param begins offset of the first event that is still kept, by partition
   */
  Backlog(Map<Integer, Long> begins, Map<Integer, Long> ends, Map<Integer, Long> taken) {
    this.begins = Map.copyOf(begins);
    this.before = Map.copyOf(ends);
    this.taken = new HashMap<>(taken);
  }

  void sent(SentWell well) {
    if (well.images() > 0) {
      images += well.images();
      bytes += well.bytes();
      partitions.computeIfAbsent(well.partition(), p -> new ArrayDeque<>()).add(new Lying(well.lastOffset(), well.bytes()));
    }
  }

  /** The processor has taken in everything before these offsets. */
  void taken(Map<Integer, Long> offsets) {
    taken.putAll(offsets);
    offsets.forEach((partition, offset) -> {
      ArrayDeque<Lying> lying = partitions.getOrDefault(partition, new ArrayDeque<>());
      while (!lying.isEmpty() && lying.getFirst().lastOffset() < offset) {
        lying.removeFirst();
      }
    });
  }

  /** What lay there before is counted as so many images of the size that they have now. */
  long bytes() {
    double size = images == 0 ? 0 : (double) bytes / images;
    double sum = partitions.values().stream().flatMap(ArrayDeque::stream).mapToDouble(Lying::bytes).sum();
    for (Map.Entry<Integer, Long> partition : before.entrySet()) {
      long from = Math.max(begins.getOrDefault(partition.getKey(), 0L), taken.getOrDefault(partition.getKey(), 0L));
      sum += size * Math.max(0, partition.getValue() - from);
    }
    return Math.round(sum);
  }
}
