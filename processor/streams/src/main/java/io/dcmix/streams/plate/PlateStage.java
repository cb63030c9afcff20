package io.dcmix.streams.plate;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.screening.AlertCondition;
import io.dcmix.core.screening.BlurredWells;
import io.dcmix.core.screening.DriftAlarm;
import io.dcmix.core.screening.PlateEvaluation;
import io.dcmix.core.screening.PlateEvaluator;
import io.dcmix.core.screening.PlateView;
import io.dcmix.core.wells.ArrivalClock;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.state.ImportancePartial;
import io.dcmix.schema.state.PlateRow;
import io.dcmix.streams.AvroSerde;
import io.dcmix.streams.ScreeningConfig;
import io.dcmix.streams.state.Table;
import io.dcmix.streams.state.TableRows;
import io.dcmix.streams.well.Announcements;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Utils;
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
 * One row per well, replaced by revisions, and what is in the wells, replaced by later layouts; all that is said of a plate is
 * computed anew from them, so no revision counts twice and a late layout corrects what was said before it. Emits hit calls,
 * quality, alerts and the importance of the plate itself, and for the scopes that span plates what this plate adds to each pane.
 *
 * <p>Keyed by plate, so that a layout meets every acquisition of its plate. What was announced stands in a global table; while
 * something is awaited of a plate it is looked at once in a while.
 */
public final class PlateStage implements Processor<String, PlateInput, String, PlateOutput> {
  static final String STORE = "plate-state";
  static final Table<PlateRow> ROWS = new Table<>(STORE, "rows", AvroSerde.of(PlateRow.class));
  static final Table<byte[]> CHANGED = ChangedKeys.table(STORE, "changed");
  static final Table<byte[]> CALLS_CHANGED = ChangedKeys.table(STORE, "calls-changed");

  private static final Table<PlateLayout> LAYOUTS = new Table<>(STORE, "layouts", AvroSerde.of(PlateLayout.class));
  private static final Table<Long> RUNNING = new Table<>(STORE, "running", Serdes.Long());
  private static final Table<Long> ARRIVALS = new Table<>(STORE, "arrivals", Serdes.Long());
  private static final Table<ImportancePartial> PARTIALS = new Table<>(STORE, "partials", AvroSerde.of(ImportancePartial.class));

  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
  private static final Duration LOOK_OUT_EVERY = Duration.ofMinutes(1);

  private final ScreeningConfig config;
  private final Supplier<ModelCard> model;
  private final Function<byte[], Acquisition> acquisitionDecoder;
  private final int partitions;
  private final PlateMeter meter;
  private final String lane;
  private @Nullable Life life;

  /**
   * A stage of one task.
   *
   * @param model whose wells the importance is taken over: the version that serves now
   * @param acquisitionDecoder reads an announcement; throws UnreadableRecordException on wrong bytes
   * @param partitions over which plates are spread
   * @param lane whose plates they are, for the log
   */
  public PlateStage(ScreeningConfig config, Supplier<ModelCard> model, Function<byte[], Acquisition> acquisitionDecoder, int partitions, PlateMeter meter, String lane) {
    this.config = config;
    this.model = model;
    this.acquisitionDecoder = acquisitionDecoder;
    this.partitions = partitions;
    this.meter = meter;
    this.lane = lane;
  }

  /** What lies in the store. */
  public static List<Table<?>> tables() {
    return List.of(
        ROWS, LAYOUTS, RUNNING, ARRIVALS, PARTIALS, CHANGED, CALLS_CHANGED, Judgement.CALLS, Judgement.QUALITY, Judgement.ALERTS);
  }

  /** The store that this stage needs; it also reads the global table of announcements. */
  public static Set<StoreBuilder<? extends StateStore>> stores() {
    return Set.of(Table.storeBuilder(STORE));
  }

  /** Where the rows of a plate go: partitioned as Kafka's producers do. */
  static int partitionOf(PlateKey plate, int partitions) {
    return Utils.toPositive(Utils.murmur2(KeyParts.join(plate.plate()).getBytes(StandardCharsets.UTF_8))) % partitions;
  }

