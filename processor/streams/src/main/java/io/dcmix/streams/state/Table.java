package io.dcmix.streams.state;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * One of the tables that a stage keeps in its store: text keys, values of one type. They are told apart by the beginning of the key.
 * One store holds them all because each store of each task is a database of its own and a changelog partition that takes part in
 * every transaction (ADR 0014).
 *
 * @param <V> type of the values
 * @param store that it lies in
 * @param name unique in the store, without a colon. Decides, with the keys, where state lies: a new name begins with nothing
 * @param values how they are written
 */
public record Table<V>(String store, String name, Serde<V> values) {
  private static final String END_OF_NAME = ":";

  public Table {
    if (name.isEmpty() || name.contains(END_OF_NAME)) {
      throw new IllegalArgumentException("A table cannot be called '%s': its name must end before the colon".formatted(name));
    }
  }

  /** The store of a stage, for any number of tables; on disk, with a changelog. */
  public static StoreBuilder<KeyValueStore<String, byte[]>> storeBuilder(String store) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(store), Serdes.String(), Serdes.ByteArray());
  }

  /** The table of a task. */
  public TableRows<V> in(ProcessorContext<?, ?> context) {
    return in(context.<KeyValueStore<String, byte[]>>getStateStore(store));
  }

  /** The table in this store. */
  public TableRows<V> in(KeyValueStore<String, byte[]> kept) {
    return new TableRows<>(this, kept);
  }

  /** The table in a store, or several tasks' stores, that others may write meanwhile. */
  public TableView<V> view(ReadOnlyKeyValueStore<String, byte[]> kept) {
    return new TableView<>(this, kept);
  }

  /** What stands before each key. */
  String prefix() {
    return name + END_OF_NAME;
  }
}
