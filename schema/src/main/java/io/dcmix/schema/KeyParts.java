package io.dcmix.schema;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Record keys made of parts: percent-encoded UTF-8 joined by {@code /}. Barcodes contain slashes, so every byte outside
 * {@code A-Z a-z 0-9 - . _ ~} is written as {@code %XX} with upper-case digits (RFC 3986, section 2.3). One text has one
 * encoding, so keys can be compared and hashed as bytes.
 */
public final class KeyParts {
  private static final String HEX = "0123456789ABCDEF";

  private KeyParts() {}

  /**
   * Joins the parts to a key.
   *
   * @throws IllegalArgumentException if a part is not well-formed Unicode (half of a surrogate pair): it has no UTF-8, and
   *     replacing it would give two texts one key
   */
  public static String join(String... parts) {
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      if (i > 0) {
        key.append('/');
      }
      encode(parts[i], key);
    }
    return key.toString();
  }

  /**
   * Splits a key into its decoded parts.
   *
   * @throws IllegalArgumentException if the key has another number of parts, an encoding that {@link #join} would not have
   *     written, or bytes that are not UTF-8
   */
  public static List<String> split(String key, int expected) {
    String[] encoded = key.split("/", -1);
    if (encoded.length != expected) {
      throw new IllegalArgumentException("Key '%s' has %d parts, not %d".formatted(key, encoded.length, expected));
    }
    List<String> parts = new ArrayList<>(expected);
    for (String part : encoded) {
      parts.add(decode(part, key));
    }
    if (!join(parts.toArray(String[]::new)).equals(key)) {
      throw new IllegalArgumentException("Key '" + key + "' is not in canonical percent-encoding");
    }
    return parts;
  }

  private static void encode(String part, StringBuilder out) {
    ByteBuffer bytes = utf8(part);
    while (bytes.hasRemaining()) {
      char c = (char) (bytes.get() & 0xFF);
      if (isUnreserved(c)) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
  }

  private static ByteBuffer utf8(String part) {
    try {
      return StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPORT).encode(CharBuffer.wrap(part));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "'" + part + "' is not well-formed Unicode (half of a surrogate pair) and cannot be part of a key", e);
    }
  }

  private static String decode(String part, String key) {
    ByteBuffer bytes = ByteBuffer.allocate(part.length());
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c == '%') {
        int high = i + 1 < part.length() ? HEX.indexOf(part.charAt(i + 1)) : -1;
        int low = i + 2 < part.length() ? HEX.indexOf(part.charAt(i + 2)) : -1;
        if (high < 0 || low < 0) {
          throw new IllegalArgumentException("Key '" + key + "' has a broken percent-encoding");
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else if (isUnreserved(c)) {
        bytes.put((byte) c);
      } else {
        throw new IllegalArgumentException("Key '" + key + "' has the character '" + c + "', which must be percent-encoded");
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(bytes.flip())
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("Key '" + key + "' is not UTF-8", e);
    }
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
  }
}
