package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Problem;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.security.authentication.AuthorizationException;
import io.micronaut.security.authentication.DefaultAuthorizationExceptionHandler;
import jakarta.inject.Singleton;
import java.net.URI;

/** Who may not come in: a browser goes to the log-in page, everybody else gets 401 (say who you are) or 403 (you may not). */
@Singleton
@Replaces(DefaultAuthorizationExceptionHandler.class)
final class Refusals implements ExceptionHandler<AuthorizationException, MutableHttpResponse<?>> {
  private static final URI LOGIN = URI.create("/login");

  @Override
  @SuppressWarnings("rawtypes") // as the interface has it
  public MutableHttpResponse<?> handle(HttpRequest request, AuthorizationException refused) {
    if (refused.isForbidden()) {
      return problem(HttpStatus.FORBIDDEN, "This asks for the role operator");
    }
    if (request.getMethod() == HttpMethod.GET && ((HttpRequest<?>) request).accept().contains(MediaType.TEXT_HTML_TYPE)) {
      return HttpResponse.seeOther(LOGIN);
    }
    MutableHttpResponse<Problem> problem = problem(HttpStatus.UNAUTHORIZED, "Log in at /login, or send name and password (HTTP Basic)");
    // A browser that is asked for Basic shows a window of its own instead of the page's.
    return request.getHeaders().contains("Sec-Fetch-Mode") ? problem : problem.header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"dcmix\", charset=\"UTF-8\"");
  }

  static MutableHttpResponse<Problem> problem(HttpStatus status, String message) {
    return HttpResponse.<Problem>status(status).contentType(MediaType.APPLICATION_JSON_TYPE).body(new Problem(status.getCode(), message));
  }
}
