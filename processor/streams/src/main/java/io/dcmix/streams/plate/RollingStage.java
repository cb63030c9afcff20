package io.dcmix.streams.plate;

import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.streams.AvroSerde;
import io.dcmix.streams.state.Table;
import io.dcmix.streams.state.TableRows;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Channel importance of the scopes that span plates: what each plate adds is kept by pane and replaced, and the panes of the window
 * are merged. One record carries all channels.
 *
 * <p>All scopes have one window, which ends with the newest pane that any plate fell in; so there is one task. When it advances, older
 * panes are deleted, and a scope of which nothing is left gets a tombstone. What is kept is therefore bounded by what was acquired in
 * one window, however many plates, treatments and months go by, and depends on what came, not on its order.
 *
 * <p>When another version of the model takes over, every scope is computed anew over that version's wells; one that has none of them
 * in the window keeps what was said last, which names its version.
 */
public final class RollingStage implements Processor<String, ImportancePartial, String, @Nullable ChannelImportance> {
  static final String STORE = "window-state";
  static final Table<byte[]> CHANGED = ChangedKeys.table(STORE, "changed");

  private static final Table<ImportancePartial> PARTIALS = new Table<>(STORE, "partials", AvroSerde.of(ImportancePartial.class));
  private static final Table<byte[]> PANES = new Table<>(STORE, "panes", Serdes.ByteArray());

  private static final byte[] MARK = {1};
  private static final int PANE_DIGITS = 20;
  private static final Duration NOTICE_EVERY = Duration.ofMinutes(1);

  private final ImportanceConfig config;
  private final Supplier<ModelCard> model;
  private @Nullable Life life;

  /**
   * A stage of one task.
   *
   * @param model whose results count: the version that serves now
   */
  public RollingStage(ImportanceConfig config, Supplier<ModelCard> model) {
    this.config = config;
    this.model = model;
  }

  /** What lies in the store. */
  public static List<Table<?>> tables() {
    return List.of(PARTIALS, PANES, CHANGED);
  }

  /** The store that this stage needs. */
  public static Set<StoreBuilder<? extends StateStore>> stores() {
    return Set.of(Table.storeBuilder(STORE));
  }

  @Override
  public void init(ProcessorContext<String, @Nullable ChannelImportance> context) {
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
      life.end();
      life = null;
    }
  }

  private final class Life {
    private final ProcessorContext<String, @Nullable ChannelImportance> context;
    /** Key scope|pane|plate. */
    private final TableRows<ImportancePartial> partials;
    /** Key pane|scope, of every pane that was added to: what is to be deleted, in order; its last key is the clock. */
    private final TableRows<byte[]> panes;
    private final ChangedKeys changed;
    private final TakenModel taken;
    private final Cancellable noticing;

    /** Start of the newest pane; null until it was looked up. */
    private @Nullable Long newest;

    Life(ProcessorContext<String, @Nullable ChannelImportance> context) {
      this.context = context;
      this.partials = PARTIALS.in(context);
      this.panes = PANES.in(context);
      this.changed = new ChangedKeys(context, CHANGED, config.emitEvery(), this::emit);
      this.taken = new TakenModel(partials);
      this.noticing = context.schedule(NOTICE_EVERY, PunctuationType.WALL_CLOCK_TIME, time -> noticeModel());
    }

    void end() {
      changed.close();
      noticing.cancel();
    }

    private void noticeModel() {
      if (taken.changesTo(model.get())) {
        panes.keys("").forEach(pane -> changed.mark(pane.substring(PANE_DIGITS + 1)));
      }
    }

    void replace(ImportancePartial partial) {
      String scopeKey = partial.getScopeKey();
      String key = scopeKey + "|" + digits(partial.getPane()) + "|" + partial.getPlateKey();
      if (partial.getWells() == 0) {
        if (partials.delete(key)) {
          changed.mark(scopeKey);
        }
        return;
      }
      if (partial.getPane() > newest()) {
        newest = partial.getPane();
        advance();
      }
      if (partial.getPane() >= oldest()) {
        partials.put(key, partial);
        panes.put(digits(partial.getPane()) + "|" + scopeKey, MARK);
        changed.mark(scopeKey);
      }
    }

    /** Deletes the panes that the window has left, and marks every scope, as all of them say which window they are of. */
    private void advance() {
      String from = digits(oldest());
      Set<String> scopes = new TreeSet<>();
      for (String pane : panes.keys("")) {
        String scopeKey = pane.substring(PANE_DIGITS + 1);
        List<String> keys = partials.keys(scopeKey + "|" + pane.substring(0, PANE_DIGITS) + "|");
        if (!keys.isEmpty()) {
          scopes.add(scopeKey);
        }
        if (pane.compareTo(from) < 0) {
          keys.forEach(partials::delete);
          panes.delete(pane);
        }
      }
      scopes.forEach(changed::mark);
    }

    private void emit(String scopeKey) {
      ModelCard now = model.get();
      ImportanceSum sum = new ImportanceSum(now);
      boolean anothers = false;
      try (KeyValueIterator<String, ImportancePartial> scan = partials.startingWith(scopeKey + "|")) {
        while (scan.hasNext()) {
          ImportancePartial partial = scan.next().value;
          if (ImportanceSum.counts(now, partial.getModelName(), partial.getModelVersion())) {
            sum.add(partial);
          } else {
            anothers = true;
          }
        }
      }
      if (sum.isEmpty() && anothers) {
        return;
      }
      ChannelImportance importance = sum.isEmpty() ? null : sum.importance(Scope.parse(scopeKey), oldest(), newest() + config.paneMicros());
      context.forward(new Record<>(scopeKey, importance, context.currentSystemTimeMs()));
    }

    private long newest() {
      if (newest == null) {
        List<String> all = panes.keys("");
        newest = all.isEmpty() ? Long.MIN_VALUE : Long.parseLong(all.getLast().substring(0, PANE_DIGITS));
      }
      return newest;
    }

    /** Start of the window. */
    private long oldest() {
      return newest() + config.paneMicros() - config.windowMicros();
    }

    /** With a fixed number of digits keys sort by time. */
    private static String digits(long pane) {
      return ("%0" + PANE_DIGITS + "d").formatted(pane);
    }
  }
}
