package io.dcmix.core.archive.zarr;

import io.dcmix.core.images.CorruptPlaneException;

/** Unpacks a block of BloscLZ, the method that C-Blosc adds to the known ones; every access is checked. */
final class BloscLz {
  private static final int MAX_DISTANCE = 8_191;

  /** Matches of this length or more go on in the next bytes. */
  private static final int LONG = 9;

  private BloscLz() {}

  static void unpack(byte[] packed, int from, int length, byte[] target, int to, int size) throws CorruptPlaneException {
    int in = from;
    int end = from + length;
    int out = to;
    int limit = to + size;
    try {
      int control = packed[in++] & 31;
      while (true) {
        if (control >= 32) {
          int count = (control >> 5) + 2;
          int distance = (control & 31) << 8;
          int code;
          if (count == LONG) {
            do {
              code = packed[in++] & 0xFF;
              count = Math.addExact(count, code);
            } while (code == 255);
          }
          code = packed[in++] & 0xFF;
          distance += code;
          if (code == 255 && distance == (31 << 8) + 255) {
            distance = ((packed[in] & 0xFF) << 8) | (packed[in + 1] & 0xFF);
            in += 2;
            distance += MAX_DISTANCE;
          }
          distance++;
          if (distance > out - to || count > limit - out || in > end) {
            throw broken();
          }
          Lz4.copy(target, out, distance, count);
          out += count;
        } else {
          int literals = control + 1;
          if (literals > end - in || literals > limit - out) {
            throw broken();
          }
          System.arraycopy(packed, in, target, out, literals);
          in += literals;
          out += literals;
        }
        if (in >= end) {
          break;
        }
        control = packed[in++] & 0xFF;
      }
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new CorruptPlaneException("BloscLZ: the block is broken", e);
    }
    if (out != limit) {
      throw broken();
    }
  }

  private static CorruptPlaneException broken() {
    return new CorruptPlaneException("BloscLZ: the block is broken");
  }
}
