package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Alerts;
import io.dcmix.app.dashboard.Api.Calls;
import io.dcmix.app.dashboard.Api.Importance;
import io.dcmix.app.dashboard.Api.PlateDetail;
import io.dcmix.app.dashboard.Api.PlateSummary;
import io.dcmix.app.dashboard.Api.Quality;
import io.dcmix.app.dashboard.Api.WellCell;
import io.dcmix.app.dashboard.Api.WellDetail;
import io.dcmix.app.dashboard.CallBook.Called;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the dashboard knows: the last word of every result topic, in bounded memory. Records may come in any order and more
 * than once.
 *
 * <p>Threading: the thread that reads the topics applies records, HTTP threads read; one lock guards all, every answer is an
 * immutable copy, and nothing is called out to under the lock.
 */
public final class ScreeningView {
  /** Runs kept; beyond it the one with the oldest images goes. */
  static final int MAX_PLATES = 200;

  static final int MAX_LAYOUTS = 400;
  static final int MAX_SCOPES = 400;
  static final int MAX_POINTS = 600;

  private final Map<PlateKey, PlateState> plates = new LinkedHashMap<>();
  private final Map<String, PlateContent> layouts = bounded(MAX_LAYOUTS);
  private final Map<String, ImportanceSeries> importance = bounded(MAX_SCOPES);
  private final AlertBook alerts = new AlertBook();

  private @Nullable String hitClass;

  private final Map<PlateKey, Set<PlateState.Spot>> changedWells = new LinkedHashMap<>();
  private final Map<PlateKey, Set<PlateState.Spot>> changedCalls = new LinkedHashMap<>();
  private final Map<PlateKey, Set<Integer>> changedQualities = new LinkedHashMap<>();
  private final Set<PlateKey> changedPlates = new LinkedHashSet<>();
  private final Set<String> changedScopes = new LinkedHashSet<>();
  private boolean changedAlerts;

  /**
   * Takes one record of a result topic.
   *
   * @param at the record's timestamp: when it was written
   * @throws IllegalArgumentException if the record contradicts itself or is of no result topic; the view is as before
   */
  public synchronized void apply(SpecificRecord record, Instant at) {
    switch (record) {
      case WellPrediction prediction -> {
        PlateKey key = new PlateKey(prediction.getPlate(), prediction.getAcquisition());
        changed(key, withPlate(key, plate -> plate.take(prediction)));
        hitClass = prediction.getHitClass();
      }
      case WellFailure failure -> {
        PlateKey key = new PlateKey(failure.getPlate(), failure.getAcquisition());
        changed(key, withPlate(key, plate -> plate.take(failure)));
      }
      case Acquisition acquisition -> {
        PlateKey key = new PlateKey(acquisition.getPlate(), acquisition.getAcquisition());
        withPlate(
            key,
            plate -> {
              plate.take(acquisition);
              return null;
            });
        changedPlates.add(key);
      }
      case PlateLayout layout -> take(layout);
      case ChannelImportance event -> {
        String scope = event.getScopeKey();
        importance.computeIfAbsent(scope, s -> new ImportanceSeries(s, MAX_POINTS)).add(event, at);
        changedScopes.add(scope);
      }
      case HitCall call -> {
        PlateKey key = new PlateKey(call.getPlate(), call.getAcquisition());
        PlateState.Spot spot = withPlate(key, plate -> plate.take(call));
        if (spot != null) {
          changedCalls.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(spot);
        }
      }
      case PlateQuality quality -> {
        PlateKey key = new PlateKey(quality.getPlate(), quality.getAcquisition());
        withPlate(
            key,
            plate -> {
              plate.take(quality);
              return null;
            });
        changedQualities.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(quality.getTimepoint());
      }
      case Alert alert -> changedAlerts |= alerts.take(alert);
      default -> throw new IllegalArgumentException("a " + record.getClass().getSimpleName() + " is no result");
    }
  }