  @Override
  public void init(ProcessorContext<String, PlateOutput> context) {
    life = new Life(context);
  }

  @Override
  public void process(Record<String, PlateInput> record) {
    if (life == null) {
      throw new IllegalStateException("The plate stage is used before init()");
    }
    switch (record.value()) {
      case PlateInput.Row(var row) -> life.replace(row, record.timestamp());
      case PlateInput.Layout(var layout) -> life.replace(record.key(), layout);
    }
  }

  @Override
  public void close() {
    if (life != null) {
      life.end();
      life = null;
    }
  }

  /** One life of the task, from init() to close(). */
  private final class Life {
    private final ProcessorContext<String, PlateOutput> context;
    private final TableRows<PlateRow> rows;
    private final TableRows<PlateLayout> layouts;
    /** When the newest row of a plate came, while more is awaited of it: on the scale of append times. */
    private final TableRows<Long> running;
    private final TableRows<ImportancePartial> partials;
    private final Announcements<Acquisition> announcements;
    private final ArrivalClock clock;
    private final Judgement judgement;
    private final ChangedKeys changed;
    private final PlateRetention retention;
    private final ChangedKeys provisionalCalls;

    /** What was announced of the running plates when they were last looked at. An index of the table, filled lazily. */
    private final Map<String, @Nullable Acquisition> watched = new HashMap<>();
    /** Running plates whose silence was noticed. */
    private final Set<String> silent = new HashSet<>();
    private final TakenModel taken;
    private boolean restored;
    private @Nullable Cancellable looking;
    private final Cancellable lookout;

    Life(ProcessorContext<String, PlateOutput> context) {
      this.context = context;
      this.rows = ROWS.in(context);
      this.layouts = LAYOUTS.in(context);
      this.running = RUNNING.in(context);
      this.partials = PARTIALS.in(context);
      this.taken = new TakenModel(partials);
      this.announcements = new Announcements<>(context.getStateStore(Announcements.STORE), acquisitionDecoder, lane);
      this.clock = new ArrivalClock(context.currentSystemTimeMs());
      this.changed = new ChangedKeys(context, CHANGED, config.importance().emitEvery(), this::emit);
      this.retention = new PlateRetention(context, ARRIVALS, config.plateRetention(), clock, this::forget);
      this.provisionalCalls = new ChangedKeys(context, CALLS_CHANGED, config.decisions().callsEvery(), this::emitCalls);
      this.judgement = new Judgement(config.decisions().rules(), meter, context, this::forward);
      this.lookout = context.schedule(LOOK_OUT_EVERY, PunctuationType.WALL_CLOCK_TIME, time -> lookOut());
      schedule();
    }

    void end() {
      changed.close();
      retention.close();
      provisionalCalls.close();
      lookout.cancel();
      if (looking != null) {
        looking.cancel();
      }
    }

    // ---- what comes ----

    void replace(PlateRow row, long arrival) {
      String key = WellKey.of(row.getPlate(), row.getAcquisition(), row.getWell(), row.getTimepoint()).toString();
      clock.observe(arrival, context.currentSystemTimeMs());
      PlateRow before = rows.get(key);
      if (before != null && before.getRevision() >= row.getRevision()) {
        return;
      }
      rows.put(key, row);
      String plateKey = new PlateKey(row.getPlate(), row.getAcquisition()).toString();
      retention.touch(plateKey, arrival);
      running.put(plateKey, arrival);
      watched.putIfAbsent(plateKey, null);
      silent.remove(plateKey);
      changed.mark(plateKey);
      schedule();
    }

    void replace(String plate, @Nullable PlateLayout layout) {
      if (Objects.equals(layouts.get(plate), layout)) {
        return;
      }
      if (layout == null) {
        layouts.delete(plate);
      } else {
        layouts.put(plate, layout);
      }
      acquisitionsOf(plate).forEach(changed::mark);
    }

    private Set<String> acquisitionsOf(String plate) {
      Set<String> plateKeys = new TreeSet<>();
      rows.keys(plate + "/").forEach(well -> plateKeys.add(WellKey.parse(well).plate().toString()));
      return plateKeys;
    }

