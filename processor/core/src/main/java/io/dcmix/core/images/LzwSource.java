package io.dcmix.core.images;

import java.nio.ByteBuffer;

/**
 * Unpacks TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, high bit first, which grow one code earlier than they
 * must. One source serves one strip or tile after the other.
 */
final class LzwSource implements ByteSource {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int FIRST = 258;
  private static final int SIZE = 4096;

  private ByteBuffer packed = ByteBuffer.allocate(0);
  private final short[] prefix = new short[SIZE];
  private final byte[] last = new byte[SIZE];
  private final byte[] first = new byte[SIZE];
  private final short[] lengths = new short[SIZE];

  /** A string that did not fit the range asked for: {@code spill[spilled…spillEnd)} is still to be handed out. */
  private final byte[] spill = new byte[SIZE];

  private int spilled;
  private int spillEnd;
  private int bits;
  private int bitCount;
  private int codeBits = 9;
  private int next = FIRST;
  private int previous = -1;

  LzwSource() {
    for (int i = 0; i < CLEAR; i++) {
      last[i] = (byte) i;
      first[i] = (byte) i;
      lengths[i] = 1;
    }
  }

  /** Begins with other data, and drops what is left of those before. */
  LzwSource start(ByteBuffer newPacked) {
    packed = newPacked;
    spilled = 0;
    spillEnd = 0;
    bits = 0;
    bitCount = 0;
    clear();
    return this;
  }

  @Override
  public void read(byte[] into, int offset, int length) throws CorruptPlaneException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      if (spilled < spillEnd) {
        int n = Math.min(spillEnd - spilled, end - at);
        System.arraycopy(spill, spilled, into, at, n);
        spilled += n;
        at += n;
        continue;
      }
      int code = nextString();
      int n = lengths[code];
      if (n <= end - at) {
        unwind(code, into, at + n);
        at += n;
      } else {
        unwind(code, spill, n);
        spilled = 0;
        spillEnd = n;
      }
    }
  }

  /** Reads codes up to the next one that stands for a string, and learns from it. */
  private int nextString() throws CorruptPlaneException {
    int code = code();
    while (code == CLEAR) {
      clear();
      code = code();
    }
    if (code == END) {
      throw new CorruptPlaneException("LZW data end early");
    }
    if (previous < 0) {
      if (code >= CLEAR) {
        throw new CorruptPlaneException("LZW data start with the unknown code " + code);
      }
    } else {
      if (code > next || next >= SIZE) {
        throw new CorruptPlaneException(next >= SIZE ? "LZW data overflow the code table" : "LZW data hold the unknown code " + code);
      }
      prefix[next] = (short) previous;
      first[next] = first[previous];
      lengths[next] = (short) (lengths[previous] + 1);
      // Where the code is the very one that is being learnt, its string ends as it begins.
      last[next] = code == next ? first[previous] : first[code];
      next++;
      if (next + 1 >= 1 << codeBits && codeBits < 12) {
        codeBits++;
      }
    }
    previous = code;
    return code;
  }

  private void clear() {
    codeBits = 9;
    next = FIRST;
    previous = -1;
  }

  private int code() throws CorruptPlaneException {
    while (bitCount < codeBits) {
      if (!packed.hasRemaining()) {
        throw new CorruptPlaneException("LZW data end early");
      }
      bits = (bits << 8) | (packed.get() & 0xFF);
      bitCount += 8;
    }
    bitCount -= codeBits;
    return (bits >>> bitCount) & ((1 << codeBits) - 1);
  }

  private void unwind(int code, byte[] into, int end) {
    int at = end;
    int c = code;
    while (at > end - lengths[code]) {
      into[--at] = last[c];
      c = prefix[c];
    }
  }
}
