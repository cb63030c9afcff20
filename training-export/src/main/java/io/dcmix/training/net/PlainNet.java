package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** The baseline without a blend: all channels go into the first convolution as they are. */
public final class PlainNet implements Network {
  private final Parameters parameters;
  private final Convolutions convolutions;
  private final Head head;

  /**
   * A fresh network.
   *
   * @param manager owns the parameters
   * @param backbone for images of all channels
   * @param seed of the kernels
   */
  public PlainNet(NDManager manager, int classes, Backbone backbone, long seed) {
    parameters = new Parameters(manager, seed);
    convolutions = new Convolutions(backbone, parameters);
    head = new Head(backbone.features(), classes, parameters);
  }

  @Override
  public NDArray forward(NDArray pixels, Mode mode) {
    return head.logits(convolutions.features(pixels, mode));
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
