package io.dcmix.streams.plate;

import io.dcmix.streams.state.Table;
import io.dcmix.streams.state.TableRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * Keys whose aggregate changed and is not emitted yet: each at most every so often. They stand in a table, so that a crash
 * between the change and the emission loses nothing. The punctuation runs only while something is pending.
 */
final class ChangedKeys {
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final byte[] MARK = {1};

  private final ProcessorContext<?, ?> context;
  private final TableRows<byte[]> marks;
  private final Duration emitEvery;
  private final Consumer<String> emit;
  private final Set<String> changed = new HashSet<>();
  private final Map<String, Long> emittedAt = new HashMap<>();
  private boolean restored;
  private @Nullable Cancellable schedule;

  ChangedKeys(ProcessorContext<?, ?> context, Table<byte[]> table, Duration emitEvery, Consumer<String> emit) {
    this.context = context;
    this.marks = table.in(context);
    this.emitEvery = emitEvery;
    this.emit = emit;
    ensureScheduled();
  }

  static Table<byte[]> table(String store, String name) {
    return new Table<>(store, name, Serdes.ByteArray());
  }

  void mark(String key) {
    if (changed.add(key)) {
      marks.put(key, MARK);
    }
    ensureScheduled();
  }

  /** Nothing is to be emitted of the key any more. */
  void drop(String key) {
    changed.remove(key);
    marks.delete(key);
  }

  void close() {
    if (schedule != null) {
      schedule.cancel();
    }
  }

  private void ensureScheduled() {
    if (schedule == null) {
      schedule = context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, time -> emitDue());
    }
  }

  private void emitDue() {
    if (!restored) {
      changed.addAll(marks.keys(""));
      restored = true;
    }
    long now = context.currentSystemTimeMs();
    List<String> due = new ArrayList<>();
    for (String key : changed) {
      Long last = emittedAt.get(key);
      if (last == null || now - last >= emitEvery.toMillis()) {
        due.add(key);
      }
    }
    for (String key : due) {
      emit.accept(key);
      changed.remove(key);
      marks.delete(key);
      emittedAt.put(key, now);
    }
    emittedAt.values().removeIf(at -> now - at >= emitEvery.toMillis());
    if (changed.isEmpty() && schedule != null) {
      schedule.cancel();
      schedule = null;
    }
  }
}
