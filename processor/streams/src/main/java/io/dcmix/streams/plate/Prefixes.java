package io.dcmix.streams.plate;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Everything that a store holds under the beginning of a key. */
final class Prefixes {
  private Prefixes() {}

  /** The keys, ascending. A copy, so that the store may be changed meanwhile. */
  static <V> List<String> keys(KeyValueStore<String, V> store, String prefix) {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, V> all = store.prefixScan(prefix, new StringSerializer())) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    return keys;
  }

  static <V> void delete(KeyValueStore<String, V> store, String prefix) {
    keys(store, prefix).forEach(store::delete);
  }
}
