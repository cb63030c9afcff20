package io.dcmix.core.archive.zarr;

import com.fasterxml.jackson.databind.JsonNode;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.ImageLimits;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An array in a folder: Zarr version 2 or 3, regular chunks in C order, unsigned integers of 8 or 16 bits. Its last two axes are y
 * and x; a plane is what one index of all axes before them holds. Chunks that are not there hold the fill value. Immutable.
 *
 * @param folder where its metadata lie
 * @param shape elements of each axis
 * @param chunks elements of each axis in one chunk
 * @param format of a plane, as the encoding RAW
 * @param bigEndian order of the bytes of 16-bit pixels in the chunks
 * @param fill value of pixels that nobody wrote
 * @param codecs what undoes the packing of a chunk, in the order in which it is undone
 * @param prefix of the names of chunks: {@code c} in version 3
 * @param separator between the numbers of a chunk's name
 * @param shards how several chunks lie in one file; null where each has its own
 */
public record ZarrArray(
    Path folder, List<Integer> shape, List<Integer> chunks, PlaneFormat format, boolean bigEndian, int fill, List<ChunkCodec> codecs, String prefix,
    String separator, @Nullable ZarrShards shards) {
  private static final int MAX_AXES = 8;

  /** Bytes of a chunk, unpacked; the same as of an image. */
  private static final long MAX_CHUNK = ImageLimits.DEFAULT.maxPayloadBytes();

  /** The names of the metadata of an array, that of version 3 first. */
  public static final List<String> METADATA = List.of("zarr.json", ".zarray");

  public ZarrArray {
    shape = List.copyOf(shape);
    chunks = List.copyOf(chunks);
    codecs = List.copyOf(codecs);
  }

  /**
   * Opens an array.
   *
   * @throws CorruptPlaneException if it is none that is read, or beyond the limits of images
   * @throws IOException if its metadata cannot be read
   */
  public static ZarrArray open(Path folder) throws IOException, CorruptPlaneException {
    Path three = folder.resolve(METADATA.getFirst());
    return Files.exists(three) ? ZarrMetadata.version3(folder, ZarrJson.read(three))
        : ZarrMetadata.version2(folder, ZarrJson.read(folder.resolve(METADATA.getLast())));
  }

  /** Makes the array of what its metadata say, once that is known to be within the limits. */
  static ZarrArray of(
      Path folder, JsonNode shape, List<Integer> pieces, PixelType type, boolean bigEndian, int fill, List<ChunkCodec> codecs, String prefix,
      String separator, @Nullable ZarrShards shards) throws CorruptPlaneException {
    List<Integer> sizes = sizes(shape, "shape");
    if (sizes.size() != pieces.size() || sizes.size() < 2 || sizes.size() > MAX_AXES) {
      throw new CorruptPlaneException("the array has the shape %s and chunks of %s; planes need 2 to %d axes".formatted(sizes, pieces, MAX_AXES));
    }
    int height = sizes.get(sizes.size() - 2);
    int width = sizes.getLast();
    ImageLimits limits = ImageLimits.DEFAULT;
    if (width > limits.maxWidth() || height > limits.maxHeight() || width == 0 || height == 0) {
      throw new CorruptPlaneException("the array's planes have %d x %d pixels; the limit is %d x %d".formatted(width, height, limits.maxWidth(), limits.maxHeight()));
    }
    PlaneFormat format = new PlaneFormat(width, height, type, Encoding.RAW);
    if (format.decodedBytes() > limits.maxPayloadBytes()) {
      throw new CorruptPlaneException("the array's planes have %d bytes; the limit is %d".formatted(format.decodedBytes(), limits.maxPayloadBytes()));
    }
    double bytes = PlaneFormat.bytesPerPixel(type);
    for (int size : pieces) {
      bytes *= size;
    }
    if (bytes < 1 || bytes > MAX_CHUNK) {
      throw new CorruptPlaneException("the array's chunks of %s have %.0f bytes; the limit is %d".formatted(pieces, bytes, MAX_CHUNK));
    }
    return new ZarrArray(folder, sizes, pieces, format, bigEndian, fill, codecs, prefix, separator, shards);
  }

  static List<Integer> sizes(JsonNode node, String what) throws CorruptPlaneException {
    List<Integer> sizes = new ArrayList<>();
    if (node.isArray()) {
      for (JsonNode size : node) {
        if (!size.isIntegralNumber() || !size.canConvertToInt() || size.intValue() < 0 || sizes.size() == MAX_AXES) {
          throw new CorruptPlaneException("the array's %s %s are no sizes".formatted(what, node.size() > MAX_AXES ? "of " + node.size() + " axes" : node));
        }
        sizes.add(size.intValue());
      }
    }
    return sizes;
  }

  /** Bytes of a chunk, unpacked. */
  int chunkBytes() {
    return chunks.stream().mapToInt(Integer::intValue).reduce(PlaneFormat.bytesPerPixel(format.pixelType()), Math::multiplyExact);
  }

  /** The files that a plane lies in, row by row, whether they are there or not. */
  public List<Path> files(List<Integer> index) throws CorruptPlaneException {
    check(index);
    Set<Path> files = new LinkedHashSet<>();
    for (int y = 0; y < down(); y++) {
      for (int x = 0; x < across(); x++) {
        files.add(file(chunk(index, y, x)));
      }
    }
    return List.copyOf(files);
  }

  /**
   * Makes sure that the files of a plane are as long as they must be, without unpacking them.
   *
   * @param inside whether a file may be read
   */
  public void probe(List<Integer> index, Predicate<Path> inside) throws IOException, CorruptPlaneException {
    check(index);
    for (int y = 0; y < down(); y++) {
      for (int x = 0; x < across(); x++) {
        List<Integer> chunk = chunk(index, y, x);
        Path file = file(chunk);
        try {
          if (shards == null) {
            try (InputStream in = Files.newInputStream(checked(file, inside))) {
              ChunkCodec.check(codecs, in.readNBytes(16), Files.size(file), chunkBytes());
            }
          } else {
            Optional<byte[]> bytes = shards.read(checked(file, inside), chunk, limit());
            if (bytes.isPresent()) {
              ChunkCodec.check(codecs, bytes.get(), bytes.get().length, chunkBytes());
            }
          }
        } catch (NoSuchFileException e) {
          // Nobody wrote it, so it holds the fill value.
        } catch (CorruptPlaneException e) {
          throw new CorruptPlaneException("chunk %s: %s".formatted(folder.relativize(file), e.getMessage()), e);
        }
      }
    }
  }

  /**
   * Reads a plane.
   *
   * @param index of the axes before y and x
   * @param inside whether a file may be read
   * @return its pixels as the encoding RAW
   */
  public ByteBuffer read(List<Integer> index, Predicate<Path> inside) throws IOException, CorruptPlaneException {
    check(index);
    int pixel = PlaneFormat.bytesPerPixel(format.pixelType());
    byte[] plane = new byte[(int) format.decodedBytes()];
    int chunkHeight = chunks.get(chunks.size() - 2);
    int chunkWidth = chunks.getLast();
    int slice = 0;
    for (int axis = 0; axis < index.size(); axis++) {
      slice = slice * chunks.get(axis) + index.get(axis) % chunks.get(axis);
    }
    for (int cy = 0; cy < down(); cy++) {
      for (int cx = 0; cx < across(); cx++) {
        int height = Math.min(chunkHeight, format.height() - cy * chunkHeight);
        int width = Math.min(chunkWidth, format.width() - cx * chunkWidth);
        byte[] chunk = unpacked(chunk(index, cy, cx), inside);
        for (int y = 0; y < height; y++) {
          int to = ((cy * chunkHeight + y) * format.width() + cx * chunkWidth) * pixel;
          System.arraycopy(chunk, (slice * chunkHeight + y) * chunkWidth * pixel, plane, to, width * pixel);
        }
      }
    }
    return ByteBuffer.wrap(plane);
  }

  private byte[] unpacked(List<Integer> chunk, Predicate<Path> inside) throws IOException, CorruptPlaneException {
    Path file = file(chunk);
    try {
      Optional<byte[]> packed = shards == null ? Optional.of(whole(checked(file, inside))) : shards.read(checked(file, inside), chunk, limit());
      if (packed.isEmpty()) {
        return filled();
      }
      byte[] bytes = ChunkCodec.unpack(codecs, packed.get(), chunkBytes());
      if (format.pixelType() == PixelType.UINT16 && bigEndian) {
        swap(bytes);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      return filled();
    } catch (CorruptPlaneException e) {
      throw new CorruptPlaneException("chunk %s: %s".formatted(folder.relativize(file), e.getMessage()), e);
    }
  }

  private byte[] whole(Path file) throws IOException, CorruptPlaneException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(limit() + 1);
      if (bytes.length > limit()) {
        throw new CorruptPlaneException("has more than %d bytes, for a chunk of %d".formatted(limit(), chunkBytes()));
      }
      return bytes;
    }
  }

  /** Most bytes of a packed chunk: what does not get smaller by packing gets a little larger. */
  private int limit() {
    int size = chunkBytes();
    return size + size / 8 + (1 << 16);
  }

  /** A chunk that nobody wrote. */
  private byte[] filled() {
    byte[] chunk = new byte[chunkBytes()];
    for (int i = 0; fill != 0 && i < chunk.length; i++) {
      chunk[i] = (byte) (format.pixelType() == PixelType.UINT16 && i % 2 == 1 ? fill >> 8 : fill);
    }
    return chunk;
  }

  private static Path checked(Path file, Predicate<Path> inside) throws IOException, CorruptPlaneException {
    if (!inside.test(file.toRealPath())) {
      throw new CorruptPlaneException("leads out of the archive's folder");
    }
    return file;
  }

  private static void swap(byte[] bytes) {
    for (int i = 0; i < bytes.length; i += 2) {
      byte high = bytes[i];
      bytes[i] = bytes[i + 1];
      bytes[i + 1] = high;
    }
  }

  private void check(List<Integer> index) throws CorruptPlaneException {
    boolean fits = index.size() == shape.size() - 2
        && IntStream.range(0, index.size()).allMatch(axis -> index.get(axis) >= 0 && index.get(axis) < shape.get(axis));
    if (!fits) {
      throw new CorruptPlaneException("the array of shape %s has no plane %s".formatted(shape, index));
    }
  }

  private int down() {
    return Math.ceilDiv(format.height(), chunks.get(chunks.size() - 2));
  }

  private int across() {
    return Math.ceilDiv(format.width(), chunks.getLast());
  }

  /** The chunk that holds a plane's part, of each axis. */
  private List<Integer> chunk(List<Integer> index, int y, int x) {
    return IntStream.concat(IntStream.range(0, index.size()).map(axis -> index.get(axis) / chunks.get(axis)), IntStream.of(y, x)).boxed().toList();
  }

  private Path file(List<Integer> chunk) {
    String numbers = IntStream.range(0, chunk.size()).map(axis -> shards == null ? chunk.get(axis) : chunk.get(axis) / shards.perShard().get(axis))
        .mapToObj(Integer::toString).collect(Collectors.joining(separator));
    return folder.resolve(prefix.isEmpty() ? numbers : prefix + separator + numbers);
  }
}