  /**
   * Forgets what was said under a key: a tombstone. Of the topics of one run each takes back what it said, and a run of which nothing
   * is left is gone, so the order in which topics are read does not matter.
   *
   * @param type of the topic's records
   * @throws IllegalArgumentException if it is no key of such records
   */
  public synchronized void forget(Class<? extends SpecificRecord> type, String key) {
    if (type == WellPrediction.class || type == WellFailure.class || type == HitCall.class) {
      WellKey well = WellKey.parse(key);
      PlateState.Spot spot = new PlateState.Spot(well.timepoint(), well.well());
      withKnown(well.plate(), plate -> {
        if (type == WellPrediction.class) {
          plate.forgetPrediction(spot);
        } else if (type == WellFailure.class) {
          plate.forgetFailures(spot);
        } else {
          plate.forgetCall(spot);
        }
      });
    } else if (type == Acquisition.class) {
      withKnown(PlateKey.parse(key), PlateState::forgetAnnouncement);
    } else if (type == PlateQuality.class) {
      List<String> parts = KeyParts.split(key, 3);
      int timepoint = Integer.parseInt(parts.get(2));
      withKnown(new PlateKey(parts.get(0), parts.get(1)), plate -> plate.forgetQuality(timepoint));
    } else if (type == Alert.class) {
      changedAlerts |= alerts.forget(PlateKey.parse(key));
    } else if (type == ChannelImportance.class) {
      importance.remove(key);
    } else if (type == PlateLayout.class) {
      String barcode = KeyParts.split(key, 1).getFirst();
      layouts.remove(barcode);
      contents(barcode, PlateContent.UNKNOWN);
    } else {
      throw new IllegalArgumentException("a " + type.getSimpleName() + " is no result");
    }
  }

  private void withKnown(PlateKey key, Consumer<PlateState> forgetting) {
    PlateState plate = plates.get(key);
    if (plate != null) {
      forgetting.accept(plate);
      changedPlates.add(key);
      if (plate.isEmpty()) {
        plates.remove(key);
      }
    }
  }

  /** What changed since the last call; several changes of one thing are one. */
  public synchronized List<Change> drainChanges() {
    List<Change> changes = new ArrayList<>();
    changedWells.forEach(
        (key, spots) -> {
          PlateState plate = plates.get(key);
          if (plate != null) {
            changes.add(new Change.Wells(key.plate(), key.acquisition(), plate.cells(spots)));
          }
        });
    for (PlateKey key : changedPlates) {
      PlateState plate = plates.get(key);
      if (plate != null) {
        changes.add(new Change.Plate(plate.summary()));
      }
    }
    changedCalls.forEach(
        (key, spots) -> {
          PlateState plate = plates.get(key);
          if (plate != null) {
            changes.add(new Change.Calls(plate.calls(spots)));
          }
        });
    changedQualities.forEach(
        (key, timepoints) -> {
          PlateState plate = plates.get(key);
          if (plate != null) {
            plate.newestQualities(timepoints).forEach(quality -> changes.add(new Change.PlateQuality(quality)));
          }
        });
    if (changedAlerts) {
      changes.add(new Change.Alerts(alerts.snapshot()));
    }
    for (String scope : changedScopes) {
      ImportanceSeries series = importance.get(scope);
      if (series != null) {
        changes.add(new Change.ScopeImportance(series.newest()));
      }
    }
    changedWells.clear();
    changedPlates.clear();
    changedCalls.clear();
    changedQualities.clear();
    changedAlerts = false;
    changedScopes.clear();
    return changes;
  }

  /** All runs, the one with the newest image first. */
  public synchronized List<PlateSummary> plates() {
    return plates.values().stream()
        .sorted(Comparator.comparing(PlateState::newest).reversed())
        .map(PlateState::summary)
        .toList();
  }

  public synchronized Optional<PlateDetail> plate(PlateKey key) {
    return Optional.ofNullable(plates.get(key)).map(PlateState::detail);
  }

