package io.dcmix.streams.plate;

import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.event.Acquisition;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The announced acquisitions in the global table, decoded once a change. */
final class Announcements {
  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

  @SuppressWarnings("ArrayRecordComponent")
  private record Known(byte[] bytes, @Nullable Acquisition acquisition) {}

  private final KeyValueStore<String, ValueAndTimestamp<byte[]>> table;
  private final Function<byte[], Acquisition> decoder;
  private final Map<String, Known> known = new HashMap<>();

  Announcements(KeyValueStore<String, ValueAndTimestamp<byte[]>> table, Function<byte[], Acquisition> decoder) {
    this.table = table;
    this.decoder = decoder;
  }

  /** What was announced; null if nothing readable was. The same object until that changes, and until it is forgotten. */
  @Nullable Acquisition of(String plateKey) {
    ValueAndTimestamp<byte[]> stored = table.get(plateKey);
    if (stored == null) {
      known.remove(plateKey);
      return null;
    }
    Known entry = known.get(plateKey);
    if (entry == null || !Arrays.equals(entry.bytes(), stored.value())) {
      entry = new Known(stored.value(), decode(plateKey, stored.value()));
      known.put(plateKey, entry);
    }
    return entry.acquisition();
  }

  /** All of them, undecoded; to be closed. */
  KeyValueIterator<String, ValueAndTimestamp<byte[]>> all() {
    return table.all();
  }

  /** Forgets what no running plate needs. */
  void retain(Collection<String> plateKeys) {
    known.keySet().retainAll(plateKeys);
  }

  private @Nullable Acquisition decode(String plateKey, byte[] bytes) {
    try {
      return decoder.apply(bytes);
    } catch (UnreadableRecordException e) {
      LOG.error("The announcement of acquisition {} is unreadable; its plate ends at its deadline: {}", plateKey, e.getMessage());
      return null;
    }
  }
}
