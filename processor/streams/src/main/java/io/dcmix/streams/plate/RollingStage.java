package io.dcmix.streams.plate;

import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.streams.AvroSerde;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Channel importance of the scopes that span plates: what each plate adds is kept by pane and replaced, panes older than the
 * window are dropped, the rest is merged. One record carries all channels.
 */
public final class RollingStage implements Processor<String, ImportancePartial, String, ChannelImportance> {
  static final String PARTIALS = "scope-partials";
  static final String CHANGED = "scope-changed";

  private final ImportanceConfig config;
  private @Nullable Life life;

  public RollingStage(ImportanceConfig config) {
    this.config = config;
  }

  /** The stores that this stage needs. */
  public static Set<StoreBuilder<? extends StateStore>> stores() {
    return Set.of(
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(PARTIALS), Serdes.String(), AvroSerde.of(ImportancePartial.class)),
        ChangedKeys.store(CHANGED));
  }

  @Override
  public void init(ProcessorContext<String, ChannelImportance> context) {
    life = new Life(context);
  }

  @Override
  public void process(Record<String, ImportancePartial> record) {
    if (life == null) {
      throw new IllegalStateException("The rolling stage is used before init()");
    }
    life.replace(record.value());
  }

  @Override
  public void close() {
    if (life != null) {
      life.changed.close();
      life = null;
    }
  }

  private final class Life {
    private final ProcessorContext<String, ChannelImportance> context;
    private final KeyValueStore<String, ImportancePartial> partials;
    private final ChangedKeys changed;

    Life(ProcessorContext<String, ChannelImportance> context) {
      this.context = context;
      this.partials = context.getStateStore(PARTIALS);
      this.changed = new ChangedKeys(context, CHANGED, config.emitEvery(), this::emit);
    }

    void replace(ImportancePartial partial) {
      // The pane has a fixed number of digits, so keys of a scope sort by time.
      String key = "%s|%020d|%s".formatted(partial.getScopeKey(), partial.getPane(), partial.getPlateKey());
      if (partial.getWells() == 0) {
        partials.delete(key);
      } else {
        partials.put(key, partial);
      }
      changed.mark(partial.getScopeKey());
    }

    private void emit(String scopeKey) {
      List<String> keys = new ArrayList<>();
      List<ImportancePartial> all = new ArrayList<>();
      long newest = 0;
      try (KeyValueIterator<String, ImportancePartial> scan = partials.prefixScan(scopeKey + "|", new StringSerializer())) {
        while (scan.hasNext()) {
          var entry = scan.next();
          keys.add(entry.key);
          all.add(entry.value);
          newest = Math.max(newest, entry.value.getPane());
        }
      }
      long end = newest + config.paneMicros();
      long start = end - config.windowMicros();
      ImportanceSum sum = new ImportanceSum();
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).getPane() < start) {
          partials.delete(keys.get(i));
        } else {
          sum.add(all.get(i));
        }
      }
      context.forward(
          new Record<>(scopeKey, sum.importance(Scope.parse(scopeKey), start, end), context.currentSystemTimeMs()));
    }
  }
}
