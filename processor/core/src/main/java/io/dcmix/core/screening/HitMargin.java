package io.dcmix.core.screening;

/**
 * How far the hit class stands above all other classes together, in logits:
 *
 * <p>margin = z_hit − log Σ_{k ≠ hit} exp(z_k) = log(p_hit / (1 − p_hit)).
 *
 * <p>It is the log odds of a hit, so unlike a probability it does not saturate, and unlike a raw logit it does not change
 * when a constant is added to all logits.
 */
public final class HitMargin {
  private HitMargin() {}

  /**
   * The margin.
   *
   * @param logits one per class, two or more
   * @param hit 0-based index of the hit class
   */
  public static double of(double[] logits, int hit) {
    if (logits.length < 2) {
      throw new IllegalArgumentException("A margin needs two classes or more, not " + logits.length);
    }
    double top = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < logits.length; k++) {
      if (k != hit) {
        top = Math.max(top, logits[k]);
      }
    }
    double sum = 0;
    for (int k = 0; k < logits.length; k++) {
      if (k != hit) {
        sum += Math.exp(logits[k] - top);
      }
    }
    return logits[hit] - top - Math.log(sum);
  }
}
