package io.dcmix.deploy;

import io.dcmix.app.run.Metrics;
import io.dcmix.streams.metrics.DecisionMeters;
import io.dcmix.streams.metrics.Meters;
import io.dcmix.streams.metrics.ScoringMeters;
import io.dcmix.streams.metrics.StageMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a processor answers a scrape with: names, labels and their values. Made by the meters of the code themselves; only those that
 * ask Kafka Streams stand here as their definitions say.
 */
final class Exported {
  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][\\w:]*)\\{(.*)\\} \\S+$");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private Exported() {}

  /** The answer of a process with a lane {@code screening} on a CPU. */
  static String scrape() {
    try (Metrics metrics = new Metrics("screening")) {
      MeterRegistry lane = metrics.lane("screening");
      var _ = new StageMeters(lane);
      var _ = new DecisionMeters(lane);
      ScoringMeters scoring = new ScoringMeters(lane);
      scoring.ran("cpu", 1, 1);
      String first = metrics.scrape();
      for (Meters meter : Meters.values()) {
        if (!first.contains("# TYPE " + meter.prometheusName() + " ")) {
          Tags labels = Tags.of(meter.labels().stream().map(label -> Tag.of(label, "x")).toList());
          switch (meter.kind()) {
            case GAUGE -> Gauge.builder(meter.id(), () -> 1).description(meter.description()).baseUnit(meter.unit()).tags(labels).register(lane);
            case COUNTER -> Counter.builder(meter.id()).description(meter.description()).baseUnit(meter.unit()).tags(labels).register(lane);
            case TIMER, SUMMARY -> throw new AssertionError(meter + " is registered by none of these classes");
          }
        }
      }
      // The pauses are there from the first collection on, which is told on a thread of the JVM's own.
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!metrics.scrape().contains("jvm_gc_pause_seconds_sum") && System.nanoTime() < deadline) {
        System.gc();
      }
      return metrics.scrape();
    }
  }

  /** By name of a series, by label, the values that occur. */
  static Map<String, Map<String, Set<String>>> series(String scrape) {
    Map<String, Map<String, Set<String>>> series = new HashMap<>();
    Matcher sample = SAMPLE.matcher(scrape);
    while (sample.find()) {
      Map<String, Set<String>> labels = series.computeIfAbsent(sample.group(1), name -> new HashMap<>());
      Matcher label = LABEL.matcher(sample.group(2));
      while (label.find()) {
        labels.computeIfAbsent(label.group(1), name -> new HashSet<>()).add(label.group(2));
      }
    }
    return series;
  }
}
