package io.dcmix.core.quality;

import java.util.Arrays;

/**
 * How many pixels have each value. Neighbours often have the same value, and adding twice in a row at one place means waiting
 * for memory; so they are counted in several tables in turn, which become one in the end.
 *
 * <p>Not thread-safe; used for one plane after the other: {@code start}, rows, {@code end}, then the answers.
 */
final class Histogram {
  /** A smaller share of the pixels at one value is not called a pile, */
  private static final double LEAST_PILE = 0.001;

  /** nor are fewer pixels than this: in a tiny image the largest value may stand alone by chance. */
  private static final long LEAST_PILE_PIXELS = 64;

  /** A pile holds more pixels than so many values below it together. */
  private static final int BELOW_PILE = 16;

  private final int[][] ofBytes = new int[4][1 << 8];
  private int[][] ofShorts = {{}, {}};
  private int[][] tables = ofBytes;
  private int bits;

  /** Values above it do not occur, and their counts are 0. */
  private int highest;

  private long pixels;
  private int min;
  private int max;
  private double mean;
  private double variance;

  /** Begins with a plane of 8-bit or of 16-bit pixels. */
  void start(boolean wide) {
    Arrays.fill(tables[0], 0, highest + 1, 0);
    if (wide && ofShorts[0].length == 0) {
      ofShorts = new int[2][1 << 16];
    }
    tables = wide ? ofShorts : ofBytes;
    bits = wide ? 0 : 0xFF;
    highest = 0;
  }

  /** Counts a row of 8-bit pixels. */
  void add(byte[] row, int n) {
    int[] a = tables[0];
    int[] b = tables[1];
    int[] c = tables[2];
    int[] d = tables[3];
    int i = 0;
    for (; i < n - 3; i += 4) {
      a[row[i] & 0xFF]++;
      b[row[i + 1] & 0xFF]++;
      c[row[i + 2] & 0xFF]++;
      d[row[i + 3] & 0xFF]++;
    }
    for (; i < n; i++) {
      a[row[i] & 0xFF]++;
    }
  }

  /** Counts a row of 16-bit pixels. */
  void add(short[] row, int n) {
    int[] a = tables[0];
    int[] b = tables[1];
    int set = bits;
    int i = 0;
    for (; i < n - 1; i += 2) {
      int first = row[i] & 0xFFFF;
      int second = row[i + 1] & 0xFFFF;
      a[first]++;
      b[second]++;
      set |= first | second;
    }
    if (i < n) {
      int last = row[i] & 0xFFFF;
      a[last]++;
      set |= last;
    }
    bits = set;
  }

  /** All rows are counted, at least one pixel. */
  void end() {
    // No value has a higher bit than the highest that any pixel has.
    highest = (Math.max(1, Integer.highestOneBit(bits)) << 1) - 1;
    int[] counts = tables[0];
    for (int t = 1; t < tables.length; t++) {
      int[] table = tables[t];
      for (int v = 0; v <= highest; v++) {
        counts[v] += table[v];
      }
      Arrays.fill(table, 0, highest + 1, 0);
    }
    long n = 0;
    long sum = 0;
    long squares = 0;
    for (int v = 0; v <= highest; v++) {
      long count = counts[v];
      n += count;
      sum += count * v;
      squares += count * v * v;
    }
    pixels = n;
    mean = (double) sum / n;
    variance = Math.max(0, (double) squares / n - mean * mean);
    min = 0;
    while (counts[min] == 0) {
      min++;
    }
    max = highest;
    while (counts[max] == 0) {
      max--;
    }
  }

  int min() {
    return min;
  }

  int max() {
    return max;
  }

  double mean() {
    return mean;
  }

  double variance() {
    return variance;
  }

  long pixels() {
    return pixels;
  }

  /** Share of pixels of value 0, 0 to 1. */
  double zeros() {
    return (double) tables[0][0] / pixels;
  }

  /** Number of pixels of a value, which must not be above {@link #max}. */
  int count(int value) {
    return tables[0][value];
  }

  /** Share of pixels of this value or above, 0 to 1. */
  double shareFrom(int value) {
    long count = 0;
    for (int v = Math.max(0, value); v <= max; v++) {
      count += tables[0][v];
    }
    return (double) count / pixels;
  }

  /**
   * Share of pixels at full scale, 0 to 1. Cameras of fewer bits than their pixels, and sums of several exposures, are at full
   * scale below the largest number: there the pixels that ought to be brighter pile up at the largest value. A pile is a
   * thousandth of the pixels at least, and 64, and more than at the 16 values below together.
   *
   * @param fullScale value at which the camera is at full scale for sure
   */
  double fullScale(int fullScale) {
    double sure = shareFrom(fullScale);
    if (sure > 0 || min == max) {
      return sure;
    }
    double top = shareFrom(max);
    return top >= LEAST_PILE && top * pixels >= LEAST_PILE_PIXELS && top > shareFrom(max - BELOW_PILE) - top ? top : 0;
  }
}
