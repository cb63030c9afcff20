package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Alerts;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/** What needs a person, over all runs. */
@Controller("/api/alerts")
final class AlertsController {
  private final ScreeningView view;

  AlertsController(ScreeningView view) {
    this.view = view;
  }

  @Says("What needs somebody, over all runs")
  @Get
  Alerts alerts() {
    return view.alerts();
  }
}
