package io.dcmix.training.fit;

/**
 * How long and how fast a network learns.
 *
 * @param epochs rounds of {@code steps} steps; after each, progress is shown and a checkpoint written
 * @param steps gradient steps in an epoch
 * @param batchSize samples in a step
 * @param learningRate highest rate of Adam; it falls to a fiftieth along half a cosine
 * @param blendRate the blend's weights learn this many times faster than the kernels: there are few, and they start equal
 * @param weightDecay all but the blend shrinks by this share of the learning rate at every step
 * @param patience stop when the validation loss has not fallen for so many epochs, and go back to the best; 0 never stops
 */
public record Schedule(
    int epochs, int steps, int batchSize, double learningRate, double blendRate, double weightDecay, int patience) {
  public Schedule {
    if (epochs < 1 || steps < 1 || batchSize < 2 || patience < 0) {
      throw new IllegalArgumentException("Epochs and steps must be 1 or more, the batch 2 or more, the patience 0 or more");
    }
    if (!(learningRate > 0) || !(blendRate > 0) || !(weightDecay >= 0)) {
      throw new IllegalArgumentException("Learning rates must be above 0, the weight decay 0 or more");
    }
  }

  /** The share of the highest learning rate after a share of all steps: a short rise, then half a cosine. */
  static double rate(double done) {
    double rise = 0.05;
    return done < rise ? 0.1 + 0.9 * done / rise : 0.02 + 0.98 * 0.5 * (1 + Math.cos(Math.PI * (done - rise) / (1 - rise)));
  }
}
