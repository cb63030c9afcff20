package io.dcmix.training.fit;

import io.dcmix.training.data.Augmentation;

/**
 * How a network is fitted.
 *
 * @param epochs passes, each of {@code steps} steps
 * @param steps gradient steps in an epoch
 * @param batchSize sites in a step
 * @param learningRate highest rate of Adam; it falls to a fiftieth along half a cosine
 * @param blendRate the blend's weights learn this many times faster than the kernels: there are few, and they start equal
 * @param weightDecay L2 decay of kernels and head
 * @param augmentation variation of the sites
 * @param seed of kernels, order and variation
 * @param threads of PyTorch; 1 gives the same model for the same seed
 */
public record FitOptions(
    int epochs,
    int steps,
    int batchSize,
    double learningRate,
    double blendRate,
    double weightDecay,
    Augmentation augmentation,
    long seed,
    int threads) {
  public FitOptions {
    if (epochs < 1 || steps < 1 || batchSize < 2 || threads < 1) {
      throw new IllegalArgumentException("Epochs, steps and threads must be 1 or more, the batch 2 or more");
    }
    if (!(learningRate > 0) || !(blendRate > 0) || !(weightDecay >= 0)) {
      throw new IllegalArgumentException("Learning rates must be above 0, the weight decay 0 or more");
    }
  }
}
