package io.dcmix.streams.plate;

import io.dcmix.core.screening.AlertCondition;
import io.dcmix.core.screening.HitRules;
import io.dcmix.core.screening.PlateAlerts;
import io.dcmix.core.screening.PlateEvaluation;
import io.dcmix.core.screening.PlateEvaluator;
import io.dcmix.core.screening.PlateView;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.streams.AvroSerde;
import io.dcmix.streams.state.Table;
import io.dcmix.streams.state.TableRows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * What is said of a plate beyond its importance: calls, quality, alerts. Each is computed anew and compared with what was said
 * last, which stands in tables; only what differs goes out. Belongs to one task.
 */
final class Judgement {
  static final Table<HitCall> CALLS = new Table<>(PlateStage.STORE, "calls", AvroSerde.of(HitCall.class));
  static final Table<PlateQuality> QUALITY = new Table<>(PlateStage.STORE, "quality", AvroSerde.of(PlateQuality.class));
  static final Table<Alert> ALERTS = new Table<>(PlateStage.STORE, "alerts", AvroSerde.of(Alert.class));

  private final HitRules rules;
  private final PlateMeter meter;
  private final TableRows<HitCall> calls;
  private final TableRows<PlateQuality> qualities;
  private final TableRows<Alert> raised;
  private final BiConsumer<String, PlateOutput> forward;

  Judgement(HitRules rules, PlateMeter meter, ProcessorContext<?, ?> context, BiConsumer<String, PlateOutput> forward) {
    this.rules = rules;
    this.meter = meter;
    this.calls = CALLS.in(context);
    this.qualities = QUALITY.in(context);
    this.raised = ALERTS.in(context);
    this.forward = forward;
  }

  SortedMap<Integer, PlateEvaluation> evaluate(PlateView view) {
    SortedMap<Integer, PlateEvaluation> evaluations = new TreeMap<>();
    view.timepoints().forEach(t -> evaluations.put(t, PlateEvaluator.evaluate(view, t, rules)));
    return evaluations;
  }

  void sayQuality(String plateKey, SortedMap<Integer, PlateEvaluation> evaluations) {
    evaluations.forEach((timepoint, evaluation) -> {
      String key = plateKey + "/" + timepoint;
      PlateQuality quality = evaluation.quality();
      PlateQuality before = qualities.get(key);
      if (!quality.equals(before)) {
        qualities.put(key, quality);
        forward.accept(key, new PlateOutput.Judged(quality));
        if (quality.getStatus() != PlateStatus.RUNNING && (before == null || before.getStatus() != quality.getStatus())) {
          meter.judged(quality);
        }
      }
    });
  }

  /** Says the calls that changed, and takes back those of wells that have no result any more. */
  void sayCalls(String plateKey, SortedMap<Integer, PlateEvaluation> evaluations) {
    Map<String, HitCall> gone = new TreeMap<>();
    calls.forEach(plateKey + "/", gone::put);
    for (PlateEvaluation evaluation : evaluations.values()) {
      for (HitCall call : evaluation.calls()) {
        String key = WellKey.of(call.getPlate(), call.getAcquisition(), call.getWell(), call.getTimepoint()).toString();
        if (!call.equals(gone.remove(key))) {
          calls.put(key, call);
          forward.accept(key, new PlateOutput.Called(call));
          meter.called(call);
        }
      }
    }
    gone.keySet().forEach(key -> {
      calls.delete(key);
      forward.accept(key, new PlateOutput.Called(null));
    });
  }

  /**
   * Says what began and what ended.
   *
   * @param more conditions that others found
   * @param nowMillis wall-clock time, for people
   */
  void sayAlerts(
      String plateKey, PlateView view, SortedMap<Integer, PlateEvaluation> evaluations, boolean silent, List<AlertCondition> more, long nowMillis) {
    Map<String, Alert> over = raised(plateKey);
    List<AlertCondition> conditions = new ArrayList<>(PlateAlerts.of(view, evaluations, rules, silent, new HashSet<>(over.keySet())));
    conditions.addAll(more);
    Instant now = Instant.ofEpochMilli(nowMillis);
    for (AlertCondition condition : conditions) {
      if (over.remove(condition.id()) == null) {
        Alert alert = alert(view, condition, now);
        raised.put(alertKey(plateKey, condition.id()), alert);
        forward(plateKey, alert);
      }
    }
    over.forEach((id, before) -> {
      raised.delete(alertKey(plateKey, id));
      forward(plateKey, Alert.newBuilder(before).setState(AlertState.RESOLVED).setRaisedAt(now).build());
    });
  }

  /** What is raised of a plate, by the alerts' ids. */
  Map<String, Alert> raised(String plateKey) {
    Map<String, Alert> known = new TreeMap<>();
    raised.forEach(plateKey + "|", (key, alert) -> known.put(alert.getId(), alert));
    return known;
  }

  /** Deletes what is kept of a plate; what was said of it stays. */
  void forget(String plateKey) {
    calls.deleteAll(plateKey + "/");
    qualities.deleteAll(plateKey + "/");
    raised.deleteAll(plateKey + "|");
  }

  private static String alertKey(String plateKey, String id) {
    return plateKey + "|" + KeyParts.join(id);
  }

  private void forward(String plateKey, Alert alert) {
    forward.accept(plateKey, new PlateOutput.Alerted(alert));
    meter.alerted(alert);
  }

  private static Alert alert(PlateView view, AlertCondition condition, Instant now) {
    String instrument = view.acquisition() != null ? view.acquisition().getInstrument() : null;
    return Alert.newBuilder()
        .setId(condition.id())
        .setPlate(view.plate().plate())
        .setAcquisition(view.plate().acquisition())
        .setTimepoint(condition.timepoint())
        .setState(AlertState.RAISED)
        .setKind(condition.kind())
        .setSeverity(condition.severity())
        .setChannel(condition.channel())
        .setWells(condition.wells())
        .setValue(condition.value())
        .setThreshold(condition.threshold())
        .setMessage(condition.message())
        .setRemedy(condition.remedy())
        .setInstrument(instrument)
        .setRaisedAt(now)
        .build();
  }
}
