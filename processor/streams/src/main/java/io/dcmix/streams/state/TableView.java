package io.dcmix.streams.state;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link Table}. Keys are those of the table, in the order of their bytes. Thread-safe as far as the store is: the local
 * stores of a running instance can be read by any thread.
 *
 * @param <V> type of the values
 */
public class TableView<V> {
  private final String store;
  private final String prefix;
  private final Deserializer<V> reader;
  private final ReadOnlyKeyValueStore<String, byte[]> kept;

  TableView(Table<V> table, ReadOnlyKeyValueStore<String, byte[]> kept) {
    this.store = table.store();
    this.prefix = table.prefix();
    this.reader = table.values().deserializer();
    this.kept = kept;
  }

  /** The value of a key; null: there is none. */
  public final @Nullable V get(String key) {
    byte[] bytes = kept.get(prefix + key);
    return bytes == null ? null : reader.deserialize(store, bytes);
  }

  /** A cursor over all rows; the caller closes it. */
  public final KeyValueIterator<String, V> all() {
    return startingWith("");
  }

  /** A cursor over the rows whose key starts with this; the caller closes it. */
  public final KeyValueIterator<String, V> startingWith(String start) {
    return new Cursor(kept.prefixScan(prefix + start, new StringSerializer()));
  }

  /** Shows the rows whose key starts with this. The store must not be changed meanwhile. */
  public final void forEach(String start, BiConsumer<String, V> row) {
    try (KeyValueIterator<String, V> rows = startingWith(start)) {
      rows.forEachRemaining(entry -> row.accept(entry.key, entry.value));
    }
  }

  /** The keys that start with this, ascending. A copy, so that the table may be changed meanwhile. */
  public final List<String> keys(String start) {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> rows = kept.prefixScan(prefix + start, new StringSerializer())) {
      rows.forEachRemaining(entry -> keys.add(ownKey(entry.key)));
    }
    return keys;
  }

  private String ownKey(String inStore) {
    return inStore.substring(prefix.length());
  }

  private final class Cursor implements KeyValueIterator<String, V> {
    private final KeyValueIterator<String, byte[]> rows;

    Cursor(KeyValueIterator<String, byte[]> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public KeyValue<String, V> next() {
      KeyValue<String, byte[]> row = rows.next();
      return KeyValue.pair(ownKey(row.key), reader.deserialize(store, row.value));
    }

    @Override
    public String peekNextKey() {
      return ownKey(rows.peekNextKey());
    }

    @Override
    public void close() {
      rows.close();
    }
  }
}