    // ---- time ----

    /** Looks while something is awaited: each wall-clock punctuation costs a commit. */
    private void schedule() {
      boolean needed = !restored || !watched.isEmpty();
      if (needed && looking == null) {
        looking = context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, time -> look());
      } else if (!needed && looking != null) {
        looking.cancel();
        looking = null;
      }
    }

    /** Finds what an earlier life was watching. */
    private void restore() {
      if (!restored) {
        running.forEach("", (plateKey, newest) -> {
          clock.restore(newest);
          watched.putIfAbsent(plateKey, null);
        });
        restored = true;
      }
    }

    private long now() {
      return clock.now(context.currentSystemTimeMs());
    }

    /** Takes in changed announcements, notices silence, and closes the plates of which nothing came for too long. */
    private void look() {
      restore();
      noticeModel();
      long now = now();
      for (String plateKey : List.copyOf(watched.keySet())) {
        Long newest = running.get(plateKey);
        Acquisition announced = announcements.of(plateKey);
        if (newest == null) {
          watched.remove(plateKey);
        } else if (now - newest >= patience(announced).toMillis()) {
          running.delete(plateKey);
          watched.remove(plateKey);
          changed.mark(plateKey);
        } else {
          boolean isSilent = isSilent(now, newest);
          if (isSilent && silent.add(plateKey)) {
            changed.mark(plateKey);
          }
          if (!Objects.equals(announced, watched.put(plateKey, announced))) {
            changed.mark(plateKey);
          }
        }
      }
      silent.retainAll(watched.keySet());
      announcements.retain(watched.keySet());
      schedule();
    }

    private boolean isSilent(long now, long newest) {
      return now - newest >= config.decisions().rules().alerts().silence().toMillis();
    }

    /**
     * Finds runs that started and of which no well came, in the one place where nothing but time can tell. Runs that were announced
     * longer ago than wells can be corrected are history.
     */
    private void lookOut() {
      restore();
      noticeModel();
      long now = Math.max(now(), context.currentSystemTimeMs());
      try (var all = announcements.all()) {
        while (all.hasNext()) {
          var entry = all.next();
          if (now - entry.value.timestamp() < config.lateWindow().toMillis() && running.get(entry.key) == null && isOurs(entry.key)) {
            Acquisition announced = announcements.of(entry.key);
            if (announced != null && announced.getStatus() == AcquisitionStatus.STARTED && isUnseen(entry.key)) {
              retention.touch(entry.key, entry.value.timestamp());
              running.put(entry.key, entry.value.timestamp());
              clock.observe(entry.value.timestamp(), context.currentSystemTimeMs());
              watched.put(entry.key, announced);
            }
          }
        }
      }
      announcements.retain(watched.keySet());
      schedule();
    }

    /** Rows of the version that serves now may have come before it did, from an instance that was ahead or when it last served. */
    private void noticeModel() {
      ModelCard now = model.get();
      if (taken.changesTo(now)) {
        Set<String> plateKeys = new TreeSet<>();
        rows.forEach("", (well, row) -> {
          if (ImportanceSum.counts(now, row.getModelName(), row.getModelVersion())) {
            plateKeys.add(WellKey.parse(well).plate().toString());
          }
        });
        plateKeys.forEach(changed::mark);
      }
    }

    private boolean isUnseen(String plateKey) {
      try (KeyValueIterator<String, PlateRow> all = rows.startingWith(plateKey + "/")) {
        return !all.hasNext();
      }
    }

    /** Whether the rows of this plate come to this task. */
    private boolean isOurs(String plateKey) {
      return partitionOf(PlateKey.parse(plateKey), partitions) == context.taskId().partition();
    }

    /** How long a plate may be silent before it is closed: one that is said to go on, as long as its wells can be corrected. */
    private Duration patience(@Nullable Acquisition announced) {
      return announced != null && announced.getStatus() == AcquisitionStatus.STARTED ? config.lateWindow() : config.wellDeadline();
    }

    // ---- what goes out ----

