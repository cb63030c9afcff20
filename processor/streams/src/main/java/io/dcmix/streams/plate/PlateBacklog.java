package io.dcmix.streams.plate;

import io.dcmix.schema.WellKey;
import io.dcmix.schema.state.PlateRow;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * What this instance's plates have not been told yet, or have not said: results of wells reach their plate through a topic, and a plate
 * says what changed once in a while. Looks at stores that others write meanwhile.
 */
public final class PlateBacklog {
  private final Function<String, @Nullable ReadOnlyKeyValueStore<String, ?>> stores;
  private final Set<Integer> partitions;
  private final int of;

  /**
   * A look at the stores.
   *
   * @param stores by name; null for one of which this instance has no part
   * @param partitions of the plates whose tasks this instance has
   * @param of over so many partitions are plates spread
   */
  public PlateBacklog(Function<String, @Nullable ReadOnlyKeyValueStore<String, ?>> stores, Set<Integer> partitions, int of) {
    this.stores = stores;
    this.partitions = Set.copyOf(partitions);
    this.of = of;
  }

  /** Whether a result has not reached its plate; false for plates of other instances. */
  public boolean lacks(WellKey well, int revision) {
    ReadOnlyKeyValueStore<String, ?> rows = stores.apply(PlateStage.ROWS);
    return rows != null && partitions.contains(PlateStage.partitionOf(well.plate(), of))
        && !(rows.get(well.toString()) instanceof PlateRow row && row.getRevision() >= revision);
  }

  /** Number of plates and windows that have something to say, provisional calls included. To be asked after {@link #lacks}. */
  public long unsaid() {
    return entries(PlateStage.CHANGED) + entries(PlateStage.CALLS_CHANGED) + entries(RollingStage.CHANGED);
  }

  private long entries(String name) {
    ReadOnlyKeyValueStore<String, ?> store = stores.apply(name);
    long count = 0;
    if (store != null) {
      try (KeyValueIterator<String, ?> all = store.all()) {
        for (; all.hasNext(); count++) {
          all.next();
        }
      }
    }
    return count;
  }
}
