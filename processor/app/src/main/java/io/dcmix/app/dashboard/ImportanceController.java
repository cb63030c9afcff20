package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Importance;
import io.dcmix.app.dashboard.Api.Scopes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;

/** Channel importance by scope. */
@Controller("/api/importance")
final class ImportanceController {
  private final ScreeningView view;

  ImportanceController(ScreeningView view) {
    this.view = view;
  }

  /** @param scope as in the key of the topic: {@code all}, {@code class/hit}, {@code plate/P7/1} */
  @Says("Channel importance of a scope, now and over time")
  @Get
  Importance importance(@QueryValue(defaultValue = "all") String scope) {
    return view.importance(scope);
  }

  @Says("The scopes for which channel importance is known")
  @Get("/scopes")
  Scopes scopes() {
    return new Scopes(view.scopes(), view.scopeOfHits());
  }
}
