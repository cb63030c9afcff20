package io.dcmix.training.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads IDX files of unsigned bytes, the format of MNIST and Fashion-MNIST: two zero bytes, a type code, the number of
 * dimensions, each size as a big-endian 32-bit number, then the data, last dimension fastest (Y. LeCun, "The MNIST database").
 * Gzipped files are known by their first bytes, whatever their name.
 *
 * <p>Errors are IOExceptions whose message names the file, what is wrong with it, and the remedy.
 */
public final class IdxFile {
  /** Images or labels in a file. */
  public static final int MAX_COUNT = 10_000_000;

  /** Pixels of one side of an image. */
  public static final int MAX_SIDE = 4_096;

  /** Bytes of data in a file: EMNIST's largest has half of it. */
  public static final long MAX_BYTES = 1L << 30;

  private static final int UNSIGNED_BYTE = 0x08;
  private static final byte[] GZIP = {0x1F, (byte) 0x8B};

  /** Deflate makes at most 1032 bytes of one, so a header that promises more of a file lies. */
  private static final long LARGEST_EXPANSION = 1032;

  private IdxFile() {}

  /**
   * Images of one size.
   *
   * @param height rows of an image
   * @param width pixels of a row
   * @param pixels [count, height, width], unsigned; not copied, nobody writes to it
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Images(int count, int height, int width, byte[] pixels) {
    public Images {
      if (pixels.length != (long) count * height * width) {
        throw new IllegalArgumentException("%d images of %d x %d are not %d bytes".formatted(count, width, height, pixels.length));
      }
    }

    /** 0 to 255. */
    public int pixel(int image, int y, int x) {
      return pixels[(image * height + y) * width + x] & 0xFF;
    }
  }

  /**
   * Reads images, [n, h, w].
   *
   * @throws IOException if the file is missing or is not such a file
   */
  public static Images images(Path file) throws IOException {
    return read(file, 3, "images", (sizes, data) -> new Images(sizes[0], sizes[1], sizes[2], data));
  }

  /**
   * Reads labels, [n].
   *
   * @return unsigned bytes
   * @throws IOException if the file is missing or is not such a file
   */
  public static byte[] labels(Path file) throws IOException {
    return read(file, 1, "labels", (sizes, data) -> data);
  }

  @FunctionalInterface
  private interface Maker<T> {
    T make(int[] sizes, byte[] data);
  }

  private static <T> T read(Path file, int dimensions, String what, Maker<T> maker) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("%s is %s; name an IDX file of %s".formatted(file, Files.exists(file) ? "not a file" : "not there", what));
    }
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      boolean gzipped = isGzipped(raw);
      try (InputStream in = gzipped ? new GZIPInputStream(raw, 1 << 16) : raw) {
        int[] sizes = header(in, file, dimensions, what);
        long bytes = 1;
        for (int size : sizes) {
          // Three factors within their limits stay within a long.
          bytes *= size;
        }
        long possible = Files.size(file) * (gzipped ? LARGEST_EXPANSION : 1);
        if (bytes > MAX_BYTES) {
          throw bad(file, "promises %d bytes of %s; the limit is %d. Split it".formatted(bytes, what, MAX_BYTES));
        }
        if (bytes > possible) {
          throw truncated(file, bytes, what);
        }
        byte[] data = new byte[(int) bytes];
        if (in.readNBytes(data, 0, data.length) < data.length) {
          throw truncated(file, bytes, what);
        }
        if (in.read() >= 0) {
          throw bad(file, "goes on after its %d bytes of %s, so its header or its end is wrong. Download it again".formatted(bytes, what));
        }
        return maker.make(sizes, data);
      } catch (EOFException e) {
        throw new IOException(file + " ends too early. Download it again", e);
      } catch (ZipException e) {
        throw new IOException("%s is damaged (gzip says: %s). Download it again".formatted(file, e.getMessage()), e);
      }
    }
  }

  private static boolean isGzipped(InputStream in) throws IOException {
    in.mark(2);
    byte[] magic = in.readNBytes(2);
    in.reset();
    return Arrays.equals(magic, GZIP);
  }

  private static int[] header(InputStream in, Path file, int dimensions, String what) throws IOException {
    byte[] magic = in.readNBytes(4);
    if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
      throw bad(file, "is not an IDX file: it does not start with two zero bytes, a type and a number of dimensions. Name an IDX file of " + what);
    }
    if (magic[2] != UNSIGNED_BYTE) {
      throw bad(file, "holds %s; only unsigned bytes are read. Convert it".formatted(typeName(magic[2])));
    }
    if (magic[3] != dimensions) {
      throw bad(file, "has %d dimensions; %s have %d. Are images and labels swapped?".formatted(magic[3] & 0xFF, what, dimensions));
    }
    byte[] rest = in.readNBytes(4 * dimensions);
    if (rest.length < 4 * dimensions) {
      throw new EOFException("the header is not whole");
    }
    int[] sizes = new int[dimensions];
    for (int d = 0; d < dimensions; d++) {
      long size = ByteBuffer.wrap(rest).getInt(4 * d) & 0xFFFF_FFFFL;
      int limit = d == 0 ? MAX_COUNT : MAX_SIDE;
      if (size < 1 || size > limit) {
        throw bad(file, "says that it has %d %s; it must be 1 to %d. Download it again"
            .formatted(size, d == 0 ? what : d == 1 ? "rows" : "columns", limit));
      }
      sizes[d] = (int) size;
    }
    return sizes;
  }

  private static String typeName(byte code) {
    return switch (code) {
      case 0x09 -> "signed bytes";
      case 0x0B -> "16-bit integers";
      case 0x0C -> "32-bit integers";
      case 0x0D -> "32-bit floating-point numbers";
      case 0x0E -> "64-bit floating-point numbers";
      default -> "the unknown type 0x%02X".formatted(code);
    };
  }

  private static IOException truncated(Path file, long bytes, String what) {
    return bad(file, "ends before the %d bytes of %s that its header promises. Download it again".formatted(bytes, what));
  }

  private static IOException bad(Path file, String problem) {
    return new IOException(file + " " + problem);
  }
}
