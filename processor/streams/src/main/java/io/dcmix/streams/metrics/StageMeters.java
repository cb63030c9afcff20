package io.dcmix.streams.metrics;

import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.WellFlag;
import io.dcmix.streams.well.DeadLetterReason;
import io.dcmix.streams.well.StageMeter;
import io.dcmix.streams.well.WellOutput;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the well stages of all tasks hold and forward. Every reason has its counter from the start, so that the first
 * failure is an increase and not a new series.
 *
 * <p>Threading: called from all stream threads.
 */
public final class StageMeters implements StageMeter {
  private final Counter predictions;
  private final Timer latency;
  private final Map<FailureReason, Counter> failedWells = new EnumMap<>(FailureReason.class);
  private final Map<FailureReason, Counter> failedSites = new EnumMap<>(FailureReason.class);
  private final Map<WellFlag, Counter> flags = new EnumMap<>(WellFlag.class);
  private final Map<DeadLetterReason, Counter> deadLetters = new EnumMap<>(DeadLetterReason.class);
  private final Set<TaskCounts> tasks = ConcurrentHashMap.newKeySet();

  public StageMeters(MeterRegistry registry) {
    predictions = Registered.counter(registry, Meters.PREDICTIONS);
    latency = Registered.timer(Meters.LATENCY)
        .serviceLevelObjectives(Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1),
            Duration.ofMillis(2500), Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10))
        .register(registry);
    for (FailureReason reason : FailureReason.values()) {
      failedWells.put(reason, Registered.counter(registry, Meters.FAILURES, "scope", "well", "reason", label(reason)));
      failedSites.put(reason, Registered.counter(registry, Meters.FAILURES, "scope", "site", "reason", label(reason)));
    }
    for (WellFlag flag : WellFlag.values()) {
      flags.put(flag, Registered.counter(registry, Meters.FLAGS, "flag", label(flag)));
    }
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      deadLetters.put(reason, Registered.counter(registry, Meters.DEAD_LETTERS, "reason", label(reason)));
    }
    Registered.gauge(registry, Meters.WELLS_PENDING, () -> sum(counts -> counts.pendingWells));
    Registered.gauge(registry, Meters.SITES_WAITING, () -> sum(counts -> counts.waitingSites));
  }

  private static void increment(@Nullable Counter counter) {
    if (counter != null) {
      counter.increment();
    }
  }

  private static String label(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  private int sum(ToIntFunction<TaskCounts> count) {
    return tasks.stream().mapToInt(count).sum();
  }

  @Override
  public Task task() {
    TaskCounts counts = new TaskCounts();
    tasks.add(counts);
    return counts;
  }

  @Override
  public void forwarded(WellOutput output, long nowMillis) {
    switch (output) {
      case WellOutput.Predicted(var prediction, _, _) -> {
        predictions.increment();
        prediction.getFlags().forEach(flag -> increment(flags.get(flag)));
        Duration since = Duration.between(prediction.getLastImageAt(), Instant.ofEpochMilli(nowMillis));
        latency.record(since.isNegative() ? Duration.ZERO : since); // The broker's clock may be ahead of ours.
      }
      case WellOutput.Failed(var failure, _) -> {
        increment((failure.getSite() == null ? failedWells : failedSites).get(failure.getReason()));
      }
      case WellOutput.Dead _ -> {}
    }
  }

  @Override
  public void deadLetter(DeadLetterReason reason) {
    increment(deadLetters.get(reason));
  }

  /** Written by the task's stream thread, read by whoever scrapes. */
  private final class TaskCounts implements Task {
    private volatile int pendingWells;
    private volatile int waitingSites;

    @Override
    public void holds(int wells, int sites) {
      pendingWells = wells;
      waitingSites = sites;
    }

    @Override
    public void close() {
      tasks.remove(this);
    }
  }
}
