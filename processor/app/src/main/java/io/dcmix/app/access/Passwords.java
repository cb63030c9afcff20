package io.dcmix.app.access;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Passwords as they are stored: {@code pbkdf2-sha512$ITERATIONS$SALT$HASH}, salt and hash in Base64. PBKDF2 with HMAC-SHA-512 (RFC
 * 8018), a salt of 16 random bytes and the iterations that OWASP's Password Storage Cheat Sheet asks for.
 */
public final class Passwords {
  /** Of new passwords. */
  static final int ITERATIONS = 210_000;

  /** Fewest and most characters of a password (NIST SP 800-63B, 5.1.1.2, asks for 8 at least and no less than 64 at most). */
  public static final int SHORTEST = 8;

  public static final int LONGEST = 256;

  private static final int HASH_BYTES = 32;
  private static final int MIN_ITERATIONS = 10_000;
  private static final int MAX_ITERATIONS = 10_000_000;
  private static final Pattern STORED = Pattern.compile("pbkdf2-sha512\\$([0-9]{1,8})\\$([A-Za-z0-9+/]{16,128}={0,2})\\$([A-Za-z0-9+/]{32,128}={0,2})");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Passwords() {}

  /** Salt and hash in Base64. */
  private record Stored(int iterations, String salt, String hash) {}

  /**
   * A password as it is stored.
   *
   * @throws IllegalArgumentException if it is too short or too long
   */
  public static String hash(char[] password) {
    if (password.length < SHORTEST || password.length > LONGEST) {
      throw new IllegalArgumentException("A password has %d to %d characters".formatted(SHORTEST, LONGEST));
    }
    byte[] salt = new byte[16];
    RANDOM.nextBytes(salt);
    Base64.Encoder base64 = Base64.getEncoder();
    byte[] hash = derive(password, salt, ITERATIONS, HASH_BYTES);
    return "pbkdf2-sha512$%d$%s$%s".formatted(ITERATIONS, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  /** Whether a password is the stored one; takes as long for a wrong one as for the right one. */
  public static boolean matches(char[] password, String stored) {
    Stored read = read(stored);
    byte[] hash = Base64.getDecoder().decode(read.hash());
    return password.length <= LONGEST
        && MessageDigest.isEqual(derive(password, Base64.getDecoder().decode(read.salt()), read.iterations(), hash.length), hash);
  }

  /** Whether a text is a stored password. */
  static boolean isStored(String text) {
    try {
      read(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Stored read(String text) {
    Matcher parts = STORED.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("no password as it is stored");
    }
    int iterations = Integer.parseInt(parts.group(1));
    if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
      throw new IllegalArgumentException("iterations out of bounds");
    }
    Base64.getDecoder().decode(parts.group(2));
    Base64.getDecoder().decode(parts.group(3));
    return new Stored(iterations, parts.group(2), parts.group(3));
  }

  private static byte[] derive(char[] password, byte[] salt, int iterations, int bytes) {
    PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, bytes * 8);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has PBKDF2WithHmacSHA512", e);
    } finally {
      spec.clearPassword();
    }
  }
}
