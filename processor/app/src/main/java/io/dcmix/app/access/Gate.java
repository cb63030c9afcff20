package io.dcmix.app.access;

import com.nimbusds.jwt.JWTClaimsSet;
import io.dcmix.app.access.Session.By;
import java.net.InetAddress;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets users in, and knows them again. A session is a signed token, so any instance with the same key knows it. It ends by itself; one
 * of the users file also ends when the user's password or role changes or the user is removed.
 *
 * <p>Threading: safe for any thread. {@link #enter} takes a tenth of a second of a core, and no more than two at a time do.
 */
public final class Gate {
  private static final int MAX_LIMITED = 10_000;
  private static final int MAX_AT_ONCE = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Access access;
  private final InstantSource clock;
  private final Tokens tokens;
  private final LoginLimit limit;
  private final @Nullable OpenId openId;
  private final Semaphore atOnce = new Semaphore(MAX_AT_ONCE, true);

  public Gate(Access access, InstantSource clock) {
    this.access = access;
    this.clock = clock;
    this.tokens = new Tokens(access.sessionKey(), "session", clock);
    this.limit = new LoginLimit(clock, MAX_LIMITED);
    OpenId.Settings issuer = access.openId();
    this.openId = issuer == null ? null : new OpenId(issuer, access, clock);
  }

  /** What comes of a log-in. */
  public sealed interface Answer {
    /** Come in. */
    record Granted(Session session) implements Answer {}

    /** There is no such user with that password. */
    record Wrong() implements Answer {}

    /** Too many were wrong: ask again later. */
    record Wait(Duration atLeast) implements Answer {}
  }

  /** Tries a name and a password from the users file. */
  public Answer enter(String name, char[] password, InetAddress from) {
    Users users = access.users();
    if (users == null) {
      return new Answer.Wrong();
    }
    Duration wait = limit.attempt(name, from);
    if (wait.isPositive()) {
      return new Answer.Wait(wait);
    }
    User user;
    try {
      if (!atOnce.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        limit.withdrawn(name, from);
        return new Answer.Wait(PATIENCE);
      }
    } catch (InterruptedException e) {
      limit.withdrawn(name, from);
      Thread.currentThread().interrupt();
      return new Answer.Wait(PATIENCE);
    }
    try {
      user = users.check(name, password);
    } finally {
      atOnce.release();
    }
    if (user == null) {
      return new Answer.Wrong();
    }
    limit.succeeded(name, from);
    return new Answer.Granted(new Session(user.name(), user.role(), By.PASSWORD, user.stamp(), ends()));
  }

  /** How to log in at the issuer; null without one. */
  public @Nullable OpenId openId() {
    return openId;
  }

  /** Lets in whom an issuer vouches for. */
  public Session admit(OpenId.Identity identity) {
    return new Session(identity.name(), identity.role(), By.OIDC, "", ends());
  }

  /** What the browser keeps. */
  public String token(Session session) {
    return tokens.sign(
        new JWTClaimsSet.Builder().subject(session.user()).claim("role", session.role().name()).claim("by", session.by().name()).claim("stamp", session.stamp()),
        session.ends());
  }

  /** The session of a token; null if it is none, has ended, or the user has changed since. */
  public @Nullable Session recognise(String token) {
    JWTClaimsSet claims = tokens.verify(token);
    if (claims == null) {
      return null;
    }
    try {
      Session session = new Session(
          claims.getSubject(), Role.valueOf(claims.getStringClaim("role")), By.valueOf(claims.getStringClaim("by")),
          claims.getStringClaim("stamp"), claims.getExpirationTime().toInstant());
      return holds(session) ? session : null;
    } catch (ParseException | IllegalArgumentException | NullPointerException e) {
      return null;
    }
  }

  /** Whether a session still holds. */
  public boolean holds(Session session) {
    if (!clock.instant().isBefore(session.ends())) {
      return false;
    }
    return switch (session.by()) {
      case OIDC -> access.openId() != null;
      case PASSWORD -> {
        Users users = access.users();
        User user = users == null ? null : users.find(session.user());
        yield user != null && user.stamp().equals(session.stamp());
      }
    };
  }

  /** How long a session still holds. */
  public Duration remaining(Session session) {
    return Duration.between(clock.instant(), session.ends());
  }

  private Instant ends() {
    return clock.instant().plus(access.sessionFor()).truncatedTo(ChronoUnit.SECONDS);
  }
}
