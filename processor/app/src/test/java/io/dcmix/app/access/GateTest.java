package io.dcmix.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.PlainHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.dcmix.app.access.Gate.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  @TempDir private Path folder;
  private Path file;
  private Access access;
  private Gate gate;
  private Instant now = Instant.parse("2026-03-01T09:00:00Z");

  @BeforeEach
  void open() throws IOException {
    file = Files.writeString(folder.resolve("users"), "ada:" + UsersTest.HORSE + ":operator\n");
    access = Access.of(new Users(file));
    gate = new Gate(access, () -> now);
  }

  private Session ada() {
    return ((Answer.Granted) gate.enter("ada", "correct horse".toCharArray(), HERE)).session();
  }

  @Test
  void shouldKnowASessionAgainUntilItEnds() {
    Session session = ada();
    String token = gate.token(session);
    assertThat(gate.recognise(token)).isEqualTo(session);
    assertThat(session.role()).isEqualTo(Role.OPERATOR);
    now = now.plus(Duration.ofHours(12)).minusSeconds(1);
    assertThat(gate.recognise(token)).isEqualTo(session);
    now = now.plusSeconds(1);
    assertThat(gate.recognise(token)).isNull();
    assertThat(gate.holds(session)).isFalse();
  }

  @Test
  void shouldEndSessionsOfUsersWhoAreGoneOrHaveAnotherRoleOrPassword() throws IOException {
    String token = gate.token(ada());
    Files.writeString(file, "ada:" + UsersTest.HORSE + ":viewer\n");
    assertThat(gate.recognise(token)).as("another role").isNull();
    Files.writeString(file, "ada:" + UsersTest.HORSE + ":operator\n\n");
    assertThat(gate.recognise(token)).as("as it was").isNotNull();
    Files.writeString(file, "ada:" + Passwords.hash("another horse".toCharArray()) + ":operator\n");
    assertThat(gate.recognise(token)).as("another password").isNull();
    Files.writeString(file, "eve:" + UsersTest.HORSE + ":viewer\n");
    assertThat(gate.recognise(token)).as("gone").isNull();
  }

  @Test
  void shouldKnowNoTokenThatItDidNotSign() throws Exception {
    Session session = ada();
    String token = gate.token(session);
    JWTClaimsSet claims = SignedJWT.parse(token).getJWTClaimsSet();
    assertThat(new Gate(Access.of(new Users(file)), () -> now).recognise(token)).as("another key").isNull();
    assertThat(gate.recognise(new PlainJWT(new PlainHeader(), claims).serialize())).as("not signed").isNull();
    SignedJWT forged = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), new JWTClaimsSet.Builder(claims).expirationTime(Date.from(Instant.parse("2099-01-01T00:00:00Z"))).build());
    forged.sign(new MACSigner(new byte[32]));
    assertThat(gate.recognise(forged.serialize())).isNull();
    String[] parts = token.split("\\.", -1);
    assertThat(gate.recognise(forged.serialize().split("\\.", -1)[1] + "." + parts[2])).isNull();
    assertThat(gate.recognise(parts[0] + "." + forged.serialize().split("\\.", -1)[1] + "." + parts[2])).as("other claims").isNull();
    assertThat(gate.recognise("")).isNull();
    assertThat(gate.recognise("x".repeat(100_000))).isNull();
    String underWay = new Tokens(access.sessionKey(), "log-in under way", () -> now).sign(new JWTClaimsSet.Builder(claims), now.plusSeconds(60));
    assertThat(gate.recognise(underWay)).as("signed for another purpose").isNull();
  }

  @Test
  void shouldMakeWhoGuessesWaitThoughTheNextPasswordIsRight() {
    for (int i = 0; i < 6; i++) {
      assertThat(gate.enter("ada", ("wrong horse " + i).toCharArray(), HERE)).isInstanceOf(Answer.Wrong.class);
    }
    assertThat(gate.enter("ada", "correct horse".toCharArray(), HERE)).isEqualTo(new Answer.Wait(Duration.ofSeconds(1)));
    now = now.plusSeconds(1);
    assertThat(gate.enter("ada", "correct horse".toCharArray(), HERE)).isInstanceOf(Answer.Granted.class);
  }

  @Test
  void shouldMakeUnknownUsersWaitAsWell() {
    for (int i = 0; i < 6; i++) {
      assertThat(gate.enter("nobody", "correct horse".toCharArray(), HERE)).isInstanceOf(Answer.Wrong.class);
    }
    assertThat(gate.enter("nobody", "correct horse".toCharArray(), HERE)).isInstanceOf(Answer.Wait.class);
  }
}
