package io.dcmix.core.images;

/**
 * PNG's row filters (PNG specification, third edition, section 9), turned back. A row stands behind one black pixel, so that
 * its first one has a left neighbour too. The neighbours on the left are carried in variables: each pixel needs the one before,
 * and a round trip through memory would cost more than the sum.
 */
final class PngFilter {
  private PngFilter() {}

  /**
   * Turns differences into bytes, in place.
   *
   * @param row differences from index {@code bytes} on, zeros before
   * @param above the row above, or zeros
   * @param bytes of one pixel, 1 or 2
   */
  static void undo(byte filter, byte[] row, byte[] above, int bytes) throws CorruptPlaneException {
    switch (filter) {
      case Png.NONE -> {}
      case Png.SUB -> sub(row, bytes);
      case Png.UP -> up(row, above);
      case Png.AVERAGE -> average(row, above, bytes);
      case Png.PAETH -> paeth(row, above, bytes);
      default -> throw new CorruptPlaneException("a row names the unknown filter " + (filter & 0xFF));
    }
  }

  private static void sub(byte[] row, int bytes) {
    int left = 0;
    int left2 = 0;
    if (bytes == 1) {
      for (int i = 1; i < row.length; i++) {
        left += row[i];
        row[i] = (byte) left;
      }
    } else {
      for (int i = 3; i < row.length; i += 2) {
        left += row[i - 1];
        left2 += row[i];
        row[i - 1] = (byte) left;
        row[i] = (byte) left2;
      }
    }
  }

  private static void up(byte[] row, byte[] above) {
    for (int i = 0; i < row.length; i++) {
      row[i] += above[i];
    }
  }

  private static void average(byte[] row, byte[] above, int bytes) {
    int left = 0;
    int left2 = 0;
    if (bytes == 1) {
      for (int i = 1; i < row.length; i++) {
        left = (row[i] + ((left + (above[i] & 0xFF)) >> 1)) & 0xFF;
        row[i] = (byte) left;
      }
    } else {
      for (int i = 3; i < row.length; i += 2) {
        left = (row[i - 1] + ((left + (above[i - 1] & 0xFF)) >> 1)) & 0xFF;
        left2 = (row[i] + ((left2 + (above[i] & 0xFF)) >> 1)) & 0xFF;
        row[i - 1] = (byte) left;
        row[i] = (byte) left2;
      }
    }
  }

  private static void paeth(byte[] row, byte[] above, int bytes) {
    int left = 0;
    int left2 = 0;
    int corner = 0;
    int corner2 = 0;
    if (bytes == 1) {
      for (int i = 1; i < row.length; i++) {
        int up = above[i] & 0xFF;
        left = paeth(row[i], left, up, corner);
        row[i] = (byte) left;
        corner = up;
      }
    } else {
      for (int i = 3; i < row.length; i += 2) {
        int up = above[i - 1] & 0xFF;
        int up2 = above[i] & 0xFF;
        left = paeth(row[i - 1], left, up, corner);
        left2 = paeth(row[i], left2, up2, corner2);
        row[i - 1] = (byte) left;
        row[i] = (byte) left2;
        corner = up;
        corner2 = up2;
      }
    }
  }

  /**
   * The value plus whichever of its neighbours is nearest to {@code left + above - corner}; the first of them if several are.
   * Noise makes each choice unpredictable, so there is no branch: each choice is a mask of ones or zeros, taken from a sign.
   *
   * <p>With d = above - corner and e = left - corner the distances are |d| for left, |e| for above and |d + e| for corner.
   * Above is not the nearer of the latter two where 2e + d lies on the other side of zero than d. Left is not the nearest one
   * where left lies between above and corner - 2d, without both.
   */
  private static int paeth(int value, int left, int above, int corner) {
    int d = above - corner;
    int notAbove = ((2 * left - 2 * corner + d + (d >> 31)) ^ d) >> 31;
    int notLeft = ((left - above) ^ (left - corner + 2 * d + (-d >> 31))) >> 31;
    return (value + left + ((above - left - (d & notAbove)) & notLeft)) & 0xFF;
  }
}
