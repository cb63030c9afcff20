package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.CallBasis;
import io.dcmix.app.dashboard.Api.Calls;
import io.dcmix.app.dashboard.Api.Controls;
import io.dcmix.app.dashboard.Api.LayoutWell;
import io.dcmix.app.dashboard.Api.PlateDetail;
import io.dcmix.app.dashboard.Api.PlateSummary;
import io.dcmix.app.dashboard.Api.Prediction;
import io.dcmix.app.dashboard.Api.Quality;
import io.dcmix.app.dashboard.Api.WellCall;
import io.dcmix.app.dashboard.Api.WellCell;
import io.dcmix.app.dashboard.Api.WellDetail;
import io.dcmix.app.dashboard.Api.WellStatus;
import io.dcmix.app.dashboard.CallBook.Called;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.schema.event.WellRole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is known of one imaging run of one plate. Not thread-safe: {@link ScreeningView} guards it. */
final class PlateState {
  /** Results kept of one run: sixteen timepoints of the largest plate. */
  static final int MAX_RESULTS = 16 * WellAddress.MAX_ROWS * WellAddress.MAX_COLUMNS;

  /** Timepoints of one run whose quality is kept, the last ones, and points of each. */
  static final int MAX_QUALITIES = 64;

  static final int MAX_QUALITY_POINTS = 96;

  /** How wells are called of which the plate stage said nothing. */
  private static final String PREDICTED_CLASS = "predicted-class";

  /** A well at a timepoint, in the order of the plate. */
  record Spot(int timepoint, WellAddress well) implements Comparable<Spot> {
    @Override
    public int compareTo(Spot other) {
      return timepoint != other.timepoint ? Integer.compare(timepoint, other.timepoint) : well.compareTo(other.well);
    }
  }

  private final PlateKey key;
  private final Map<Spot, WellResult> results = new TreeMap<>();
  private final CallBook calls = new CallBook(MAX_RESULTS);
  private final Map<Integer, QualitySeries> quality = new TreeMap<>();
  private PlateContent content = PlateContent.UNKNOWN;
  private @Nullable Acquisition acquisition;
  private @Nullable Instant lastImageAt;
  private @Nullable Instant lastAcquiredAt;
  private int version;
  private long sequence;

  PlateState(PlateKey key) {
    this.key = key;
  }

  /** @throws IllegalArgumentException if the announcement names wells that do not exist or a plate that is too large */
  void take(Acquisition event) {
    PlateContent.checkSize(event.getRows(), event.getColumns());
    event.getWells().forEach(WellAddress::parse);
    acquisition = event;
    version++;
    sequence++;
  }

  void take(PlateContent known) {
    content = known;
    version++;
    sequence++;
  }

  /** Takes a result; null if it changes nothing. */
  @Nullable Spot take(WellPrediction event) {
    Spot spot = spot(event.getWell(), event.getTimepoint());
    WellResult result = result(spot);
    return keep(spot, result, result.take(event), event.getLastImageAt());
  }

  /** Takes a failure; null if it changes nothing. */
  @Nullable Spot take(WellFailure event) {
    Spot spot = spot(event.getWell(), event.getTimepoint());
    WellResult result = result(spot);
    return keep(spot, result, result.take(event), event.getLastImageAt());
  }

  /**
   * Takes a call; null if it changes nothing.
   *
   * @throws IllegalArgumentException if there is no such well, or no room for it
   */
  @Nullable Spot take(HitCall event) {
    Spot spot = spot(event.getWell(), event.getTimepoint());
    if (!calls.take(spot, event, sequence + 1)) {
      return null;
    }
    sequence++;
    acquired(event.getAcquiredAt());
    return spot;
  }

  /** @throws IllegalArgumentException if the timepoint or the number of wells cannot be */
  void take(PlateQuality event) {
    int timepoint = event.getTimepoint();
    if (timepoint < 0 || timepoint >= MAX_RESULTS || event.getWellsSeen() < 0) {
      throw new IllegalArgumentException("quality of timepoint %d after %d wells".formatted(timepoint, event.getWellsSeen()));
    }
    sequence++;
    QualitySeries known = quality.get(timepoint);
    if (known == null) {
      quality.put(timepoint, new QualitySeries(event, sequence, MAX_QUALITY_POINTS));
    } else {
      known.add(event, sequence);
    }
    if (quality.size() > MAX_QUALITIES) {
      quality.remove(Collections.min(quality.keySet()));
    }
    acquired(event.getLastAcquiredAt());
  }

