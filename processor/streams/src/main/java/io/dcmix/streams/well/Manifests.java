package io.dcmix.streams.well;

import io.dcmix.core.wells.Manifest;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.event.Acquisition;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The announced acquisitions, as a task sees them: read from the global table, decoded once a change. */
final class Manifests {
  static final String STORE = "acquisitions";
  private static final Logger LOG = LoggerFactory.getLogger(Manifests.class);

  @SuppressWarnings("ArrayRecordComponent")
  private record Known(byte[] bytes, @Nullable Manifest manifest) {}

  private final KeyValueStore<String, ValueAndTimestamp<byte[]>> table;
  private final Function<byte[], Acquisition> decoder;
  private final Map<String, Known> known = new HashMap<>();

  Manifests(KeyValueStore<String, ValueAndTimestamp<byte[]>> table, Function<byte[], Acquisition> decoder) {
    this.table = table;
    this.decoder = decoder;
  }

  /** What was announced of a plate's acquisition; null if nothing readable was. The same object until that changes. */
  @Nullable Manifest of(String plateKey) {
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
    return entry.manifest();
  }

  /** Forgets what no pending well needs. */
  void retain(Collection<String> plateKeys) {
    known.keySet().retainAll(plateKeys);
  }

  private @Nullable Manifest decode(String plateKey, byte[] bytes) {
    try {
      return Manifest.of(decoder.apply(bytes));
    } catch (UnreadableRecordException | IllegalArgumentException e) {
      LOG.error("The announcement of acquisition {} is of no use; its wells will end at their deadline: {}", plateKey, e.getMessage());
      return null;
    }
  }
}
