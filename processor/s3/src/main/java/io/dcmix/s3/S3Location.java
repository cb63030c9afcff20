package io.dcmix.s3;

import io.dcmix.core.source.PayloadReference;
import io.dcmix.core.source.RefusedReferenceException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An object, or a folder of objects, as {@code s3://bucket/key} names it. Keys are compared as they are sent: decoded, so that no
 * way of percent-encoding one makes another of it.
 *
 * @param bucket by the rules of S3's general purpose buckets
 * @param key without a leading slash; of a folder it ends with a slash, or is empty for the whole bucket
 */
public record S3Location(String bucket, String key) {
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9](?:[a-z0-9-]|\\.(?!\\.)){1,61}[a-z0-9]");
  private static final Pattern WAY_UP = Pattern.compile("(?:^|[/\\\\])(\\.\\.?)(?:[/\\\\]|$)");

  /** Bytes of UTF-8, S3's limit. */
  private static final int LONGEST_KEY = 1024;

  /**
   * The object that a URI names. Asks nobody.
   *
   * @throws RefusedReferenceException if it names none, or in a way that could be taken for another; the message has the remedy
   */
  public static S3Location object(URI uri) throws RefusedReferenceException {
    S3Location named = of(uri);
    if (named.key.isEmpty()) {
      throw new RefusedReferenceException(uri + " names no object; write it as s3://bucket/key");
    }
    return named;
  }

  /**
   * The folder that a text names, with or without a slash at its end.
   *
   * @throws RefusedReferenceException if it names none
   */
  public static S3Location folder(String text) throws RefusedReferenceException {
    try {
      S3Location named = of(new URI(text));
      return named.key.isEmpty() || named.key.endsWith("/") ? named : new S3Location(named.bucket, named.key + "/");
    } catch (URISyntaxException e) {
      throw new RefusedReferenceException(text + " is no URI; write it as s3://bucket/folder/, other characters percent-encoded");
    }
  }

  /** Whether this is an object below a folder. */
  public boolean below(S3Location folder) {
    return bucket.equals(folder.bucket) && key.startsWith(folder.key) && key.length() > folder.key.length();
  }

  /** {@code s3://bucket/key}, the key as it is. */
  @Override
  public String toString() {
    return "s3://" + bucket + "/" + key;
  }

  private static S3Location of(URI uri) throws RefusedReferenceException {
    if (!PayloadReference.S3.equalsIgnoreCase(uri.getScheme()) || uri.getRawAuthority() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new RefusedReferenceException(
          uri + " must be s3://bucket/key without ? or #; percent-encode these characters where they belong to a key");
    }
    String bucket = uri.getRawAuthority();
    if (!BUCKET.matcher(bucket).matches()) {
      throw new RefusedReferenceException(uri + " names no bucket: '" + bucket
          + "' must have 3 to 63 lower-case letters, digits, dots and hyphens, and neither a port nor a user");
    }
    String path = decoded(uri);
    String key = path.isEmpty() ? "" : path.substring(1);
    if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
      throw new RefusedReferenceException(uri + " has a key of more than " + LONGEST_KEY + " bytes");
    }
    if (key.chars().anyMatch(Character::isISOControl)) {
      throw new RefusedReferenceException(uri + " has a control character in its key; publish the image inline");
    }
    // To S3 these are names as any other, but not to every store that keeps its objects in files, nor to every proxy on the way.
    Matcher up = WAY_UP.matcher(key);
    if (up.find()) {
      throw new RefusedReferenceException(uri + " goes through '" + up.group(1) + "'; publish the key without");
    }
    return new S3Location(bucket, key);
  }

  /** Decodes once and strictly. {@link URI#getPath} would make � of what is not UTF-8, and so one key of many URIs. */
  private static String decoded(URI uri) throws RefusedReferenceException {
    byte[] raw = uri.getRawPath().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        bytes.write(Character.digit(raw[i + 1], 16) << 4 | Character.digit(raw[i + 2], 16));
        i += 2;
      } else {
        bytes.write(raw[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw new RefusedReferenceException(uri + " has a key that is not UTF-8, as those of S3 are; publish the image inline");
    }
  }
}
