package io.dcmix.core.images;

/** Constants that the PNG reader and writer share (PNG specification, third edition). */
final class Png {
  static final long SIGNATURE = 0x89504E470D0A1A0AL;

  static final int IHDR = 0x49484452;
  static final int PLTE = 0x504C5445;
  static final int IDAT = 0x49444154;
  static final int IEND = 0x49454E44;

  static final byte NONE = 0;
  static final byte SUB = 1;
  static final byte UP = 2;
  static final byte AVERAGE = 3;
  static final byte PAETH = 4;

  private Png() {}

  /** The four letters of a chunk's type, with dots for what is no letter. */
  static String name(int type) {
    StringBuilder name = new StringBuilder(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      int c = type >> shift & 0xFF;
      name.append(Character.isLetter(c) && c < 0x80 ? (char) c : '.');
    }
    return name.toString();
  }
}
