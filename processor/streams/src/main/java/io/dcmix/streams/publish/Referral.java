package io.dcmix.streams.publish;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which payloads a publisher refers to instead of sending them, and by which names. The folder may be mounted elsewhere where
 * the processors run, so its name there is given.
 *
 * @param folder only files below it are referred to; absolute
 * @param base URI of the folder where the processors run, such as {@code file:///mnt/plates/}
 * @param above payloads of more bytes go by reference
 */
public record Referral(Path folder, URI base, long above) {
  /** Above this many bytes a reference is cheaper than to carry the image through Kafka. */
  public static final long ABOVE = 4L << 20;

  public Referral {
    folder = folder.toAbsolutePath().normalize();
    if (base.isOpaque() || base.getScheme() == null || base.getRawQuery() != null || base.getRawFragment() != null) {
      throw new IllegalArgumentException(base + " names no folder; write it as file:///path/");
    }
  }

  /** Processors see the folder by the same path. */
  public static Referral to(Path folder, long above) {
    return new Referral(folder, folder.toAbsolutePath().normalize().toUri(), above);
  }

  /** The URI of a file; null if the file is not below the folder. */
  @Nullable URI uri(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    if (!absolute.startsWith(folder) || absolute.equals(folder)) {
      return null;
    }
    // Both are percent-encoded by the same rules, byte by byte, so that any file name comes back as it is.
    String below = withoutSlash(absolute.toUri().getRawPath()).substring(withoutSlash(folder.toUri().getRawPath()).length());
    return URI.create(withoutSlash(base.toString()) + below);
  }

  private static String withoutSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
