package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.core.Linear;

/** The linear layer at the end: {@code head} [K, F] and {@code bias} [K]. */
final class Head {
  private final Parameters parameters;

  Head(int features, int classes, Parameters parameters) {
    this.parameters = parameters;
    parameters.learnGaussian("head", Math.sqrt(1.0 / features), classes, features);
    parameters.learnConstant("bias", 0, classes);
  }

  NDArray logits(NDArray features) {
    return Linear.linear(features, parameters.get("head"), parameters.get("bias")).singletonOrThrow();
  }
}
