package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.AlertEntry;
import io.dcmix.app.dashboard.Api.Alerts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.AlertState;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong, by run and id, in bounded memory: of two events of one id the one that was made later counts. Not
 * thread-safe: {@link ScreeningView} guards it.
 */
final class AlertBook {
  /** Alerts kept of one run, and of all. */
  static final int MAX_OF_PLATE = 100;

  static final int MAX = 1000;

  /** Alerts in one answer: a person reads no more, and the count says how many there are. */
  static final int MAX_SHOWN = 50;

  private record Id(PlateKey plate, String id) {}

  /** What needs somebody first: raised, severe, new. Times and names make the order one. */
  private static final Comparator<AlertEntry> URGENT =
      Comparator.comparing(AlertBook::isResolved)
          .thenComparing(entry -> AlertSeverity.valueOf(entry.severity()), Comparator.reverseOrder())
          .thenComparing(AlertBook::newest, Comparator.reverseOrder())
          .thenComparing(AlertEntry::plate)
          .thenComparing(AlertEntry::acquisition)
          .thenComparing(AlertEntry::id);

  private final Map<Id, AlertEntry> alerts = new LinkedHashMap<>();
  private long sequence;
  private long forgotten;

  /** Takes an event; false if a newer one of its id is known. */
  boolean take(Alert event) {
    PlateKey plate = new PlateKey(event.getPlate(), event.getAcquisition());
    Id id = new Id(plate, event.getId());
    AlertEntry known = alerts.get(id);
    if (known != null && newest(known).isAfter(event.getRaisedAt())) {
      return false;
    }
    alerts.put(id, entry(event, known));
    sequence++;
    if (alerts.keySet().stream().filter(each -> each.plate().equals(plate)).count() > MAX_OF_PLATE) {
      forgetOne(each -> each.plate().equals(plate));
    }
    if (alerts.size() > MAX) {
      forgetOne(each -> true);
    }
    return true;
  }

  /** Forgets what was wrong with a run; false if nothing was. */
  boolean forget(PlateKey plate) {
    boolean known = alerts.keySet().removeIf(id -> id.plate().equals(plate));
    sequence += known ? 1 : 0;
    return known;
  }

  Alerts snapshot() {
    int resolved = (int) alerts.values().stream().filter(AlertBook::isResolved).count();
    List<AlertEntry> first = alerts.values().stream().sorted(URGENT).limit(MAX_SHOWN).toList();
    return new Alerts(sequence, alerts.size() - resolved, resolved, forgotten, first);
  }

  private void forgetOne(Predicate<Id> among) {
    Id least = alerts.entrySet().stream()
        .filter(entry -> among.test(entry.getKey()))
        .max(Map.Entry.comparingByValue(URGENT))
        .orElseThrow()
        .getKey();
    alerts.remove(least);
    forgotten++;
  }

  private static boolean isResolved(AlertEntry entry) {
    return entry.resolvedAt() != null;
  }

  private static Instant newest(AlertEntry entry) {
    Instant resolved = entry.resolvedAt();
    return resolved == null ? entry.raisedAt() : resolved;
  }

  private static AlertEntry entry(Alert event, @Nullable AlertEntry known) {
    boolean resolved = event.getState() == AlertState.RESOLVED;
    Instant raised = resolved && known != null ? known.raisedAt() : event.getRaisedAt();
    return new AlertEntry(
        event.getId(),
        event.getPlate(),
        event.getAcquisition(),
        event.getTimepoint(),
        event.getState().name(),
        event.getKind().name(),
        event.getSeverity().name(),
        event.getChannel(),
        List.copyOf(event.getWells()),
        Numbers.finite(event.getValue()),
        Numbers.finite(event.getThreshold()),
        event.getMessage(),
        event.getRemedy(),
        event.getInstrument(),
        raised,
        resolved ? event.getRaisedAt() : null);
  }
}
