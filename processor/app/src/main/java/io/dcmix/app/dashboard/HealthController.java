package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Health;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/** For whoever restarts or routes: alive means that HTTP answers, ready that the process does its work. */
@Controller("/health")
final class HealthController {
  private final DashboardConfig config;

  HealthController(DashboardConfig config) {
    this.config = config;
  }

  @Get("{/readiness:readiness}")
  HttpResponse<Health> readiness() {
    return config.ready().getAsBoolean()
        ? HttpResponse.ok(new Health("UP"))
        : HttpResponse.<Health>status(HttpStatus.SERVICE_UNAVAILABLE).body(new Health("DOWN"));
  }

  @Get("/liveness")
  Health liveness() {
    return new Health("UP");
  }
}
