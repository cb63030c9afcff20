package io.dcmix.streams.plate;

import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.schema.state.PlateRow;
import io.dcmix.streams.AvroSerde;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
 * One row per well, replaced by revisions; aggregates are computed anew from the rows, so no revision counts twice. Emits the
 * importance of the plate itself, and for the scopes that span plates what this plate adds to each pane.
 */
public final class PlateStage implements Processor<String, PlateRow, String, PlateOutput> {
  static final String ROWS = "plate-rows";
  static final String PARTIALS = "plate-partials";
  static final String CHANGED = "plate-changed";

  private final ImportanceConfig config;
  private @Nullable Life life;

  public PlateStage(ImportanceConfig config) {
    this.config = config;
  }

  /** The stores that this stage needs. */
  public static Set<StoreBuilder<? extends StateStore>> stores() {
    return Set.of(
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(ROWS), Serdes.String(), AvroSerde.of(PlateRow.class)),
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(PARTIALS), Serdes.String(), AvroSerde.of(ImportancePartial.class)),
        ChangedKeys.store(CHANGED));
  }

  @Override
  public void init(ProcessorContext<String, PlateOutput> context) {
    life = new Life(context);
  }

  @Override
  public void process(Record<String, PlateRow> record) {
    if (life == null) {
      throw new IllegalStateException("The plate stage is used before init()");
    }
    life.replace(record.key(), record.value());
  }

  @Override
  public void close() {
    if (life != null) {
      life.changed.close();
      life = null;
    }
  }

  private record Pane(String scopeKey, long start) implements Comparable<Pane> {
    @Override
    public int compareTo(Pane other) {
      int byScope = scopeKey.compareTo(other.scopeKey);
      return byScope != 0 ? byScope : Long.compare(start, other.start);
    }
  }

  private final class Life {
    private final ProcessorContext<String, PlateOutput> context;
    private final KeyValueStore<String, PlateRow> rows;
    private final KeyValueStore<String, ImportancePartial> partials;
    private final ChangedKeys changed;

    Life(ProcessorContext<String, PlateOutput> context) {
      this.context = context;
      this.rows = context.getStateStore(ROWS);
      this.partials = context.getStateStore(PARTIALS);
      this.changed = new ChangedKeys(context, CHANGED, config.emitEvery(), this::emit);
    }

    void replace(String plateKey, PlateRow row) {
      String key = WellKey.of(row.getPlate(), row.getAcquisition(), row.getWell(), row.getTimepoint()).toString();
      PlateRow before = rows.get(key);
      if (before != null && before.getRevision() >= row.getRevision()) {
        return;
      }
      rows.put(key, row);
      if (!row.getFailed() || before != null) {
        changed.mark(plateKey);
      }
    }

    private void emit(String plateKey) {
      ImportanceSum plate = new ImportanceSum();
      SortedMap<Pane, ImportanceSum> panes = new TreeMap<>();
      long first = Long.MAX_VALUE;
      long last = 0;
      try (KeyValueIterator<String, PlateRow> all = rows.prefixScan(plateKey + "/", new StringSerializer())) {
        while (all.hasNext()) {
          PlateRow row = all.next().value;
          if (row.getFailed()) {
            continue;
          }
          plate.add(row);
          first = Math.min(first, row.getAcquiredAt());
          last = Math.max(last, row.getAcquiredAt());
          for (Scope scope : List.of(new Scope.All(), new Scope.OfClass(row.getPredictedClass()))) {
            panes.computeIfAbsent(new Pane(scope.key(), config.paneOf(row.getAcquiredAt())), p -> new ImportanceSum()).add(row);
          }
        }
      }
      Scope scope = new Scope.OfPlate(PlateKey.parse(plateKey));
      forward(scope.key(), new PlateOutput.OfPlate(plate.importance(scope, Math.min(first, last), last + 1)));
      replacePartials(plateKey, panes);
    }

    private void replacePartials(String plateKey, SortedMap<Pane, ImportanceSum> panes) {
      Map<String, ImportancePartial> gone = new TreeMap<>();
      try (KeyValueIterator<String, ImportancePartial> all = partials.prefixScan(plateKey + "|", new StringSerializer())) {
        all.forEachRemaining(entry -> gone.put(entry.key, entry.value));
      }
      panes.forEach((pane, sum) -> {
        String key = plateKey + "|" + pane.scopeKey() + "|" + pane.start();
        ImportancePartial partial = sum.partial(pane.scopeKey(), plateKey, pane.start());
        if (!partial.equals(gone.remove(key))) {
          partials.put(key, partial);
          forward(pane.scopeKey(), new PlateOutput.ForScope(partial));
        }
      });
      gone.forEach((key, before) -> {
        partials.delete(key);
        ImportancePartial nothing = new ImportanceSum().partial(before.getScopeKey(), plateKey, before.getPane());
        forward(before.getScopeKey(), new PlateOutput.ForScope(nothing));
      });
    }

    private void forward(String key, PlateOutput output) {
      context.forward(new Record<>(key, output, context.currentSystemTimeMs()));
    }
  }
}
