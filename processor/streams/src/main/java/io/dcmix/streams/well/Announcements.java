package io.dcmix.streams.well;

import io.dcmix.core.log.LogFields;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.UnreadableRecordException;
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

/**
 * The announced acquisitions, as a task sees them: read from the global table, and made once a change into what the task needs.
 *
 * @param <T> what is made of an announcement
 */
public final class Announcements<T> {
  /** Name of the global table, by the percent-encoded plate/acquisition. */
  public static final String STORE = "acquisitions";

  private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);

  @SuppressWarnings("ArrayRecordComponent")
  private record Known<T>(byte[] bytes, @Nullable T made) {}

  private final KeyValueStore<String, ValueAndTimestamp<byte[]>> table;
  private final Function<byte[], T> reader;
  private final String lane;
  private final Map<String, Known<T>> known = new HashMap<>();

  /**
   * A view of the table.
   *
   * @param reader throws UnreadableRecordException or IllegalArgumentException on bytes that are of no use
   */
  public Announcements(KeyValueStore<String, ValueAndTimestamp<byte[]>> table, Function<byte[], T> reader, String lane) {
    this.table = table;
    this.reader = reader;
    this.lane = lane;
  }

  /** What was announced; null if nothing of use was. The same object until that changes, and until it is forgotten. */
  public @Nullable T of(String plateKey) {
    ValueAndTimestamp<byte[]> stored = table.get(plateKey);
    if (stored == null) {
      known.remove(plateKey);
      return null;
    }
    Known<T> entry = known.get(plateKey);
    if (entry == null || !Arrays.equals(entry.bytes(), stored.value())) {
      entry = new Known<>(stored.value(), read(plateKey, stored.value()));
      known.put(plateKey, entry);
    }
    return entry.made();
  }

  /** All of them as they came; to be closed. */
  public KeyValueIterator<String, ValueAndTimestamp<byte[]>> all() {
    return table.all();
  }

  /** Forgets what nothing that is pending needs. */
  public void retain(Collection<String> plateKeys) {
    known.keySet().retainAll(plateKeys);
  }

  private @Nullable T read(String plateKey, byte[] bytes) {
    try {
      return reader.apply(bytes);
    } catch (UnreadableRecordException | IllegalArgumentException e) {
      LogFields.of(LOG.atError(), PlateKey.parse(plateKey)).addKeyValue(LogFields.LANE, lane)
          .log("The announcement of acquisition {} is of no use; its wells and its plate will end at their deadlines: {}", plateKey, e.getMessage());
      return null;
    }
  }
}
