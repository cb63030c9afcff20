package io.dcmix.app.dashboard;

import io.dcmix.app.access.Access;
import io.dcmix.app.access.Gate;
import io.dcmix.app.access.Gate.Answer;
import io.dcmix.app.access.OpenId;
import io.dcmix.app.access.OpenId.RefusedException;
import io.dcmix.app.access.Session;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.cookie.SameSite;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Logging in and out. */
@Controller
@Requires(property = DashboardServer.ASKS, value = "true")
final class LoginController {
  private static final URI PAGE = URI.create("/");
  private static final URI LOGIN = URI.create("/login");
  private static final String UNDER_WAY = "dcmix-oidc";

  private final Access access;
  private final Gate gate;
  private final LoginPage page;
  private final @Nullable OpenId openId;

  LoginController(Access access, Gate gate) {
    this.access = access;
    this.gate = gate;
    this.openId = gate.openId();
    this.page = new LoginPage(access.users() != null, openId != null);
  }

  @Says(value = "The log-in page", status = {200, 303})
  @Get("/login")
  @Produces(MediaType.TEXT_HTML)
  HttpResponse<?> page(HttpRequest<?> request) {
    return Callers.session(request) == null ? html(HttpStatus.OK, page.with("", "")) : HttpResponse.seeOther(PAGE);
  }

  /** @param form name and password */
  @Says(value = "Logs in with name and password", status = 303)
  @Post("/login")
  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Produces(MediaType.TEXT_HTML)
  @ExecuteOn(TaskExecutors.BLOCKING)
  HttpResponse<?> login(HttpRequest<?> request, @Body Map<String, String> form) {
    String name = form.getOrDefault("name", "").strip();
    char[] password = form.getOrDefault("password", "").toCharArray();
    return switch (gate.enter(name, password, request.getRemoteAddress().getAddress())) {
      case Answer.Granted(Session session) -> HttpResponse.seeOther(PAGE).cookie(cookie(session));
      case Answer.Wrong _ -> html(HttpStatus.UNAUTHORIZED, page.with("There is no such user with that password.", name));
      case Answer.Wait(Duration atLeast) -> {
        var wait = new TooManyAttempts(atLeast);
        yield html(HttpStatus.TOO_MANY_REQUESTS, page.with(wait.getMessage() + ".", name)).header(HttpHeaders.RETRY_AFTER, wait.retryAfter());
      }
    };
  }

  @Says(value = "Logs out", status = 303)
  @Post("/logout")
  @Consumes(MediaType.ALL)
  HttpResponse<?> logout() {
    return HttpResponse.seeOther(LOGIN).cookie(strict(Callers.COOKIE, "", Duration.ZERO));
  }

  /** To the issuer. */
  @Says(value = "Begins a log-in at the issuer", status = 303)
  @Get("/oidc/login")
  @ExecuteOn(TaskExecutors.BLOCKING)
  HttpResponse<?> begin() {
    if (openId == null) {
      return HttpResponse.seeOther(LOGIN);
    }
    try {
      OpenId.Start start = openId.start();
      // Comes back with a step from the issuer's site, which takes no strict cookie along.
      return HttpResponse.seeOther(start.to()).cookie(strict(UNDER_WAY, start.pending(), OpenId.UNDER_WAY).sameSite(SameSite.Lax).path("/oidc"));
    } catch (RefusedException e) {
      return html(HttpStatus.BAD_GATEWAY, page.with(String.valueOf(e.getMessage()), ""));
    }
  }

  /** Back from the issuer. */
  @Says("Ends a log-in at the issuer")
  @Get("/oidc/callback")
  @Produces(MediaType.TEXT_HTML)
  @ExecuteOn(TaskExecutors.BLOCKING)
  HttpResponse<?> end(HttpRequest<?> request) {
    if (openId == null) {
      return HttpResponse.seeOther(LOGIN);
    }
    Cookie done = strict(UNDER_WAY, "", Duration.ZERO).path("/oidc");
    try {
      String pending = request.getCookies().findCookie(UNDER_WAY).map(Cookie::getValue).orElse("");
      Session session = gate.admit(openId.finish(pending, String.valueOf(request.getUri().getRawQuery())));
      return html(HttpStatus.OK, LoginPage.onward()).cookie(cookie(session)).cookie(done);
    } catch (RefusedException e) {
      return html(HttpStatus.FORBIDDEN, page.with(String.valueOf(e.getMessage()), "")).cookie(done);
    }
  }

  private Cookie cookie(Session session) {
    return strict(Callers.COOKIE, gate.token(session), gate.remaining(session));
  }

  private Cookie strict(String name, String value, Duration age) {
    return Cookie.of(name, value).path("/").httpOnly(true).sameSite(SameSite.Strict).secure(access.secureCookies()).maxAge(age);
  }

  private static MutableHttpResponse<String> html(HttpStatus status, String page) {
    return HttpResponse.<String>status(status).contentType("text/html; charset=utf-8").body(page);
  }
}
