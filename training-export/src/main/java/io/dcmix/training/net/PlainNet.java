package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** The baseline without a blend: the channels, all of them or one, go into the first convolution as they are. */
public final class PlainNet implements Network {
  private final int from;
  private final int to;
  private final Parameters parameters;
  private final Convolutions convolutions;
  private final Head head;

  /**
   * A fresh network that sees channels {@code from} to below {@code to}, 0-based.
   *
   * @param manager owns the parameters
   * @param kind of backbone
   * @param seed of the kernels
   */
  public PlainNet(NDManager manager, int from, int to, int classes, Backbone.Kind kind, long seed) {
    this.from = from;
    this.to = to;
    parameters = new Parameters(manager, seed);
    Backbone backbone = kind.layers(to - from);
    convolutions = new Convolutions(backbone, parameters);
    head = new Head(backbone.features(), classes, parameters);
  }

  @Override
  public NDArray forward(NDArray pixels, Mode mode) {
    boolean all = from == 0 && to == pixels.getShape().get(1);
    return head.logits(convolutions.features(all ? pixels : pixels.get(":," + from + ":" + to), mode));
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
