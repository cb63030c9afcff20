package io.dcmix.core.images;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The content hash by which payloads are told apart. */
public final class Sha256 {
  private Sha256() {}

  /** SHA-256 of what remains in the buffer, 64 lower-case hex digits; leaves its position. */
  public static String of(ByteBuffer payload) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(payload.duplicate());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
