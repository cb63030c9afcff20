package io.dcmix.app.dashboard;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/** The process's metrics, for Prometheus. */
@Controller("/prometheus")
final class MetricsController {
  private static final String PROMETHEUS_TEXT = "text/plain;version=0.0.4;charset=utf-8";

  private final DashboardConfig config;

  MetricsController(DashboardConfig config) {
    this.config = config;
  }

  @Says("The process's metrics in Prometheus's text format")
  @Get(produces = PROMETHEUS_TEXT)
  String scrape() {
    return config.metrics().get();
  }
}
