package io.dcmix.streams.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;

/** Makes a meter of its definition. Label values come in pairs: name, value. */
final class Registered {
  private Registered() {}

  static Counter counter(MeterRegistry registry, Meters meter, String... labels) {
    return Counter.builder(meter.id()).description(meter.description()).baseUnit(meter.unit()).tags(labels).register(registry);
  }

  static Timer.Builder timer(Meters meter, String... labels) {
    return Timer.builder(meter.id()).description(meter.description()).tags(labels);
  }

  static DistributionSummary summary(MeterRegistry registry, Meters meter, String... labels) {
    return DistributionSummary.builder(meter.id()).description(meter.description()).baseUnit(meter.unit()).tags(labels).register(registry);
  }

  static void gauge(MeterRegistry registry, Meters meter, Supplier<Number> value, String... labels) {
    Gauge.builder(meter.id(), value).description(meter.description()).baseUnit(meter.unit()).tags(labels).register(registry);
  }
}
