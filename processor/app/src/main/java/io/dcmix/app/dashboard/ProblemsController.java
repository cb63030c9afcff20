package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Problem;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.exceptions.HttpStatusException;

/** Every failure is JSON with a sentence for people. */
@Controller
final class ProblemsController {
  @Error(global = true, status = HttpStatus.NOT_FOUND)
  HttpResponse<Problem> notFound(HttpRequest<?> request) {
    return Refusals.problem(HttpStatus.NOT_FOUND, "Nothing is at " + request.getPath());
  }

  @Error(global = true)
  HttpResponse<Problem> failed(HttpRequest<?> request, HttpStatusException failure) {
    String message = failure.getMessage();
    return Refusals.problem(failure.getStatus(), message == null ? failure.getStatus().getReason() : message);
  }

  @Error(global = true)
  HttpResponse<Problem> tooMany(TooManyAttempts wait) {
    return Refusals.problem(HttpStatus.TOO_MANY_REQUESTS, String.valueOf(wait.getMessage())).header(HttpHeaders.RETRY_AFTER, wait.retryAfter());
  }
}
