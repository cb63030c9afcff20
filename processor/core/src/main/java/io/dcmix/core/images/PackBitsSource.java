package io.dcmix.core.images;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Unpacks PackBits (TIFF 6.0, section 9): a count n of 0…127 and n+1 bytes as they are, or -1…-127 and one byte to repeat 1-n times. */
final class PackBitsSource implements ByteSource {
  private final ByteBuffer packed;
  private int literal;
  private int repeat;
  private byte repeated;

  PackBitsSource(ByteBuffer packed) {
    this.packed = packed;
  }

  @Override
  public void read(byte[] into, int offset, int length) throws CorruptPlaneException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (literal > 0) {
        int n = Math.min(literal, end - at);
        need(n);
        packed.get(into, at, n);
        literal -= n;
        at += n;
      } else if (repeat > 0) {
        int n = Math.min(repeat, end - at);
        Arrays.fill(into, at, at + n, repeated);
        repeat -= n;
        at += n;
      } else {
        next();
      }
    }
  }

  private void next() throws CorruptPlaneException {
    need(1);
    int count = packed.get();
    if (count >= 0) {
      literal = count + 1;
    } else if (count != -128) {
      need(1);
      repeated = packed.get();
      repeat = 1 - count;
    }
  }

  private void need(int bytes) throws CorruptPlaneException {
    if (packed.remaining() < bytes) {
      throw new CorruptPlaneException("PackBits data end early");
    }
  }
}
