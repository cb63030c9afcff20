package io.dcmix.streams.plate;

import io.dcmix.core.wells.ArrivalClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * When something last came of each plate, so that plates of which nothing came for long can be forgotten. On the arrival clock: an
 * outage makes no plate older. It is looked hourly, and only while there is a plate.
 */
final class PlateRetention {
  private static final Duration LOOK_EVERY = Duration.ofHours(1);

  private final ProcessorContext<?, ?> context;
  private final KeyValueStore<String, Long> arrivals;
  private final Duration retention;
  private final ArrivalClock clock;
  private final Consumer<String> forget;
  private @Nullable Cancellable looking;

  /**
   * Starts looking.
   *
   * @param clock of the task; observed by the stage
   * @param forget deletes all that is kept of a plate/acquisition
   */
  PlateRetention(ProcessorContext<?, ?> context, String storeName, Duration retention, ArrivalClock clock, Consumer<String> forget) {
    this.context = context;
    this.arrivals = context.getStateStore(storeName);
    this.retention = retention;
    this.clock = clock;
    this.forget = forget;
    ensureScheduled();
  }

  /** Key plate/acquisition, value milliseconds since 1970. */
  static StoreBuilder<? extends StateStore> store(String name) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.String(), Serdes.Long());
  }

  /** Something came of a plate. */
  void touch(String plateKey, long arrival) {
    Long before = arrivals.get(plateKey);
    if (before == null || before < arrival) {
      arrivals.put(plateKey, arrival);
    }
    ensureScheduled();
  }

  void close() {
    if (looking != null) {
      looking.cancel();
    }
  }

  private void ensureScheduled() {
    if (looking == null) {
      looking = context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, time -> look());
    }
  }

  private void look() {
    List<String> plates = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    try (KeyValueIterator<String, Long> all = arrivals.all()) {
      all.forEachRemaining(entry -> {
        clock.restore(entry.value);
        plates.add(entry.key);
        times.add(entry.value);
      });
    }
    long until = clock.now(context.currentSystemTimeMs()) - retention.toMillis();
    int forgotten = 0;
    for (int i = 0; i < plates.size(); i++) {
      if (times.get(i) < until) {
        forget.accept(plates.get(i));
        arrivals.delete(plates.get(i));
        forgotten++;
      }
    }
    if (forgotten == plates.size() && looking != null) {
      looking.cancel();
      looking = null;
    }
  }
}
