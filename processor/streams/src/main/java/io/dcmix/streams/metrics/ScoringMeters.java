package io.dcmix.streams.metrics;

import io.dcmix.core.scoring.ScoringMeter;
import io.dcmix.schema.event.WellFlag;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Counts and times what happens behind the scorer.
 *
 * <p>Threading: called from all scoring and stream threads; Micrometer's meters are made for that.
 */
public final class ScoringMeters implements ScoringMeter {
  private final MeterRegistry registry;
  private final Timer decode;
  private final Counter decodedBytes;
  private final Timer measure;
  private final Map<WellFlag, Counter> badImages = new EnumMap<>(WellFlag.class);
  private final Timer queueWait;
  private final Counter evictions;
  private final Counter rereads;
  private final Counter rereadBytes;
  private final Map<String, Runs> runs = new ConcurrentHashMap<>();

  private record Runs(Timer time, DistributionSummary sites) {}

  public ScoringMeters(MeterRegistry registry) {
    this.registry = registry;
    decode = Registered.timer(Meters.DECODE).register(registry);
    decodedBytes = Registered.counter(registry, Meters.DECODED);
    measure = Registered.timer(Meters.MEASURE).register(registry);
    for (WellFlag defect : List.of(WellFlag.BLANK_CHANNEL, WellFlag.SATURATED_CHANNEL, WellFlag.BLURRED)) {
      badImages.put(defect, Registered.counter(registry, Meters.BAD_IMAGES, "defect", defect.name().toLowerCase(Locale.ROOT)));
    }
    queueWait = Registered.timer(Meters.QUEUE_WAIT)
        .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(10))
        .register(registry);
    evictions = Registered.counter(registry, Meters.EVICTIONS);
    rereads = Registered.counter(registry, Meters.REREADS);
    rereadBytes = Registered.counter(registry, Meters.REREAD);
  }

  /** Shows what the scorer holds, asked at each scrape. */
  public void watch(Supplier<Usage> usage) {
    Registered.gauge(registry, Meters.POOL_USED, () -> usage.get().usedBytes());
    Registered.gauge(registry, Meters.POOL_LIMIT, () -> usage.get().poolBytes());
    Registered.gauge(registry, Meters.SITES_SCORING, () -> usage.get().completeSites());
    Registered.gauge(registry, Meters.SITES_INCOMPLETE, () -> usage.get().incompleteSites());
  }

  @Override
  public void decoded(long nanos, long payloadBytes) {
    decode.record(nanos, TimeUnit.NANOSECONDS);
    decodedBytes.increment((double) payloadBytes);
  }

  @Override
  public void measured(long nanos, Set<WellFlag> defects) {
    measure.record(nanos, TimeUnit.NANOSECONDS);
    for (WellFlag defect : defects) {
      Counter counter = badImages.get(defect);
      if (counter != null) {
        counter.increment();
      }
    }
  }

  @Override
  public void queued(long nanos) {
    queueWait.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void ran(String device, int sites, long nanos) {
    Runs ofDevice = runs.computeIfAbsent(device, d -> new Runs(
        Registered.timer(Meters.INFERENCE, "device", d).register(registry), Registered.summary(registry, Meters.BATCH_SITES, "device", d)));
    ofDevice.time().record(nanos, TimeUnit.NANOSECONDS);
    ofDevice.sites().record(sites);
  }

  @Override
  public void evicted() {
    evictions.increment();
  }

  @Override
  public void readAgain(long payloadBytes) {
    rereads.increment();
    rereadBytes.increment((double) payloadBytes);
  }
}
