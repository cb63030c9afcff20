package io.dcmix.app.access;

import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Secrets from files: never from a command line, which others can see. */
public final class Secrets {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int MIN_KEY_BYTES = 32;
  private static final long MAX_BYTES = 64 << 10;

  private Secrets() {}

  /** A key of 32 random bytes. */
  public static SecretKey random() {
    byte[] key = new byte[MIN_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new SecretKeySpec(key, ALGORITHM);
  }

  /**
   * A key.
   *
   * @throws CliException naming the option, if the file cannot be read or is too short to be one
   */
  public static SecretKey key(String option, Path file) {
    byte[] bytes = read(option, file);
    if (bytes.length < MIN_KEY_BYTES) {
      throw new CliException("%s: %s has %d bytes, too few for a key: make one with `openssl rand -out FILE 48`".formatted(option, file, bytes.length));
    }
    return new SecretKeySpec(bytes, ALGORITHM);
  }

  /**
   * A line of text, without the line's end.
   *
   * @throws CliException naming the option, if the file cannot be read
   */
  public static String text(String option, Path file) {
    return new String(read(option, file), StandardCharsets.UTF_8).strip();
  }

  private static byte[] read(String option, Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new CliException("%s: %s is too large for a secret".formatted(option, file));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CliException("%s: cannot read %s: %s".formatted(option, file, e), e);
    }
  }
}
