package io.dcmix.bench;

import io.dcmix.bench.BenchReport.Bar;
import io.dcmix.bench.BenchReport.Figures;
import io.dcmix.bench.BenchReport.Latency;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the figures should be. The ratios are meant for two cores without a GPU, the broker on the same cores. Pure. */
final class Bars {
  /** Least that state may cost: pointers and scores, never pixels. */
  static final double CHANGELOG = 0.01;

  /** Memory must not grow with the number of plates. */
  static final double MEMORY_GROWTH = 1.1;

  /** What network, polls and the scheduler may add to a latency, ms. */
  static final double LATENCY_MARGIN = 100;

  private Bars() {}

  /** Holds the figures that were measured against what they should be. */
  static List<Bar> of(Workload workload, Figures f) {
    List<Bar> bars = new ArrayList<>();
    Double ratio = f.ratio();
    Double least = workload.ratioBar();
    if (ratio != null && least != null) {
      bars.add(new Bar("ratio", ratio, true, least, workload.ratioAim(), ratio >= least));
    }
    atMost(bars, "changelogBytesPerImageByte", f.changelogBytesPerImageByte(), CHANGELOG);
    Latency latency = f.latencyMillis();
    Double batch = f.batchMillis();
    if (latency != null && batch != null) {
      atMost(bars, "latencyMillis.p99", latency.p99(), f.maxDelayMillis() + 2 * batch + 2 * f.commitMillis() + LATENCY_MARGIN);
    }
    Double two = f.rssAfterTwoPlatesMiB();
    if (two != null) {
      atMost(bars, "rssAfterTenPlatesMiB", f.rssAfterTenPlatesMiB(), MEMORY_GROWTH * two);
    }
    return bars;
  }

  private static void atMost(List<Bar> bars, String figure, @Nullable Double value, double limit) {
    if (value != null) {
      bars.add(new Bar(figure, value, false, limit, null, value <= limit));
    }
  }
}
