package io.dcmix.app.dashboard;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What changes anything, log-in included, comes from this page or from a program, never from another site in somebody's browser.
 * Browsers say where a request comes from ({@code Sec-Fetch-Site}, {@code Origin}) and let no page change that.
 */
@ServerFilter("/**")
final class SameOrigin {
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

  @RequestFilter
  @Nullable MutableHttpResponse<?> check(HttpRequest<?> request) {
    if (READS.contains(request.getMethodName()) || isOwn(request.getHeaders())) {
      return null;
    }
    return Refusals.problem(HttpStatus.FORBIDDEN, "This request comes from another site");
  }

  private static boolean isOwn(HttpHeaders headers) {
    String site = headers.get("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin") || site.equals("none");
    }
    String origin = headers.get(HttpHeaders.ORIGIN);
    return origin == null || isAt(origin, headers.get(HttpHeaders.HOST));
  }

  private static boolean isAt(String origin, @Nullable String host) {
    try {
      return host != null && host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
