package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Health;
import io.dcmix.app.dashboard.Api.HealthPart;
import io.dcmix.streams.Readiness;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.List;

/**
 * For whoever restarts or routes: alive means that HTTP answers, ready that the process does its work. Everybody may ask,
 * and those who have not logged in hear no detail.
 */
@Controller("/health")
final class HealthController {
  private final DashboardConfig config;

  HealthController(DashboardConfig config) {
    this.config = config;
  }

  @Says(value = "Whether the process does its work", status = {200, 503})
  @Get("{/readiness:readiness}")
  HttpResponse<Health> readiness(HttpRequest<?> request) {
    Readiness readiness = config.readiness().get();
    boolean known = config.access().isOpen() || Callers.session(request) != null;
    List<HealthPart> parts = !known ? List.of()
        : readiness.parts().stream().map(part -> new HealthPart(part.name(), status(part.ready()), part.detail())).toList();
    return HttpResponse.<Health>status(readiness.ready() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(new Health(status(readiness.ready()), parts));
  }

  @Says("Whether HTTP answers")
  @Get("/liveness")
  Health liveness() {
    return new Health("UP", List.of());
  }

  private static String status(boolean up) {
    return up ? "UP" : "DOWN";
  }
}
