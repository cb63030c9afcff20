package io.dcmix.app.access;

import java.time.Instant;

/**
 * Somebody who may come in.
 *
 * @param user a name for people
 * @param by how the user was known
 * @param stamp of the user's line in the users file; empty for users of an issuer
 * @param ends when to log in again
 */
public record Session(String user, Role role, By by, String stamp, Instant ends) {
  /** Who vouches for a user. */
  public enum By {
    /** The users file. */
    PASSWORD,
    /** An OpenID Connect issuer. */
    OIDC
  }
}