    private PlateView view(String plateKey) {
      List<PlateRow> wells = new ArrayList<>();
      rows.forEach(plateKey + "/", (well, row) -> wells.add(row));
      List<PlateRow> judged = BlurredWells.marked(wells);
      PlateKey plate = PlateKey.parse(plateKey);
      PlateView view = new PlateView(
          plate, judged, layouts.get(KeyParts.join(plate.plate())), announcements.of(plateKey), running.get(plateKey) != null);
      if (view.open() && PlateEvaluator.isComplete(view)) {
        running.delete(plateKey);
        watched.remove(plateKey);
        return new PlateView(plate, judged, view.layout(), view.acquisition(), false);
      }
      return view;
    }

    private void emit(String plateKey) {
      restore();
      PlateView view = view(plateKey);
      SortedMap<Integer, PlateEvaluation> evaluations = judgement.evaluate(view);
      ModelCard now = model.get();
      PlateImportance importance = new PlateImportance(config.importance(), now, view);
      ChannelImportance ofPlate = importance.ofPlate();
      sayImportance(view, ofPlate, now);
      replacePartials(plateKey, importance.partials(), now);
      judgement.sayQuality(plateKey, evaluations);
      List<AlertCondition> more = DriftAlarm.of(
          ofPlate, config.importance().driftWells(), config.importance().driftThreshold(), judgement.raised(plateKey).keySet());
      judgement.sayAlerts(plateKey, view, evaluations, saysSilence(plateKey), more, context.currentSystemTimeMs());
      if (view.open()) {
        provisionalCalls.mark(plateKey);
      } else {
        judgement.sayCalls(plateKey, evaluations);
      }
    }

    private void emitCalls(String plateKey) {
      judgement.sayCalls(plateKey, judgement.evaluate(view(plateKey)));
    }

    /** Whether nothing came for too long. Silence that was raised lasts until something comes, whatever the clock of a new life says. */
    private boolean saysSilence(String plateKey) {
      Long newest = running.get(plateKey);
      Alert raised = judgement.raised(plateKey).get(AlertKind.NO_IMAGES.name());
      return newest == null || isSilent(now(), newest) || (raised != null && newest <= raised.getRaisedAt().toEpochMilli());
    }

    /** What an earlier version said of a plate of which no well is this one's stays. */
    private void sayImportance(PlateView view, @Nullable ChannelImportance importance, ModelCard now) {
      boolean anothers = importance == null && view.results().stream().anyMatch(row -> !ImportanceSum.counts(now, row.getModelName(), row.getModelVersion()));
      if (config.importance().scopes().contains(Scope.Kind.PLATE) && !view.rows().isEmpty() && !anothers) {
        forward(new Scope.OfPlate(view.plate()).key(), new PlateOutput.OfPlate(importance));
      }
    }

    private void replacePartials(String plateKey, List<ImportancePartial> partialsNow, ModelCard now) {
      Map<String, ImportancePartial> gone = new TreeMap<>();
      partials.forEach(plateKey + "|", gone::put);
      for (ImportancePartial partial : partialsNow) {
        String key = plateKey + "|" + partial.getScopeKey() + "|" + partial.getPane();
        if (!partial.equals(gone.remove(key))) {
          partials.put(key, partial);
          forward(partial.getScopeKey(), new PlateOutput.ForScope(partial));
        }
      }
      gone.forEach((key, before) -> {
        partials.delete(key);
        ImportancePartial nothing = new ImportanceSum(now).partial(before.getScopeKey(), plateKey, before.getPane());
        forward(before.getScopeKey(), new PlateOutput.ForScope(nothing));
      });
    }

    /** Deletes what is kept of a plate that nobody corrects any more; what was published of it stays. */
    private void forget(String plateKey) {
      rows.deleteAll(plateKey + "/");
      partials.deleteAll(plateKey + "|");
      judgement.forget(plateKey);
      running.delete(plateKey);
      watched.remove(plateKey);
      changed.drop(plateKey);
      provisionalCalls.drop(plateKey);
    }

    private void forward(String key, PlateOutput output) {
      context.forward(new Record<>(key, output, context.currentSystemTimeMs()));
    }
  }
}
