package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Quality;
import io.dcmix.app.dashboard.Api.QualityPoint;
import io.dcmix.schema.event.PlateQuality;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The quality of one run at one timepoint, now and as the wells came, in bounded memory. A point belongs to a number of wells
 * seen, so that reading a topic again draws the same line; when there are too many, every second is given up and from then on
 * only multiples of twice the step are kept, besides the newest.
 */
final class QualitySeries {
  private final int limit;
  private final NavigableMap<Integer, QualityPoint> points = new TreeMap<>();
  private int step = 1;
  private PlateQuality latest;
  private long sequence;

  /**
   * Starts with a first word.
   *
   * @param limit most points kept, at least 2
   */
  QualitySeries(PlateQuality first, long sequence, int limit) {
    this.limit = limit;
    this.latest = first;
    add(first, sequence);
  }

  void add(PlateQuality event, long at) {
    latest = event;
    sequence = at;
    int wells = event.getWellsSeen();
    boolean newest = points.isEmpty() || wells >= points.lastKey();
    if (!newest && wells % step != 0) {
      return;
    }
    if (newest && !points.isEmpty() && points.lastKey() % step != 0) {
      points.pollLastEntry();
    }
    points.put(wells, new QualityPoint(wells, Numbers.finite(event.getZPrime()), Numbers.finite(event.getHitRate())));
    while (points.size() > limit) {
      step *= 2;
      int last = points.lastKey();
      points.keySet().removeIf(key -> key % step != 0 && key != last);
    }
  }

  /** The last word and all points. */
  Quality snapshot() {
    return quality(List.copyOf(points.values()));
  }

  /** The last word and its own point. */
  Quality newest() {
    QualityPoint point = points.get(latest.getWellsSeen());
    return quality(point == null ? List.of() : List.of(point));
  }

  private Quality quality(List<QualityPoint> history) {
    PlateQuality q = latest;
    return new Quality(
        q.getPlate(),
        q.getAcquisition(),
        q.getTimepoint(),
        sequence,
        q.getStatus().name(),
        q.getVerdict().name(),
        q.getWellsExpected(),
        q.getWellsSeen(),
        q.getWellsFailed(),
        q.getWellsPartial(),
        q.getWellsNoCells(),
        q.getFocusFailures(),
        q.getUnmapped(),
        q.getPositiveControls(),
        q.getNegativeControls(),
        q.getHits(),
        Numbers.finite(q.getHitRate()),
        Numbers.finite(q.getZPrime()),
        Numbers.finite(q.getRobustZPrime()),
        Numbers.finite(q.getSsmd()),
        Numbers.finite(q.getCvPositive()),
        Numbers.finite(q.getCvNegative()),
        Numbers.finite(q.getEdgeEffect()),
        Collections.unmodifiableMap(new TreeMap<>(q.getUndefined())),
        q.getControlsMirrored(),
        q.getRules(),
        q.getLayoutSource(),
        history);
  }
}
