package io.dcmix.core.source;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads regular files below folders that the operator allows. Events come from outside, so a URI is a request: it must name
 * a path below a root, and where links lead must lie below a root too. A root may itself be a link.
 *
 * <p>Files are read, never mapped: a mapped file that is cut short on a network share takes the process down.
 */
public final class FileResolver implements PayloadResolver {
  static final String SCHEME = "file";

  private static final String REMEDY = "; allow its folder with --reference-root on every instance, or publish the image inline";

  /** One read at a time is this long: the JDK copies a heap buffer's through a direct one of the same size. */
  private static final int SLICE = 256 << 10;

  private final List<Path> roots;

  /**
   * Allows folders.
   *
   * @param roots they need not exist yet; none refuses everything
   */
  public FileResolver(List<Path> roots) {
    this.roots = roots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public ByteBuffer fetch(URI uri, int size) throws IOException, RefusedReferenceException {
    Path named = named(uri);
    try {
      Path real = named.toRealPath();
      Path root = rootOf(real);
      if (root == null) {
        throw new RefusedReferenceException(uri + " is a link, or lies behind one, that leads out of the allowed folders" + REMEDY);
      }
      if (real.equals(root)) {
        throw noFile(uri);
      }
      return read(uri, root, root.relativize(real), size);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException("the file must not be read by this process", e);
    }
  }

  /** The path that a URI names, if that lies below a root. Looks at no file. */
  private Path named(URI uri) throws RefusedReferenceException {
    if (roots.isEmpty()) {
      throw new RefusedReferenceException("No folder is allowed for references, so " + uri + " is not read" + REMEDY);
    }
    // Path.of(URI) checks the same, in words that name no remedy; a host, even localhost, is another machine's file.
    if (uri.isOpaque() || uri.getRawAuthority() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new RefusedReferenceException(
          uri + " must be file:///path without a host, ? or #; percent-encode these characters where they belong to a name");
    }
    Path path;
    try {
      path = Path.of(uri);
    } catch (IllegalArgumentException e) {
      throw new RefusedReferenceException(uri + " names no path: " + e.getMessage());
    }
    // After decoding: %2e%2e is .. by now, and a %2f has become a separator.
    for (Path name : path) {
      if (name.toString().equals("..") || name.toString().equals(".")) {
        throw new RefusedReferenceException(uri + " goes through '" + name + "'; publish the path without");
      }
    }
    if (roots.stream().noneMatch(path::startsWith)) {
      throw new RefusedReferenceException(uri + " lies outside of the allowed folders" + REMEDY);
    }
    return path;
  }

  /** The root, without links, that a path without links lies below. */
  private @Nullable Path rootOf(Path real) throws IOException {
    for (Path root : roots) {
      if (Files.exists(root)) {
        Path realRoot = root.toRealPath();
        if (real.startsWith(realRoot)) {
          return realRoot;
        }
      }
    }
    return null;
  }

  /**
   * Walks down from the root, folder by folder, following no link: who swaps a folder or the file for a link after it was
   * judged gains nothing, and the next try judges anew.
   */
  private static ByteBuffer read(URI uri, Path root, Path below, int size) throws IOException, RefusedReferenceException {
    SecureDirectoryStream<Path> folder = open(root);
    try {
      for (int i = 0; i < below.getNameCount() - 1; i++) {
        SecureDirectoryStream<Path> next = folder.newDirectoryStream(below.getName(i), NOFOLLOW_LINKS);
        folder.close();
        folder = next;
      }
      Path name = below.getFileName();
      BasicFileAttributes file = folder.getFileAttributeView(name, BasicFileAttributeView.class, NOFOLLOW_LINKS).readAttributes();
      // Opening a pipe would wait for its writer.
      if (!file.isRegularFile()) {
        throw noFile(uri);
      }
      try (SeekableByteChannel channel = folder.newByteChannel(name, Set.of(READ, NOFOLLOW_LINKS))) {
        return read(channel, size);
      }
    } finally {
      folder.close();
    }
  }

  private static RefusedReferenceException noFile(URI uri) {
    return new RefusedReferenceException(uri + " is no regular file; refer to the image's file itself");
  }

  @SuppressWarnings("StreamResourceLeak") // the caller closes it
  private static SecureDirectoryStream<Path> open(Path root) throws IOException {
    DirectoryStream<Path> folder = Files.newDirectoryStream(root);
    if (folder instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    folder.close();
    throw new IOException("this operating system cannot open files without following links; run on Linux or macOS");
  }

  private static ByteBuffer read(SeekableByteChannel channel, int size) throws IOException {
    checkSize(channel, size);
    ByteBuffer payload = ByteBuffer.allocate(size);
    while (payload.position() < size) {
      payload.limit(Math.min(size, payload.position() + SLICE));
      if (channel.read(payload) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    checkSize(channel, size);
    return payload.flip();
  }

  private static void checkSize(SeekableByteChannel channel, int size) throws IOException {
    if (channel.size() != size) {
      throw new IOException("the file has %d bytes, the event says %d".formatted(channel.size(), size));
    }
  }
}
