package io.dcmix.training.data;

/**
 * Count, sum and sum of squares of pixel values. Pixels are whole numbers up to 65535, so the sums of a plate stay exact.
 *
 * @param count number of pixels
 * @param sum of the values
 * @param squares sum of the squared values
 */
public record Moments(long count, double sum, double squares) {
  public static final Moments NONE = new Moments(0, 0, 0);

  public Moments plus(Moments other) {
    return new Moments(count + other.count, sum + other.sum, squares + other.squares);
  }

  public double mean() {
    return sum / count;
  }

  /** Population SD. */
  public double standardDeviation() {
    return Math.sqrt(Math.max(0, squares / count - mean() * mean()));
  }
}
