package io.dcmix.app.dashboard;

import io.dcmix.app.access.Access;
import io.dcmix.app.access.Gate;
import io.dcmix.app.access.Gate.Answer;
import io.dcmix.app.access.Session;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.authentication.BasicAuthUtils;
import io.micronaut.security.authentication.UsernamePasswordCredentials;
import io.micronaut.security.filters.AuthenticationFetcher;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Who sends a request: by the session's cookie, or, for scripts, by name and password with each request (HTTP Basic, RFC 7617). */
@Singleton
final class Callers implements AuthenticationFetcher<HttpRequest<?>> {
  /** The cookie with the session. */
  static final String COOKIE = "dcmix-session";

  private static final String SESSION = "session";

  private final Gate gate;
  private final boolean passwords;
  private final ExecutorService blocking;

  Callers(Gate gate, Access access, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
    this.gate = gate;
    this.passwords = access.users() != null;
    this.blocking = blocking;
  }

  @Override
  public Publisher<Authentication> fetchAuthentication(HttpRequest<?> request) {
    Session known = request.getCookies().findCookie(COOKIE).map(Cookie::getValue).map(gate::recognise).orElse(null);
    if (known != null) {
      return Mono.just(authentication(known));
    }
    Optional<UsernamePasswordCredentials> basic =
        passwords ? request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION).flatMap(BasicAuthUtils::parseCredentials) : Optional.empty();
    return basic.map(given -> Mono.fromCallable(() -> enter(given, request)).subscribeOn(Schedulers.fromExecutorService(blocking))).orElseGet(Mono::empty);
  }

  private @Nullable Authentication enter(UsernamePasswordCredentials given, HttpRequest<?> request) {
    Answer answer = gate.enter(given.getUsername(), given.getPassword().toCharArray(), request.getRemoteAddress().getAddress());
    return switch (answer) {
      case Answer.Granted(Session session) -> authentication(session);
      case Answer.Wrong _ -> null;
      case Answer.Wait(var atLeast) -> throw new TooManyAttempts(atLeast);
    };
  }

  private static Authentication authentication(Session session) {
    return Authentication.build(session.user(), List.of(session.role().name()), Map.of(SESSION, session));
  }

  /** The session of a request; null if nobody is asked, or nobody is there. */
  static @Nullable Session session(HttpRequest<?> request) {
    return request.getUserPrincipal(Authentication.class).map(caller -> (Session) caller.getAttributes().get(SESSION)).orElse(null);
  }
}
