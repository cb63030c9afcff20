package io.dcmix.streams.plate;

import io.dcmix.schema.WellKey;
import io.dcmix.schema.state.PlateRow;
import io.dcmix.streams.state.Table;
import io.dcmix.streams.state.TableView;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * What this instance's plates have not been told yet, or have not said: results of wells reach their plate through a topic, and a plate
 * says what changed once in a while. Looks at stores that others write meanwhile.
 */
public final class PlateBacklog {
  private final Function<String, @Nullable ReadOnlyKeyValueStore<String, byte[]>> stores;
  private final Set<Integer> partitions;
  private final int of;

  /**
   * A look at the stores.
   *
   * @param stores by name; null for one of which this instance has no part
   * @param partitions of the plates whose tasks this instance has
   * @param of over so many partitions are plates spread
   */
  public PlateBacklog(Function<String, @Nullable ReadOnlyKeyValueStore<String, byte[]>> stores, Set<Integer> partitions, int of) {
    this.stores = stores;
    this.partitions = Set.copyOf(partitions);
    this.of = of;
  }

  /** Whether a result has not reached its plate; false for plates of other instances. */
  public boolean lacks(WellKey well, int revision) {
    TableView<PlateRow> rows = view(PlateStage.ROWS);
    if (rows == null || !partitions.contains(PlateStage.partitionOf(well.plate(), of))) {
      return false;
    }
    PlateRow row = rows.get(well.toString());
    return row == null || row.getRevision() < revision;
  }

  /** Number of plates and windows that have something to say, provisional calls included. To be asked after {@link #lacks}. */
  public long unsaid() {
    return entries(PlateStage.CHANGED) + entries(PlateStage.CALLS_CHANGED) + entries(RollingStage.CHANGED);
  }

  private long entries(Table<byte[]> marks) {
    TableView<byte[]> view = view(marks);
    return view == null ? 0 : view.keys("").size();
  }

  private <V> @Nullable TableView<V> view(Table<V> table) {
    ReadOnlyKeyValueStore<String, byte[]> store = stores.apply(table.store());
    return store == null ? null : table.view(store);
  }
}
