package io.dcmix.app.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * A line of the users file.
 *
 * @param name letters, digits and {@code . _ @ -}, at most 64
 * @param password as {@link Passwords} stores it
 */
public record User(String name, String password, Role role) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");

  public User {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("'%s' is no user's name: letters, digits and . _ @ -, at most 64".formatted(name));
    }
    if (!Passwords.isStored(password)) {
      throw new IllegalArgumentException("the password of '%s' is not stored as dcmix user add does".formatted(name));
    }
  }

  /** Changes with password and role, so that a session can be held to both without knowing either. */
  String stamp() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest((password + ' ' + role).getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash).substring(0, 22);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return name + " (" + role + ")";
  }
}
