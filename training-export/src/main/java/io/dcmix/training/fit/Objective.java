package io.dcmix.training.fit;

import java.util.Locale;

/**
 * What is minimised.
 *
 * @param loss of the logits
 * @param balance of the classes
 * @param sparsity times the entropy of the blend's shares over ln C is added to the loss: 0 leaves the shares to the data, more
 *     makes fewer channels carry the image
 */
public record Objective(Loss loss, Balance balance, double sparsity) {
  public Objective {
    if (!(sparsity >= 0)) {
      throw new IllegalArgumentException("The sparsity is 0 or more");
    }
  }

  /** Of the logits. */
  public enum Loss {
    /** Cross-entropy: margins grow as long as training goes on. */
    CROSS_ENTROPY("cross-entropy"),
    /**
     * 2·Σ_k (z_k − mean(z) − t_k)² with t = +½ for the class and −½ for the other one (K classes: 1 − 1/K and −1/K): for two
     * classes (margin ∓ 1)². Margins of controls gather around −1 and 1, and what lies between them is a matter of degree.
     */
    MARGIN("margin");

    private final String text;

    Loss(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** How a rare class is kept from being ignored. */
  public enum Balance {
    /** As many of each class in every batch. */
    BATCHES,
    /** Batches as they come; each sample counts by 1 / (K · share of its class). */
    WEIGHTS,
    /** Batches as they come, each sample counts 1. */
    NONE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
