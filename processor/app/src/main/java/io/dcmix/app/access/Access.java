package io.dcmix.app.access;

import java.nio.file.Path;
import java.time.Duration;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in, and how.
 *
 * @param users the users file; null without
 * @param openId the issuer that vouches for users; null without
 * @param sessionKey signs sessions; instances with the same key take each other's
 * @param sessionFor how long a log-in holds
 * @param openMetrics whether metrics are for everybody
 * @param tls certificate of the page; null for plain HTTP
 * @param secureCookies whether browsers reach the page by HTTPS only
 */
public record Access(
    @Nullable Users users,
    OpenId.@Nullable Settings openId,
    SecretKey sessionKey,
    Duration sessionFor,
    boolean openMetrics,
    @Nullable Tls tls,
    boolean secureCookies) {
  /** Of a session, unless told otherwise: a working day with its evening. */
  public static final Duration SESSION = Duration.ofHours(12);

  /** Everybody may do everything, without a name. */
  public static final Access OPEN = new Access(null, null, Secrets.random(), SESSION, true, null, false);

  /** Users of a file, by HTTP. */
  public static Access of(Users users) {
    return new Access(users, null, Secrets.random(), SESSION, false, null, false);
  }

  /** Whether nobody is asked who they are. */
  public boolean isOpen() {
    return users == null && openId == null;
  }

  /** The same, for those whom an issuer vouches for as well. */
  public Access withOpenId(OpenId.Settings settings) {
    return new Access(users, settings, sessionKey, sessionFor, openMetrics, tls, secureCookies);
  }

  /** The same by HTTPS: with a certificate of its own, or behind a proxy. */
  public Access with(@Nullable Tls certificate, boolean https) {
    return new Access(users, openId, sessionKey, sessionFor, openMetrics, certificate, https);
  }

  /** The same, with metrics for everybody. */
  public Access withOpenMetrics() {
    return new Access(users, openId, sessionKey, sessionFor, true, tls, secureCookies);
  }

  /** Certificate chain and key, in PEM; both are read again when they change. */
  public record Tls(Path certificate, Path key) {}
}
