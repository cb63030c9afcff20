package io.dcmix.training.fit;

import io.dcmix.training.data.Augmentation;

/**
 * How a network is fitted.
 *
 * @param schedule how long and how fast
 * @param objective what is minimised
 * @param augmentation variation of the samples
 * @param seed of kernels, order and variation
 */
public record FitOptions(Schedule schedule, Objective objective, Augmentation augmentation, long seed) {
  /** The same with another seed. */
  public FitOptions withSeed(long other) {
    return new FitOptions(schedule, objective, augmentation, other);
  }
}
