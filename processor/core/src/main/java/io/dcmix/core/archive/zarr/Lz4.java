package io.dcmix.core.archive.zarr;

import io.dcmix.core.images.CorruptPlaneException;

/** Unpacks a block of LZ4 (the LZ4 block format, Y. Collet); every access is checked. */
final class Lz4 {
  private Lz4() {}

  /**
   * Unpacks a block.
   *
   * @param to place in the target, which is filled with exactly {@code size} bytes
   */
  static void unpack(byte[] packed, int from, int length, byte[] target, int to, int size) throws CorruptPlaneException {
    int in = from;
    int end = from + length;
    int out = to;
    int limit = to + size;
    try {
      while (in < end) {
        int token = packed[in++] & 0xFF;
        int literals = token >>> 4;
        if (literals == 15) {
          int more;
          do {
            more = packed[in++] & 0xFF;
            literals = Math.addExact(literals, more);
          } while (more == 255);
        }
        if (literals > end - in || literals > limit - out) {
          throw broken();
        }
        System.arraycopy(packed, in, target, out, literals);
        in += literals;
        out += literals;
        if (in == end) {
          break;
        }
        int distance = (packed[in] & 0xFF) | ((packed[in + 1] & 0xFF) << 8);
        in += 2;
        int matched = (token & 15) + 4;
        if (matched == 19) {
          int more;
          do {
            more = packed[in++] & 0xFF;
            matched = Math.addExact(matched, more);
          } while (more == 255);
        }
        if (distance == 0 || distance > out - to || matched > limit - out || in > end) {
          throw broken();
        }
        copy(target, out, distance, matched);
        out += matched;
      }
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new CorruptPlaneException("LZ4: the block is broken", e);
    }
    if (out != limit) {
      throw broken();
    }
  }

  /** Repeats what was written; source and target may overlap. */
  static void copy(byte[] target, int out, int distance, int count) {
    if (distance >= count) {
      System.arraycopy(target, out - distance, target, out, count);
    } else {
      for (int i = out; i < out + count; i++) {
        target[i] = target[i - distance];
      }
    }
  }

  private static CorruptPlaneException broken() {
    return new CorruptPlaneException("LZ4: the block is broken");
  }
}
