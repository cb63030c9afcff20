package io.dcmix.core.images;

/** Constants and helpers that the PNG reader and writer share (ISO/IEC 15948, third edition). */
final class Png {
  static final int NONE = 0;
  static final int SUB = 1;
  static final int UP = 2;
  static final int AVERAGE = 3;
  static final int PAETH = 4;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private Png() {}

  static byte[] signature() {
    return SIGNATURE.clone();
  }

  /** Turns 16-bit samples between network and little-endian order, in place. */
  static void swapBytes(byte[] row, int from, int length) {
    for (int i = from; i < from + length; i += 2) {
      byte high = row[i];
      row[i] = row[i + 1];
      row[i + 1] = high;
    }
  }
}