  void forgetAnnouncement() {
    acquisition = null;
    changed();
  }

  void forgetPrediction(Spot spot) {
    forget(spot, WellResult::forgetPrediction);
  }

  void forgetFailures(Spot spot) {
    forget(spot, WellResult::forgetFailures);
  }

  private void forget(Spot spot, Consumer<WellResult> what) {
    WellResult result = results.get(spot);
    if (result != null) {
      what.accept(result);
      if (result.isEmpty()) {
        results.remove(spot);
      }
      changed();
    }
  }

  void forgetCall(Spot spot) {
    calls.forget(spot);
    changed();
  }

  void forgetQuality(int timepoint) {
    quality.remove(timepoint);
    changed();
  }

  private void changed() {
    version++;
    sequence++;
  }

  /** Whether nothing is known of it but perhaps what is in its wells. */
  boolean isEmpty() {
    return acquisition == null && results.isEmpty() && calls.isEmpty() && quality.isEmpty();
  }

  /** The newest time that is known of this run; the oldest run is forgotten first. */
  Instant newest() {
    Instant started = acquisition == null ? null : acquisition.getStartedAt();
    Instant finished = acquisition == null ? null : acquisition.getFinishedAt();
    Instant newest = Instant.EPOCH;
    for (Instant time : new @Nullable Instant[] {lastImageAt, lastAcquiredAt, started, finished}) {
      if (time != null && time.isAfter(newest)) {
        newest = time;
      }
    }
    return newest;
  }

  PlateSummary summary() {
    int scored = 0;
    int failed = 0;
    int hits = 0;
    int flagged = 0;
    int[] negative = new int[2];
    int[] positive = new int[2];
    for (Map.Entry<Spot, WellResult> entry : results.entrySet()) {
      WellResult result = entry.getValue();
      WellStatus status = result.status();
      failed += status == WellStatus.FAILED ? 1 : 0;
      if (status != WellStatus.SCORED) {
        continue;
      }
      int hit = result.isHit() ? 1 : 0;
      scored++;
      flagged += result.isFlagged() ? 1 : 0;
      switch (content.role(entry.getKey().well())) {
        case NEGATIVE_CONTROL -> {
          negative[0]++;
          negative[1] += hit;
        }
        case POSITIVE_CONTROL -> {
          positive[0]++;
          positive[1] += hit;
        }
        case SAMPLE, EMPTY, UNKNOWN -> hits += hit;
      }
    }
    int[] size = size();
    Acquisition run = acquisition;
    return new PlateSummary(
        key.plate(),
        key.acquisition(),
        sequence,
        version,
        (run == null ? AcquisitionStatus.UNKNOWN : run.getStatus()).name(),
        size[0],
        size[1],
        timepoints(),
        run == null ? null : (Integer) (run.getWells().size() * timepoints()),
        scored,
        failed,
        hits,
        flagged,
        new Controls(content.count(WellRole.NEGATIVE_CONTROL), negative[0], negative[1]),
        new Controls(content.count(WellRole.POSITIVE_CONTROL), positive[0], positive[1]),
        run == null ? null : run.getInstrument(),
        run == null ? null : run.getStartedAt(),
        run == null ? null : run.getFinishedAt(),
        lastImageAt);
  }

  PlateDetail detail() {
    Acquisition run = acquisition;
    return new PlateDetail(
        summary(),
        run == null ? List.of() : List.copyOf(run.getWells()),
        run == null ? List.of() : List.copyOf(run.getSites()),
        run == null ? List.of() : List.copyOf(run.getChannels()),
        content.wells(),
        content.source(),
        hits());
  }

  List<WellCell> cells() {
    return cells(results.keySet());
  }

  List<WellCell> cells(Collection<Spot> spots) {
    List<WellCell> cells = new ArrayList<>(spots.size());
    for (Spot spot : spots) {
      WellResult result = results.get(spot);
      if (result != null) {
        cells.add(result.cell(spot.well().toString(), spot.timepoint()));
      }
    }
    return cells;
  }

  /** Details of a well; null if this plate has no such well. */
  @Nullable WellDetail well(WellAddress well, int timepoint) {
    int[] size = size();
    if (well.row() >= size[0] || well.column() >= size[1]) {
      return null;
    }
    WellResult result = results.get(new Spot(timepoint, well));
    LayoutWell layout = content.at(well);
    String name = well.toString();
    return result == null
        ? new WellDetail(key.plate(), key.acquisition(), name, timepoint, WellStatus.PENDING, layout, null, List.of())
        : new WellDetail(
            key.plate(), key.acquisition(), name, timepoint, result.status(), layout, result.prediction(), result.failures());
  }

