package io.dcmix.app.dashboard;

import io.micronaut.serde.annotation.Serdeable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/** Something that changed in the view; one server-sent event. */
public sealed interface Change {
  /** The names of the server-sent events. */
  SequencedMap<Class<? extends Change>, String> NAMES = names();

  /** The name of the server-sent event. */
  default String event() {
    return Objects.requireNonNull(NAMES.get(getClass()));
  }

  private static SequencedMap<Class<? extends Change>, String> names() {
    SequencedMap<Class<? extends Change>, String> names = new LinkedHashMap<>();
    names.put(Wells.class, "wells");
    names.put(Plate.class, "plate");
    names.put(ScopeImportance.class, "importance");
    names.put(Calls.class, "calls");
    names.put(PlateQuality.class, "quality");
    names.put(Alerts.class, "alerts");
    return Collections.unmodifiableSequencedMap(names);
  }

  /** Wells of one plate with a new result, several at once where results come fast. */
  @Serdeable
  record Wells(String plate, String acquisition, List<Api.WellCell> wells) implements Change {}

  /** A plate whose counts or description changed. */
  @Serdeable
  record Plate(Api.PlateSummary plate) implements Change {}

  /** A new aggregate for a scope; the series holds its one new point. */
  @Serdeable
  record ScopeImportance(Api.Importance importance) implements Change {}

  /** Calls of one run that were made or changed, several at once where they come fast. */
  @Serdeable
  record Calls(Api.Calls calls) implements Change {}

  /** The quality of a run at a timepoint; the history holds its newest point only. */
  @Serdeable
  record PlateQuality(Api.Quality quality) implements Change {}

  /** What needs a person now. */
  @Serdeable
  record Alerts(Api.Alerts alerts) implements Change {}
}
