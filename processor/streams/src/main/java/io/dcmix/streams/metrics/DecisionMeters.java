package io.dcmix.streams.metrics;

import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertKind;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.PlateStatus;
import io.dcmix.schema.event.PlateVerdict;
import io.dcmix.streams.plate.PlateMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Counts what the plate stages say. Every series is there from the start.
 *
 * <p>Threading: called from all stream threads.
 */
public final class DecisionMeters implements PlateMeter {
  private final Counter calls;
  private final Map<AlertKind, Counter> alerts = new EnumMap<>(AlertKind.class);
  private final Map<PlateStatus, Map<PlateVerdict, Counter>> plates = new EnumMap<>(PlateStatus.class);

  public DecisionMeters(MeterRegistry registry) {
    calls = Registered.counter(registry, Meters.HIT_CALLS);
    for (AlertKind kind : AlertKind.values()) {
      alerts.put(kind, Registered.counter(registry, Meters.ALERTS, "kind", label(kind)));
    }
    for (PlateStatus status : new PlateStatus[] {PlateStatus.COMPLETE, PlateStatus.PARTIAL}) {
      Map<PlateVerdict, Counter> byVerdict = new EnumMap<>(PlateVerdict.class);
      for (PlateVerdict verdict : PlateVerdict.values()) {
        byVerdict.put(verdict, Registered.counter(registry, Meters.PLATES, "status", label(status), "verdict", label(verdict)));
      }
      plates.put(status, byVerdict);
    }
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void called(HitCall call) {
    calls.increment();
  }

  @Override
  public void judged(PlateQuality quality) {
    Counter counter = plates.getOrDefault(quality.getStatus(), Map.of()).get(quality.getVerdict());
    if (counter != null) {
      counter.increment();
    }
  }

  @Override
  public void alerted(Alert alert) {
    Counter counter = alerts.get(alert.getKind());
    if (counter != null && alert.getState() == AlertState.RAISED) {
      counter.increment();
    }
  }
}