  Calls calls() {
    return new Calls(key.plate(), key.acquisition(), calls.groups());
  }

  Calls calls(Collection<Spot> spots) {
    return new Calls(key.plate(), key.acquisition(), calls.groups(spots));
  }

  /** By timepoint. */
  List<Quality> qualities() {
    return quality.values().stream().map(QualitySeries::snapshot).toList();
  }

  /** The last word on some timepoints; those without one are left out. */
  List<Quality> newestQualities(Set<Integer> timepoints) {
    return quality.entrySet().stream()
        .filter(entry -> timepoints.contains(entry.getKey()))
        .map(entry -> entry.getValue().newest())
        .toList();
  }

  /** The calls in the order of the plate; where none was made, the predicted classes in their stead. */
  List<Called> called() {
    List<Called> made = calls.all();
    if (!made.isEmpty()) {
      return made;
    }
    List<Called> predicted = new ArrayList<>();
    results.forEach(
        (spot, result) -> {
          Prediction prediction = result.prediction();
          if (prediction != null) {
            predicted.add(predicted(spot, prediction));
          }
        });
    return predicted;
  }

  private Called predicted(Spot spot, Prediction p) {
    CallBasis basis = new CallBasis(PREDICTED_CLASS, "", "", "", "", null, p.modelName(), p.modelVersion());
    LayoutWell layout = content.at(spot.well());
    WellCall call =
        new WellCall(
            spot.well().toString(), spot.timepoint(), sequence, p.revision(), "", p.hit(), null, p.hitLogit(), p.hitProbability(),
            null, null, null, null, null,
            layout == null ? null : layout.role(),
            layout == null ? null : layout.treatment(),
            layout == null ? null : layout.concentration(),
            layout == null ? null : layout.unit(),
            false, p.topChannel(), p.flags());
    return new Called(basis, call);
  }

  private void acquired(@Nullable Instant at) {
    if (at != null && (lastAcquiredAt == null || at.isAfter(lastAcquiredAt))) {
      lastAcquiredAt = at;
    }
  }

  private List<WellCell> hits() {
    List<Spot> hits = new ArrayList<>();
    results.forEach(
        (spot, result) -> {
          if (result.isHit() && !content.isControl(spot.well())) {
            hits.add(spot);
          }
        });
    List<WellCell> cells = cells(hits);
    cells.sort(Comparator.comparing(WellCell::hitLogit, Comparator.nullsLast(Comparator.reverseOrder())));
    return cells;
  }

  private int timepoints() {
    int announced = acquisition == null ? 1 : Math.max(1, acquisition.getTimepoints());
    int seen = 0;
    for (Spot spot : results.keySet()) {
      seen = Math.max(seen, spot.timepoint() + 1);
    }
    return Math.max(announced, seen);
  }

  /** Rows and columns: as announced, else as the layout says, else the smallest format; never smaller than what was seen. */
  private int[] size() {
    int rows = acquisition != null ? acquisition.getRows() : content.rows();
    int columns = acquisition != null ? acquisition.getColumns() : content.columns();
    List<WellAddress> wells = results.keySet().stream().map(Spot::well).toList();
    boolean outside = wells.stream().anyMatch(w -> w.row() >= rows || w.column() >= columns);
    if (outside || rows == 0) {
      PlateFormat format = wells.isEmpty() ? PlateFormat.WELLS_96 : PlateFormat.holding(wells);
      return new int[] {Math.max(rows, format.rows()), Math.max(columns, format.columns())};
    }
    return new int[] {rows, columns};
  }

  private WellResult result(Spot spot) {
    WellResult known = results.get(spot);
    if (known == null && results.size() >= MAX_RESULTS) {
      throw new IllegalArgumentException("more than " + MAX_RESULTS + " results of plate " + key);
    }
    return known == null ? new WellResult() : known;
  }

  private @Nullable Spot keep(Spot spot, WellResult result, boolean changed, Instant imageAt) {
    results.put(spot, result);
    sequence++;
    if (lastImageAt == null || imageAt.isAfter(lastImageAt)) {
      lastImageAt = imageAt;
    }
    return changed ? spot : null;
  }

  private static Spot spot(String well, int timepoint) {
    if (timepoint < 0 || timepoint >= MAX_RESULTS) {
      throw new IllegalArgumentException("timepoint " + timepoint);
    }
    return new Spot(timepoint, WellAddress.parse(well));
  }
}
