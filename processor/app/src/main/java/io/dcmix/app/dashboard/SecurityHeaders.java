package io.dcmix.app.dashboard;

import io.dcmix.app.access.Access;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;

/** The page loads nothing from elsewhere, runs no inline script, and shows in nobody's frame. */
@ServerFilter("/**")
final class SecurityHeaders {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  /** No page before the log-in needs a script. */
  private static final String LOGIN_POLICY = POLICY.replace("script-src 'self'; ", "");

  /** Half a year, for this host alone: others below its domain are not ours to speak for. */
  private static final String HTTPS_ONLY = "max-age=15552000";

  private final Access access;

  SecurityHeaders(Access access) {
    this.access = access;
  }

  @ResponseFilter
  void protect(HttpRequest<?> request, MutableHttpResponse<?> response) {
    String path = request.getPath();
    boolean login = path.equals("/login") || path.equals("/logout") || path.startsWith("/oidc/");
    response
        .header("Content-Security-Policy", login ? LOGIN_POLICY : POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("X-Frame-Options", "DENY")
        // Not no-referrer: with it browsers say "Origin: null" of this page's own forms, and SameOrigin could not tell them from others'.
        .header("Referrer-Policy", "same-origin")
        .header("Cross-Origin-Resource-Policy", "same-origin");
    if (access.secureCookies()) {
      response.header("Strict-Transport-Security", HTTPS_ONLY);
    }
    if (!response.getHeaders().contains(HttpHeaders.CACHE_CONTROL)) {
      response.header(HttpHeaders.CACHE_CONTROL, login || path.startsWith("/api/") ? "no-store" : "no-cache");
    }
  }
}
