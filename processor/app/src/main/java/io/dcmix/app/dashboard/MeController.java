package io.dcmix.app.dashboard;

import io.dcmix.app.access.Access;
import io.dcmix.app.access.Role;
import io.dcmix.app.access.Session;
import io.dcmix.app.dashboard.Api.Me;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/** Who asks. */
@Controller("/api/me")
final class MeController {
  private final Access access;

  MeController(Access access) {
    this.access = access;
  }

  @Says("Who asks")
  @Get
  Me me(HttpRequest<?> request) {
    Session session = Callers.session(request);
    if (session == null) {
      return new Me(null, access.isOpen() ? Role.OPERATOR : null, "NONE", null);
    }
    return new Me(session.user(), session.role(), session.by().name(), session.ends());
  }
}
