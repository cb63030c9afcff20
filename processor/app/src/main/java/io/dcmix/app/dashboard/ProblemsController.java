package io.dcmix.app.dashboard;

import io.dcmix.app.dashboard.Api.Problem;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.exceptions.HttpStatusException;

/** Every failure is JSON with a sentence for people. */
@Controller
final class ProblemsController {
  @Error(global = true, status = HttpStatus.NOT_FOUND)
  HttpResponse<Problem> notFound(HttpRequest<?> request) {
    return problem(HttpStatus.NOT_FOUND, "Nothing is at " + request.getPath());
  }

  @Error(global = true)
  HttpResponse<Problem> failed(HttpRequest<?> request, HttpStatusException failure) {
    String message = failure.getMessage();
    return problem(failure.getStatus(), message == null ? failure.getStatus().getReason() : message);
  }

  private static HttpResponse<Problem> problem(HttpStatus status, String message) {
    return HttpResponse.<Problem>status(status)
        .contentType(MediaType.APPLICATION_JSON_TYPE)
        .body(new Problem(status.getCode(), message));
  }
}
