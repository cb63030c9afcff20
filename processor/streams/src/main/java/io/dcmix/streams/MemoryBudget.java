package io.dcmix.streams;

import io.dcmix.core.model.ModelCard;
import java.util.List;

/**
 * What an instance may hold in memory besides the scorer's pixels.
 *
 * @param inputBytes bytes of image events that were fetched and not yet processed, on the heap. Kafka Streams counts records and
 *     not bytes, so its counts follow from this and from the size of a raw image. If the heap runs short, lower this
 * @param stateBytes bytes that RocksDB takes outside the heap, all stores together
 */
public record MemoryBudget(long inputBytes, long stateBytes) {
  /** 128 MiB of images, 64 MiB of state. */
  public static final MemoryBudget DEFAULT = new MemoryBudget(128L << 20, 64L << 20);

  /** More than this gains nothing and delays the results of the records before. */
  private static final int MOST_RECORDS = 512;

  /** Heap that everything else takes: clients, stages, open wells, the page. */
  private static final long OTHER_HEAP = 384L << 20;

  /** What of the lanes of a process does not fit into a heap of so many bytes, with the remedy; empty if all does. */
  public static List<String> problems(List<MemoryBudget> lanes, long heap) {
    long input = lanes.stream().mapToLong(MemoryBudget::inputBytes).sum();
    return input + OTHER_HEAP <= heap
        ? List.of()
        : List.of("the input %s (%,d MiB) and what else lives on the heap (%,d MiB) exceed the heap (%,d MiB): lower it, or give more heap with DCMIX_JAVA_OPTS=-Xmx%dm"
            .formatted(lanes.size() == 1 ? "buffer" : "buffers of " + lanes.size() + " lanes", input >> 20, OTHER_HEAP >> 20, heap >> 20,
                ((input + OTHER_HEAP) >> 20) + 1));
  }

  public MemoryBudget withInputBytes(long bytes) {
    return new MemoryBudget(bytes, stateBytes);
  }

  public MemoryBudget withStateBytes(long bytes) {
    return new MemoryBudget(inputBytes, bytes);
  }

  /** Bytes that one fetch may bring. */
  public int fetchBytes() {
    return Math.clamp(inputBytes / 4, 1 << 20, 1 << 30);
  }

  /** Bytes of one partition that a fetch may bring: what was fetched of a paused partition stays in memory. */
  public int partitionFetchBytes(int partitions) {
    return Math.clamp(inputBytes / 4 / partitions, 1 << 20, fetchBytes());
  }

  /** Records that one poll may hand out. */
  public int recordsPerPoll(ModelCard model) {
    return Math.clamp(inputBytes / 4 / model.planeBytes(), 1, MOST_RECORDS);
  }

  /**
   * Records that may wait per partition before it is paused.
   *
   * @param partitions of the image events; in the worst case all are this instance's
   */
  public int recordsPerPartition(ModelCard model, int partitions) {
    return Math.clamp(inputBytes / 4 / model.planeBytes() / partitions, 1, MOST_RECORDS);
  }
}
