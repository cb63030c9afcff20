package io.dcmix.streams.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.scoring.ScoringMeter.Usage;
import io.dcmix.schema.event.WellFlag;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ScoringMetersTest {
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final ScoringMeters meters = new ScoringMeters(registry);

  @Test
  void countPlanesBytesAndTimes() {
    meters.decoded(2_000_000, 700);
    meters.decoded(4_000_000, 300);
    meters.queued(5_000_000);
    meters.evicted();
    meters.readAgain(300);
    meters.readAgain(11);
    assertThat(registry.get(Meters.DECODE.id()).timer().count()).isEqualTo(2);
    assertThat(registry.get(Meters.DECODE.id()).timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(6);
    assertThat(counter(Meters.DECODED)).isEqualTo(1000);
    assertThat(registry.get(Meters.QUEUE_WAIT.id()).timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(5);
    assertThat(counter(Meters.EVICTIONS)).isEqualTo(1);
    assertThat(counter(Meters.REREADS)).isEqualTo(2);
    assertThat(counter(Meters.REREAD)).isEqualTo(311);
  }

  @Test
  void countMeasuredImagesAndWhatIsWrongWithThem() {
    meters.measured(100_000, Set.of());
    meters.measured(300_000, Set.of(WellFlag.SATURATED_CHANNEL, WellFlag.BLURRED));
    assertThat(registry.get(Meters.MEASURE.id()).timer().count()).isEqualTo(2);
    assertThat(registry.get(Meters.MEASURE.id()).timer().totalTime(TimeUnit.MICROSECONDS)).isEqualTo(400);
    assertThat(registry.get(Meters.BAD_IMAGES.id()).tag("defect", "blank_channel").counter().count()).isZero();
    assertThat(registry.get(Meters.BAD_IMAGES.id()).tag("defect", "saturated_channel").counter().count()).isEqualTo(1);
    assertThat(registry.get(Meters.BAD_IMAGES.id()).tag("defect", "blurred").counter().count()).isEqualTo(1);
  }

  @Test
  void keepTheDevicesApart() {
    meters.ran("cuda:0", 16, 8_000_000);
    meters.ran("cuda:0", 8, 6_000_000);
    meters.ran("cuda:1", 4, 1_000_000);
    assertThat(registry.get(Meters.BATCH_SITES.id()).tag("device", "cuda:0").summary().mean()).isEqualTo(12);
    assertThat(registry.get(Meters.INFERENCE.id()).tag("device", "cuda:0").timer().count()).isEqualTo(2);
    assertThat(registry.get(Meters.INFERENCE.id()).tag("device", "cuda:1").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(1);
  }

  @Test
  void showWhatTheScorerHoldsAtTheMomentOfTheScrape() {
    AtomicReference<Usage> now = new AtomicReference<>(new Usage(1000, 10, 1, 2));
    meters.watch(now::get);
    now.set(new Usage(1000, 600, 3, 4));
    assertThat(gauge(Meters.POOL_LIMIT)).isEqualTo(1000);
    assertThat(gauge(Meters.POOL_USED)).isEqualTo(600);
    assertThat(gauge(Meters.SITES_SCORING)).isEqualTo(3);
    assertThat(gauge(Meters.SITES_INCOMPLETE)).isEqualTo(4);
  }

  @Test
  void tellWhetherTheCpuStandsInForAGpu() {
    InstanceMeters.fallback(registry, true);
    assertThat(gauge(Meters.DEVICE_FALLBACK)).isEqualTo(1);
    MeterRegistry other = new SimpleMeterRegistry();
    InstanceMeters.fallback(other, false);
    assertThat(other.get(Meters.DEVICE_FALLBACK.id()).gauge().value()).isZero();
  }

  private double counter(Meters meter) {
    return registry.get(meter.id()).counter().count();
  }

  private double gauge(Meters meter) {
    return registry.get(meter.id()).gauge().value();
  }
}
