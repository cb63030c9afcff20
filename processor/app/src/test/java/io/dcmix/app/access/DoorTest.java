package io.dcmix.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoorTest {
  @ParameterizedTest
  @CsvSource({
    "GET, /health/liveness, OPEN", "GET, /health/readiness, OPEN", "GET, /login, OPEN", "POST, /login, OPEN", "POST, /logout, OPEN",
    "GET, /app.css, OPEN", "HEAD, /login, OPEN", "GET, /oidc/callback, OPEN",
    "GET, /, VIEWER", "GET, /app.js, VIEWER", "GET, /api/plates, VIEWER", "GET, /api/events, VIEWER", "GET, /prometheus, VIEWER", "GET, /nothing, VIEWER",
    "GET, /health/, VIEWER", "GET, /health/liveness/../../api/plates, VIEWER", "GET, //login, VIEWER", "GET, /LOGIN, VIEWER", "GET, /login;x, VIEWER",
    "POST, /api/plates, OPERATOR", "DELETE, /api/plates, OPERATOR", "PUT, /health/liveness, OPERATOR", "PATCH, /, OPERATOR", "get, /login, OPERATOR",
    "PROPFIND, /, OPERATOR"})
  void shouldOpenOnlyWhatIsNamed(String method, String path, Door door) {
    assertThat(Door.of(method, path, false)).isEqualTo(door);
  }

  @Test
  void shouldOpenTheMetricsWhereThatIsAskedForAndOnlyThem() {
    assertThat(Door.of("GET", "/prometheus", true)).isEqualTo(Door.OPEN);
    assertThat(Door.of("POST", "/prometheus", true)).isEqualTo(Door.OPERATOR);
    assertThat(Door.of("GET", "/api/plates", true)).isEqualTo(Door.VIEWER);
  }

  @Test
  void shouldLetViewersReadAndOperatorsDoEverything() {
    assertThat(Door.VIEWER.opensTo(Role.VIEWER)).isTrue();
    assertThat(Door.VIEWER.opensTo(Role.OPERATOR)).isTrue();
    assertThat(Door.OPERATOR.opensTo(Role.OPERATOR)).isTrue();
    assertThat(Door.OPERATOR.opensTo(Role.VIEWER)).isFalse();
  }
}
