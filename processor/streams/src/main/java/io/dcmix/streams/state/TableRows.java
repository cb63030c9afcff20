package io.dcmix.streams.state;

import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Reads and writes a {@link Table} of one task. Not thread-safe, as its store.
 *
 * @param <V> type of the values
 */
public final class TableRows<V> extends TableView<V> {
  private final String store;
  private final String prefix;
  private final Serializer<V> writer;
  private final KeyValueStore<String, byte[]> kept;

  TableRows(Table<V> table, KeyValueStore<String, byte[]> kept) {
    super(table, kept);
    this.store = table.store();
    this.prefix = table.prefix();
    this.writer = table.values().serializer();
    this.kept = kept;
  }

  /** Replaces the value of a key. */
  public void put(String key, V value) {
    kept.put(prefix + key, writer.serialize(store, value));
  }

  /** Takes a key away. Returns whether it was there. */
  public boolean delete(String key) {
    return kept.delete(prefix + key) != null;
  }

  /** Takes all keys away that start with this. */
  public void deleteAll(String start) {
    keys(start).forEach(this::delete);
  }
}
