package io.dcmix.streams.metrics;

import io.dcmix.streams.trace.SpanMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts the spans of a lane's traces, from 0 on, also where there are none. */
public final class SpanMeters implements SpanMeter {
  private final Counter exported;
  private final Counter dropped;

  public SpanMeters(MeterRegistry registry) {
    exported = Registered.counter(registry, Meters.SPANS_EXPORTED);
    dropped = Registered.counter(registry, Meters.SPANS_DROPPED);
  }

  @Override
  public void exported(int spans) {
    exported.increment(spans);
  }

  @Override
  public void dropped(int spans) {
    dropped.increment(spans);
  }
}
