package io.dcmix.core.quality;

/**
 * How sharp a plane is: 1 − C₂ / C₁, where C<sub>k</sub> is the covariance of pixels k apart in a row. It is the numerator of
 * Vollath's F₄ (D. Vollath, J. Microscopy 147, 279, 1987: Σ g(i)·g(i+1) − Σ g(i)·g(i+2)) over what neighbours have in common,
 * so exposure, gain and offset cancel. As both compare different pixels, whose noise has nothing in common, camera noise does
 * not pass for sharpness, as it does in scores of differences such as the variance of the Laplacian.
 *
 * <p>Not thread-safe; used for one plane after the other.
 */
final class Focus {
  /** Neighbours have something in common when their covariance is more than so many times its standard error without any. */
  private static final double SIGNIFICANT = 4;

  private long n;
  private long sum0;
  private long sum1;
  private long sum2;
  private long product1;
  private long product2;

  void start() {
    n = 0;
    sum0 = 0;
    sum1 = 0;
    sum2 = 0;
    product1 = 0;
    product2 = 0;
  }

  void add(byte[] row, int width) {
    // Products of up to 16,384 pixels of 8 bits add up to less than 2³¹.
    int sum = 0;
    int one = 0;
    int two = 0;
    for (int i = 0; i < width - 2; i++) {
      int v = row[i] & 0xFF;
      sum += v;
      one += v * (row[i + 1] & 0xFF);
      two += v * (row[i + 2] & 0xFF);
    }
    if (width > 2) {
      row(width, sum, one, two, row[0] & 0xFF, row[1] & 0xFF, row[width - 2] & 0xFF, row[width - 1] & 0xFF);
    }
  }

  void add(short[] row, int width) {
    long sum = 0;
    long one = 0;
    long two = 0;
    for (int i = 0; i < width - 2; i++) {
      long v = row[i] & 0xFFFF;
      sum += v;
      one += v * (row[i + 1] & 0xFFFF);
      two += v * (row[i + 2] & 0xFFFF);
    }
    if (width > 2) {
      row(width, sum, one, two, row[0] & 0xFFFF, row[1] & 0xFFFF, row[width - 2] & 0xFFFF, row[width - 1] & 0xFFFF);
    }
  }

  private void row(int width, long sum, long one, long two, int first, int second, int lastButOne, int last) {
    n += width - 2;
    sum0 += sum;
    sum1 += sum - first + lastButOne;
    sum2 += sum - first - second + lastButOne + last;
    product1 += one;
    product2 += two;
  }

  /**
   * The score of the rows, 0 to 1; 0 where neighbours have nothing in common, as in a flat plane or one of noise alone.
   *
   * @param variance of the pixels
   */
  double score(double variance) {
    double c1 = covariance(product1, sum1);
    double c2 = covariance(product2, sum2);
    if (!(c1 > SIGNIFICANT * variance / Math.sqrt((double) n))) {
      return 0;
    }
    return Math.clamp(1 - c2 / c1, 0, 1);
  }

  private double covariance(long product, long sum) {
    return (double) product / n - (double) sum0 / n * ((double) sum / n);
  }
}
