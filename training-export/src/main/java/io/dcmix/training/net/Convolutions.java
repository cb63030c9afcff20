package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.dcmix.training.net.Layer.Convolution;
import io.dcmix.training.net.Layer.MaxPool;
import io.dcmix.training.net.Layer.Residual;

/** Runs a {@link Backbone} on PyTorch. */
final class Convolutions {
  private final Backbone backbone;
  private final Parameters parameters;

  /** Adds the parameters of the layers, by the names {@code layer0.kernel} and so on. */
  Convolutions(Backbone backbone, Parameters parameters) {
    this.backbone = backbone;
    this.parameters = parameters;
    for (int i = 0; i < backbone.layers().size(); i++) {
      String at = "layer" + i;
      switch (backbone.layers().get(i)) {
        case Convolution c -> add(at, c);
        case MaxPool pool -> { }
        case Residual r -> {
          add(at + ".first", new Convolution(r.inputs(), r.outputs(), 3, r.stride()));
          add(at + ".second", new Convolution(r.outputs(), r.outputs(), 3, 1));
          if (r.projects()) {
            add(at + ".shortcut", new Convolution(r.inputs(), r.outputs(), 1, r.stride()));
          }
        }
      }
    }
  }

  private void add(String at, Convolution c) {
    // He, Zhang, Ren, Sun 2015: SD sqrt(2 / fan-in) keeps the variance through ReLU layers.
    parameters.learnGaussian(at + ".kernel", Math.sqrt(2.0 / (c.inputs() * c.kernel() * c.kernel())),
        c.outputs(), c.inputs(), c.kernel(), c.kernel());
    parameters.learnConstant(at + ".gamma", 1, c.outputs());
    parameters.learnConstant(at + ".beta", 0, c.outputs());
    parameters.measure(at + ".mean", 0, c.outputs());
    parameters.measure(at + ".variance", 1, c.outputs());
  }

  /** Features, one summary per image of the last layer, [B, F], of images [B, inputs, h, w]. */
  NDArray features(NDArray images, Mode mode) {
    NDArray x = images;
    for (int i = 0; i < backbone.layers().size(); i++) {
      String at = "layer" + i;
      x = switch (backbone.layers().get(i)) {
        case Convolution c -> Activation.relu(normalised(at, c, x, mode));
        case MaxPool p -> Pool.maxPool2d(x, square(p.kernel()), square(p.stride()), square(p.kernel() / 2), false);
        case Residual r -> {
          NDArray first = Activation.relu(normalised(at + ".first", new Convolution(r.inputs(), r.outputs(), 3, r.stride()), x, mode));
          NDArray second = normalised(at + ".second", new Convolution(r.outputs(), r.outputs(), 3, 1), first, mode);
          NDArray shortcut = r.projects()
              ? normalised(at + ".shortcut", new Convolution(r.inputs(), r.outputs(), 1, r.stride()), x, mode)
              : x;
          yield Activation.relu(second.add(shortcut));
        }
      };
    }
    NDArray mean = x.reshape(x.getShape().get(0), x.getShape().get(1), -1).mean(new int[] {2});
    return switch (backbone.summary()) {
      case MEAN -> mean;
      case LOG_MEAN -> mean.add(Backbone.FLOOR).log();
    };
  }

  private NDArray normalised(String at, Convolution c, NDArray x, Mode mode) {
    NDArray y = Conv2d.conv2d(x, parameters.get(at + ".kernel"), null, square(c.stride()), square(c.kernel() / 2)).singletonOrThrow();
    return BatchNorm.batchNorm(y, parameters.get(at + ".mean"), parameters.get(at + ".variance"), parameters.get(at + ".gamma"),
        parameters.get(at + ".beta"), 1, mode.momentum(), Mode.EPSILON, mode.training()).singletonOrThrow();
  }

  private static Shape square(int side) {
    return new Shape(side, side);
  }
}
