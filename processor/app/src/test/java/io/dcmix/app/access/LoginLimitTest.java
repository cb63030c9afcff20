package io.dcmix.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoginLimitTest {
  private static final Duration ZERO = Duration.ZERO;

  private Instant now = Instant.parse("2026-03-01T09:00:00Z");
  private final LoginLimit limit = new LoginLimit(() -> now, 1000);

  private static InetAddress at(String address) {
    return InetAddress.ofLiteral(address);
  }

  @Test
  void shouldLetFiveBeWrongAndThenDoubleTheWait() {
    for (int i = 0; i < 5; i++) {
      assertThat(limit.attempt("ada", at("10.0.0.1"))).isEqualTo(ZERO);
    }
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      assertThat(limit.attempt("ada", at("10.0.0.1"))).isEqualTo(ZERO);
      Duration wait = limit.attempt("ada", at("10.0.0.1"));
      waits.add(wait.toSeconds());
      now = now.plus(wait);
    }
    assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 900L, 900L);
  }

  @Test
  void shouldNotMakeOthersWaitForOneWhoGuesses() {
    for (int i = 0; i < 6; i++) {
      limit.attempt("ada", at("10.0.0.1"));
    }
    assertThat(limit.attempt("ada", at("10.0.0.1"))).isPositive();
    assertThat(limit.attempt("ada", at("10.0.0.2"))).as("the same user elsewhere").isEqualTo(ZERO);
    assertThat(limit.attempt("eve", at("10.0.0.1"))).as("another user there").isEqualTo(ZERO);
  }

  @Test
  void shouldSlowDownOneAddressThatTriesManyUsersForAMinuteAtMost() {
    for (int i = 0; i < 21; i++) {
      assertThat(limit.attempt("user" + i, at("10.0.0.1"))).isEqualTo(ZERO);
    }
    assertThat(limit.attempt("another", at("10.0.0.1"))).isEqualTo(Duration.ofSeconds(1));
    Duration wait = ZERO;
    for (int i = 0; i < 20; i++) {
      now = now.plus(wait);
      limit.attempt("more" + i, at("10.0.0.1"));
      wait = limit.attempt("more", at("10.0.0.1"));
    }
    assertThat(wait).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void shouldSlowDownManyAddressesThatTryOneUserAndTakeAnIpv6NetworkForOne() {
    for (int i = 0; i < 21; i++) {
      assertThat(limit.attempt("ada", at("10.0.1." + i))).isEqualTo(ZERO);
    }
    assertThat(limit.attempt("ada", at("10.0.2.1"))).isEqualTo(Duration.ofSeconds(1));
    for (int i = 0; i < 6; i++) {
      limit.attempt("eve", at("2001:db8:1:2::" + i));
    }
    assertThat(limit.attempt("eve", at("2001:db8:1:2::ffff"))).isPositive();
    assertThat(limit.attempt("eve", at("2001:db8:1:3::1"))).isEqualTo(ZERO);
  }

  @Test
  void shouldNotForgiveWrongPasswordsForAnAttemptThatWasNotMade() {
    for (int i = 0; i < 5; i++) {
      assertThat(limit.attempt("ada", at("10.0.0.1"))).isEqualTo(ZERO);
    }
    assertThat(limit.attempt("ada", at("10.0.0.1"))).isEqualTo(ZERO);
    limit.withdrawn("ada", at("10.0.0.1"));
    now = now.plusSeconds(1);
    assertThat(limit.attempt("ada", at("10.0.0.1"))).isEqualTo(ZERO);
    assertThat(limit.attempt("ada", at("10.0.0.1"))).as("the sixth wrong one").isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void shouldForgetAfterARightPasswordAndAfterAWhile() {
    for (int i = 0; i < 4; i++) {
      limit.attempt("ada", at("10.0.0.1"));
    }
    limit.succeeded("ada", at("10.0.0.1"));
    for (int i = 0; i < 6; i++) {
      assertThat(limit.attempt("ada", at("10.0.0.1"))).isEqualTo(ZERO);
    }
    assertThat(limit.attempt("ada", at("10.0.0.1"))).isPositive();
    now = now.plus(Duration.ofMinutes(16));
    for (int i = 0; i < 6; i++) {
      assertThat(limit.attempt("ada", at("10.0.0.1"))).isEqualTo(ZERO);
    }
  }

  @Test
  void shouldKeepItsTableBounded() {
    LoginLimit small = new LoginLimit(() -> now, 30);
    for (int i = 0; i < 500; i++) {
      small.attempt("u" + i, at("10.1." + i / 250 + "." + i % 250));
    }
    assertThat(small.size()).isEqualTo(30);
  }
}
