package io.dcmix.streams.plate;

import io.dcmix.core.wells.ArrivalClock;
import io.dcmix.streams.state.Table;
import io.dcmix.streams.state.TableRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * When something last came of each plate, so that plates of which nothing came for long can be forgotten. On the arrival clock: an
 * outage makes no plate older. It is looked hourly, and only while there is a plate.
 */
final class PlateRetention {
  private static final Duration LOOK_EVERY = Duration.ofHours(1);

  private final ProcessorContext<?, ?> context;
  private final TableRows<Long> arrivals;
  private final Duration retention;
  private final ArrivalClock clock;
  private final Consumer<String> forget;
  private @Nullable Cancellable looking;

  /**
   * Starts looking.
   *
   * @param table key plate/acquisition, value milliseconds since 1970
   * @param clock of the task; observed by the stage
   * @param forget deletes all that is kept of a plate/acquisition
   */
  PlateRetention(ProcessorContext<?, ?> context, Table<Long> table, Duration retention, ArrivalClock clock, Consumer<String> forget) {
    this.context = context;
    this.arrivals = table.in(context);
    this.retention = retention;
    this.clock = clock;
    this.forget = forget;
    ensureScheduled();
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
    arrivals.forEach("", (plate, time) -> {
      clock.restore(time);
      plates.add(plate);
      times.add(time);
    });
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