  /** The wells of a run that have a result, by timepoint, then row by row; empty if there is no such run. */
  public synchronized Optional<List<WellCell>> wells(PlateKey key) {
    return Optional.ofNullable(plates.get(key)).map(PlateState::cells);
  }

  /** One well, with or without a result; empty if there is no such run, or no such well on its plate. */
  public synchronized Optional<WellDetail> well(PlateKey key, WellAddress well, int timepoint) {
    PlateState plate = plates.get(key);
    return plate == null ? Optional.empty() : Optional.ofNullable(plate.well(well, timepoint));
  }

  /** The hit calls of a run, without any while none was made; empty if there is no such run. */
  public synchronized Optional<Calls> calls(PlateKey key) {
    return Optional.ofNullable(plates.get(key)).map(PlateState::calls);
  }

  /** The quality of a run by timepoint, without any while nothing was said; empty if there is no such run. */
  public synchronized Optional<List<Quality>> quality(PlateKey key) {
    return Optional.ofNullable(plates.get(key)).map(PlateState::qualities);
  }

  /** What needs a person, over all runs. */
  public synchronized Alerts alerts() {
    return alerts.snapshot();
  }

  /**
   * The hit list of a run as CSV; empty if there is no such run.
   *
   * @param all every called well instead of the samples that are hits
   */
  public Optional<String> hitList(PlateKey key, boolean all) {
    Optional<List<Called>> called;
    synchronized (this) {
      called = Optional.ofNullable(plates.get(key)).map(PlateState::called);
    }
    return called.map(calls -> all ? HitList.all(key, calls) : HitList.hits(key, calls));
  }

  /** The scopes with an aggregate, sorted. */
  public synchronized List<String> scopes() {
    return List.copyOf(new TreeSet<>(importance.keySet()));
  }

  /** The scope over the wells of the newest hit class; {@code all} while it has no aggregate. */
  public synchronized String scopeOfHits() {
    String scope = hitClass == null ? "all" : KeyParts.join("class", hitClass);
    return importance.containsKey(scope) ? scope : "all";
  }

  /** Channel importance of a scope; without latest if nothing was published for it. */
  public synchronized Importance importance(String scope) {
    ImportanceSeries series = importance.get(scope);
    return series == null ? new Importance(scope, null, List.of()) : series.snapshot();
  }

  private void take(PlateLayout layout) {
    PlateContent content = PlateContent.of(layout);
    layouts.put(layout.getPlate(), content);
    contents(layout.getPlate(), content);
  }

  private void contents(String barcode, PlateContent content) {
    plates.forEach(
        (key, plate) -> {
          if (key.plate().equals(barcode)) {
            plate.take(content);
            changedPlates.add(key);
          }
        });
  }

  private interface Taking {
    PlateState.@Nullable Spot into(PlateState plate);
  }

  /** Lets a plate take a record; a plate that is new stays only if it could. */
  private PlateState.@Nullable Spot withPlate(PlateKey key, Taking taking) {
    PlateState known = plates.get(key);
    if (known != null) {
      return taking.into(known);
    }
    PlateState created = new PlateState(key);
    PlateContent content = layouts.get(key.plate());
    if (content != null) {
      created.take(content);
    }
    PlateState.Spot spot = taking.into(created);
    plates.put(key, created);
    changedPlates.add(key);
    if (plates.size() > MAX_PLATES) {
      PlateKey oldest = plates.entrySet().stream()
          .min(Comparator.comparing(entry -> entry.getValue().newest()))
          .orElseThrow()
          .getKey();
      plates.remove(oldest);
    }
    return spot;
  }

  private void changed(PlateKey key, PlateState.@Nullable Spot spot) {
    if (spot != null) {
      changedWells.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(spot);
      changedPlates.add(key);
    }
  }

  private static <K, V> Map<K, V> bounded(int limit) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > limit;
      }
    };
  }
}
