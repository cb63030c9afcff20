package io.dcmix.core.archive.zarr;

import io.dcmix.core.images.CorruptPlaneException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Unpacks a frame of C-Blosc 1 (README_CHUNK_FORMAT of c-blosc 1.21): blocks of LZ4, Zstandard, zlib or BloscLZ, perhaps
 * shuffled by bytes or bits. In Java, so that no frame can do more harm than throw.
 */
final class Blosc {
  private static final int HEADER = 16;
  private static final int BYTE_SHUFFLE = 1;
  private static final int COPIED = 2;
  private static final int BIT_SHUFFLE = 4;
  private static final int NOT_SPLIT = 16;
  private static final int MAX_SPLITS = 16;
  private static final int MIN_SPLIT = 128;

  private final ByteBuffer frame;
  private final byte[] bytes;
  private final int flags;
  private final int typeSize;
  private final byte[] out;

  private Blosc(byte[] packed, int size) throws CorruptPlaneException {
    check(packed, packed.length, size);
    bytes = packed;
    frame = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    flags = packed[2];
    typeSize = Math.max(packed[3] & 0xFF, 1);
    out = new byte[size];
  }

  /**
   * Unpacks a frame.
   *
   * @param size bytes that it must hold
   */
  static byte[] unpack(byte[] packed, int size) throws CorruptPlaneException {
    return new Blosc(packed, size).unpack();
  }

  /**
   * Whether a header fits the file and what is expected of it.
   *
   * @param head at least the first 16 bytes, where there are so many
   * @param length of the file
   */
  static void check(byte[] head, long length, int size) throws CorruptPlaneException {
    if (head.length < HEADER) {
      throw new CorruptPlaneException("Blosc: the frame is truncated: it has %d bytes".formatted(head.length));
    }
    ByteBuffer frame = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    if (head[0] != 1 && head[0] != 2) {
      throw new CorruptPlaneException("Blosc: the frame has the version %d; read are 1 and 2".formatted(head[0]));
    }
    if (frame.getInt(4) != size) {
      throw new CorruptPlaneException("Blosc: the frame holds %d bytes, and the chunk needs %d".formatted(frame.getInt(4), size));
    }
    if (frame.getInt(12) != length) {
      throw new CorruptPlaneException("Blosc: the frame says %d bytes and has %d; it is truncated".formatted(frame.getInt(12), length));
    }
  }

  private byte[] unpack() throws CorruptPlaneException {
    if ((flags & COPIED) != 0) {
      if (bytes.length != HEADER + out.length) {
        throw new CorruptPlaneException("Blosc: the frame is truncated");
      }
      System.arraycopy(bytes, HEADER, out, 0, out.length);
      return out;
    }
    int blockSize = frame.getInt(8);
    if (blockSize < 1 || blockSize > out.length) {
      throw new CorruptPlaneException("Blosc: the frame has blocks of %d bytes".formatted(blockSize));
    }
    int blocks = Math.ceilDiv(out.length, blockSize);
    if ((long) HEADER + 4L * blocks > bytes.length) {
      throw new CorruptPlaneException("Blosc: the frame is truncated");
    }
    byte[] shuffled = new byte[blockSize];
    for (int block = 0; block < blocks; block++) {
      block(block, Math.min(blockSize, out.length - block * blockSize), blockSize, shuffled);
    }
    return out;
  }

  private void block(int block, int size, int blockSize, byte[] scratch) throws CorruptPlaneException {
    int to = block * blockSize;
    boolean bits = (flags & BIT_SHUFFLE) != 0 && size >= typeSize;
    boolean shuffled = bits || ((flags & BYTE_SHUFFLE) != 0 && typeSize > 1);
    byte[] target = shuffled ? scratch : out;
    int start = shuffled ? 0 : to;
    boolean split = (flags & NOT_SPLIT) == 0 && typeSize <= MAX_SPLITS && blockSize / typeSize >= MIN_SPLIT && size == blockSize;
    int parts = split ? typeSize : 1;
    int part = size / parts;
    int in = frame.getInt(HEADER + 4 * block);
    for (int i = 0; i < parts; i++) {
      if (in < HEADER || in > bytes.length - 4) {
        throw new CorruptPlaneException("Blosc: block %d lies outside of the frame".formatted(block));
      }
      int packed = frame.getInt(in);
      in += 4;
      if (packed < 0 || packed > bytes.length - in) {
        throw new CorruptPlaneException("Blosc: block %d lies outside of the frame".formatted(block));
      }
      if (packed == part) {
        System.arraycopy(bytes, in, target, start + i * part, part);
      } else {
        unpack(in, packed, target, start + i * part, part);
      }
      in += packed;
    }
    if (bits) {
      unshuffleBits(scratch, out, to, size, typeSize);
    } else if (shuffled) {
      unshuffle(scratch, out, to, size, typeSize);
    }
  }

  private void unpack(int from, int length, byte[] target, int to, int size) throws CorruptPlaneException {
    switch ((flags >> 5) & 7) {
      case 0 -> BloscLz.unpack(bytes, from, length, target, to, size);
      case 1 -> Lz4.unpack(bytes, from, length, target, to, size);
      case 3 -> Unpack.zlib(bytes, from, length, target, to, size);
      case 4 -> Unpack.zstd(bytes, from, length, target, to, size);
      default -> throw new CorruptPlaneException("Blosc: the frame is packed by method %d; read are BloscLZ, LZ4, zlib and Zstandard".formatted((flags >> 5) & 7));
    }
  }

  /** All first bytes of the values stand together, then all second ones. */
  private static void unshuffle(byte[] in, byte[] out, int to, int size, int typeSize) {
    int values = size / typeSize;
    for (int b = 0; b < typeSize; b++) {
      for (int i = 0, o = to + b; i < values; i++, o += typeSize) {
        out[o] = in[b * values + i];
      }
    }
    int rest = values * typeSize;
    System.arraycopy(in, rest, out, to + rest, size - rest);
  }

  /** All first bits stand together, then all second ones; only where the number of values is a multiple of 8. */
  private static void unshuffleBits(byte[] in, byte[] out, int to, int size, int typeSize) {
    int values = size / typeSize;
    if (values % 8 != 0) {
      System.arraycopy(in, 0, out, to, size);
      return;
    }
    int row = values / 8;
    for (int b = 0; b < typeSize; b++) {
      for (int i = 0; i < values; i++) {
        int value = 0;
        for (int bit = 0; bit < 8; bit++) {
          value |= ((in[(b * 8 + bit) * row + (i >> 3)] >> (i & 7)) & 1) << bit;
        }
        out[to + i * typeSize + b] = (byte) value;
      }
    }
    int rest = values * typeSize;
    System.arraycopy(in, rest, out, to + rest, size - rest);
  }
}
