package io.dcmix.app.dashboard;

import io.dcmix.app.access.Access;
import io.dcmix.app.access.Door;
import io.dcmix.app.access.Role;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.security.rules.SecurityRuleResult;
import jakarta.inject.Singleton;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Every request comes to its {@link Door}, and no other rule is asked. */
@Singleton
final class AccessRule implements SecurityRule<HttpRequest<?>> {
  private final boolean openMetrics;

  AccessRule(Access access) {
    this.openMetrics = access.openMetrics();
  }

  @Override
  public Publisher<SecurityRuleResult> check(HttpRequest<?> request, @Nullable Authentication authentication) {
    Door door = Door.of(request.getMethodName(), request.getPath(), openMetrics);
    boolean opens = door == Door.OPEN
        || (authentication != null && authentication.getRoles().stream().anyMatch(role -> door.opensTo(Role.valueOf(role))));
    return Mono.just(opens ? SecurityRuleResult.ALLOWED : SecurityRuleResult.REJECTED);
  }

  /** Before the rules that Micronaut brings. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
