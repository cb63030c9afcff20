package io.dcmix.app.dashboard;

import io.micronaut.serde.annotation.Serdeable;
import java.util.List;

/** Something that changed in the view; one server-sent event. */
public sealed interface Change {
  /** The name of the server-sent event. */
  String event();

  /** Wells of one plate with a new result, several at once where results come fast. */
  @Serdeable
  record Wells(String plate, String acquisition, List<Api.WellCell> wells) implements Change {
    @Override
    public String event() {
      return "wells";
    }
  }

  /** A plate whose counts or description changed. */
  @Serdeable
  record Plate(Api.PlateSummary plate) implements Change {
    @Override
    public String event() {
      return "plate";
    }
  }

  /** A new aggregate for a scope; the series holds its one new point. */
  @Serdeable
  record ScopeImportance(Api.Importance importance) implements Change {
    @Override
    public String event() {
      return "importance";
    }
  }

  /** Calls of one run that were made or changed, several at once where they come fast. */
  @Serdeable
  record Calls(Api.Calls calls) implements Change {
    @Override
    public String event() {
      return "calls";
    }
  }

  /** The quality of a run at a timepoint; the history holds its newest point only. */
  @Serdeable
  record PlateQuality(Api.Quality quality) implements Change {
    @Override
    public String event() {
      return "quality";
    }
  }

  /** What needs a person now. */
  @Serdeable
  record Alerts(Api.Alerts alerts) implements Change {
    @Override
    public String event() {
      return "alerts";
    }
  }
}
