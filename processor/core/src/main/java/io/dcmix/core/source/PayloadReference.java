package io.dcmix.core.source;

import io.dcmix.core.images.ImageLimits;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an event says of a payload outside Kafka, as far as the event alone can be judged. Whether the place may be read is
 * the resolver's to say, and depends on the instance.
 *
 * @param uri absolute, its scheme is one of {@link #SCHEMES}
 * @param size bytes of the payload, 1 to {@link ImageLimits#DEFAULT}'s
 * @param sha256 its SHA-256, 64 lower-case hex digits
 */
public record PayloadReference(URI uri, int size, String sha256) {
  /** The scheme of objects in S3 and in stores that speak its protocol: {@code s3://bucket/key}. */
  public static final String S3 = "s3";

  /** Schemes that this version has a resolver for. */
  public static final List<String> SCHEMES = List.of(FileResolver.SCHEME, S3);

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * Checks a reference.
   *
   * @throws RefusedReferenceException if it cannot be one; names the field
   */
  public static PayloadReference of(String uri, @Nullable Long size, @Nullable String sha256) throws RefusedReferenceException {
    URI parsed;
    try {
      parsed = new URI(uri);
    } catch (URISyntaxException e) {
      throw new RefusedReferenceException("the event's uri is none: " + e.getMessage());
    }
    if (!SCHEMES.contains(scheme(parsed))) {
      throw new RefusedReferenceException("the event refers to %s; only %s: URIs are fetched".formatted(uri, String.join(": and ", SCHEMES)));
    }
    long limit = ImageLimits.DEFAULT.maxPayloadBytes();
    if (size == null || size < 1 || size > limit) {
      throw new RefusedReferenceException(
          "the event refers to %s with %s; it must say 1 to %d bytes".formatted(uri, size == null ? "no size" : "size " + size, limit));
    }
    if (sha256 == null || !isSha256(sha256)) {
      throw new RefusedReferenceException("the event refers to %s %s; it must give 64 lower-case hex digits".formatted(
          uri, sha256 == null || sha256.isEmpty() ? "without its sha256" : "with a sha256 that is none"));
    }
    return new PayloadReference(parsed, size.intValue(), sha256);
  }

  /** Whether this is a SHA-256 as events write it: 64 lower-case hex digits. */
  public static boolean isSha256(String text) {
    return SHA256.matcher(text).matches();
  }

  /** The URI's scheme, lower case; empty where it has none. */
  String scheme() {
    return scheme(uri);
  }

  private static String scheme(URI uri) {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }
}
