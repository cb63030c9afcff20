package io.dcmix.app.run;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;

/**
 * Where the meters of a process go: one registry for all its lanes, each meter with the label {@code lane}. Made before the streams start, and so before the web server, which only hands out what is
 * in it: results are counted from the first on.
 */
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /**
   * A registry with the meters of the JVM.
   *
   * @param lane the process's first lane, under which they stand
   */
  public Metrics(String lane) {
    MeterRegistry first = lane(lane);
    new JvmMemoryMetrics().bindTo(first);
    new JvmThreadMetrics().bindTo(first);
    new ProcessorMetrics().bindTo(first);
    new UptimeMetrics().bindTo(first);
    collections.bindTo(first);
  }

  /** Where the meters of a lane are registered, which get its name as their label. */
  public MeterRegistry lane(String lane) {
    CompositeMeterRegistry labelling = new CompositeMeterRegistry(Clock.SYSTEM, List.of(registry));
    labelling.config().commonTags("lane", lane);
    return labelling;
  }

  /** All meters in Prometheus's text format. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
