package io.dcmix.core.images;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads and writes the encoding ZSTD_SHUFFLE: one Zstandard frame (RFC 8878) over the pixels of the encoding RAW, where those of
 * 16 bits are shuffled: first the low bytes of all pixels, then the high bytes of all. High bytes of neighbours are alike, so
 * they pack well once they stand together.
 */
final class ShuffledZstd {
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Planes up to this many bytes are unpacked into an array that stays with the thread. */
  private static final int KEPT = 16 << 20;

  private static final ThreadLocal<byte[]> OF_THREAD = ThreadLocal.withInitial(() -> new byte[0]);

  private ShuffledZstd() {}

  static void read(ByteBuffer source, PlaneFormat format, PlaneRows rows) throws CorruptPlaneException {
    byte[] packed;
    int from = 0;
    int length = source.remaining();
    if (source.hasArray()) {
      packed = source.array();
      from = source.arrayOffset() + source.position();
    } else {
      packed = new byte[length];
      source.get(source.position(), packed);
    }
    int bytes = Math.toIntExact(format.decodedBytes());
    long stated = length == 0 ? -1 : Zstd.getFrameContentSize(packed, from, length);
    // Before anything is unpacked, and before anything is allocated to unpack to.
    if (stated != bytes) {
      throw new CorruptPlaneException(stated < 0
          ? "Zstandard: the payload is no frame that states its content size"
          : "Zstandard: the frame holds %d bytes; %d x %d %s needs %d".formatted(
              stated, format.width(), format.height(), format.pixelType(), bytes));
    }
    byte[] unpacked = scratch(bytes);
    try {
      long written = Zstd.decompressByteArray(unpacked, 0, bytes, packed, from, length);
      if (written != bytes) {
        throw new CorruptPlaneException("Zstandard: the frame ends %d bytes early".formatted(bytes - written));
      }
    } catch (ZstdException e) {
      throw new CorruptPlaneException("Zstandard: the frame is broken (%s)".formatted(e.getMessage()), e);
    }
    if (rows.bytesPerPixel() == 1) {
      rows.all(ByteBuffer.wrap(unpacked, 0, bytes), ByteOrder.LITTLE_ENDIAN);
    } else {
      unshuffle(unpacked, format, rows);
    }
  }

  /** The pixels as a frame with its content size and a checksum. */
  static ByteBuffer write(ByteBuffer raw, PlaneFormat format, int level) {
    int bytes = Math.toIntExact(format.decodedBytes());
    byte[] pixels = new byte[bytes];
    raw.get(raw.position(), pixels);
    byte[] shuffled = PlaneFormat.bytesPerPixel(format.pixelType()) == 1 ? pixels : shuffle(pixels);
    byte[] packed = new byte[Math.toIntExact(Zstd.compressBound(bytes))];
    long length = Zstd.compressByteArray(packed, 0, packed.length, shuffled, 0, bytes, level, true);
    return ByteBuffer.wrap(packed, 0, Math.toIntExact(length)).slice();
  }

  private static byte[] shuffle(byte[] pixels) {
    int count = pixels.length / 2;
    byte[] shuffled = new byte[pixels.length];
    for (int i = 0; i < count; i++) {
      shuffled[i] = pixels[2 * i];
      shuffled[count + i] = pixels[2 * i + 1];
    }
    return shuffled;
  }

  private static void unshuffle(byte[] shuffled, PlaneFormat format, PlaneRows rows) {
    int width = format.width();
    int count = width * format.height();
    byte[] row = new byte[2 * width];
    for (int y = 0; y < format.height(); y++) {
      int low = y * width;
      int high = count + low;
      int x = 0;
      for (; x <= width - 4; x += 4) {
        LONG.set(row, 2 * x, spread((int) INT.get(shuffled, low + x)) | spread((int) INT.get(shuffled, high + x)) << 8);
      }
      for (; x < width; x++) {
        row[2 * x] = shuffled[low + x];
        row[2 * x + 1] = shuffled[high + x];
      }
      rows.put(0, y, row, 0, width, ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Puts a zero above each of four bytes. */
  private static long spread(int fourBytes) {
    long pairs = (fourBytes & 0xFFFFL) | (fourBytes & 0xFFFF0000L) << 16;
    return (pairs | pairs << 8) & 0x00FF00FF00FF00FFL;
  }

  private static byte[] scratch(int bytes) {
    byte[] kept = OF_THREAD.get();
    if (kept.length >= bytes) {
      return kept;
    }
    byte[] larger = new byte[bytes];
    if (bytes <= KEPT) {
      OF_THREAD.set(larger);
    }
    return larger;
  }
}
