package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;

/**
 * DCMIX: a {@link Blend} of the normalised channels, then a backbone whose features are averaged over the image, so that place
 * does not matter, then a linear layer.
 */
public final class DcmixNet implements Network {
  /** Name of θ among the parameters. */
  public static final String THETA = "theta";

  private final int channels;
  private final Blend blend;
  private final Parameters parameters;
  private final Convolutions convolutions;
  private final Head head;

  /**
   * A fresh network.
   *
   * @param manager owns the parameters
   * @param backbone for images of one channel
   * @param seed of the kernels
   */
  public DcmixNet(NDManager manager, int channels, int classes, Blend blend, Backbone backbone, long seed) {
    this.channels = channels;
    this.blend = blend;
    parameters = new Parameters(manager, seed);
    parameters.learn(THETA, blend.start(channels), channels);
    convolutions = new Convolutions(backbone, parameters);
    head = new Head(backbone.features(), classes, parameters);
  }

  @Override
  public NDArray forward(NDArray pixels, Mode mode) {
    NDArray image = pixels.mul(weightsOnTape().reshape(1, channels, 1, 1)).sum(new int[] {1}, true);
    return head.logits(convolutions.features(image, mode));
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public NDArray weightsOnTape() {
    return blend.weights(parameters.get(THETA));
  }

  @Override
  public float[] weights() {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      return weightsOnTape().toFloatArray();
    }
  }
}
