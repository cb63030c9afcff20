package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.dcmix.training.net.TrainedNet.Layer;
import io.dcmix.training.net.TrainedNet.LayerSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * DCMIX: one image x = Σ_i w_i·c_i of the normalised channels c_i with w_i = softplus(θ_i) ≥ 0, then a small convolutional
 * network that averages its features over the image, so that place does not matter. All w start at 1.
 */
public final class DcmixNet {
  /** Name of θ among the {@link #trainable()} parameters. */
  public static final String THETA = "theta";

  /** softplus(START) = 1. */
  private static final float START = (float) Math.log(Math.E - 1);

  private static final float MOMENTUM = 0.9f;

  private final int channels;
  private final List<LayerSpec> specs;
  private final Map<String, NDArray> trainable = new LinkedHashMap<>();
  private final Map<String, NDArray> running = new LinkedHashMap<>();

  /**
   * A fresh network.
   *
   * @param manager owns the parameters
   * @param seed of the kernels
   */
  public DcmixNet(NDManager manager, int channels, int classes, List<LayerSpec> specs, long seed) {
    this.channels = channels;
    this.specs = List.copyOf(specs);
    SplittableRandom random = new SplittableRandom(seed);
    parameter(THETA, manager.full(new Shape(channels), START));
    for (int i = 0; i < specs.size(); i++) {
      LayerSpec s = specs.get(i);
      int fan = s.inputs() * s.kernel() * s.kernel();
      // He, Zhang, Ren, Sun 2015: SD sqrt(2 / fan-in) keeps the variance through ReLU layers.
      parameter("kernel" + i, gaussian(manager, random, Math.sqrt(2.0 / fan), s.outputs(), s.inputs(), s.kernel(), s.kernel()));
      parameter("gamma" + i, manager.ones(new Shape(s.outputs())));
      parameter("beta" + i, manager.zeros(new Shape(s.outputs())));
      running.put("mean" + i, manager.zeros(new Shape(s.outputs())));
      running.put("variance" + i, manager.ones(new Shape(s.outputs())));
    }
    int features = specs.getLast().outputs();
    parameter("head", gaussian(manager, random, Math.sqrt(1.0 / features), classes, features));
    parameter("bias", manager.zeros(new Shape(classes)));
  }

  private void parameter(String name, NDArray value) {
    value.setRequiresGradient(true);
    trainable.put(name, value);
  }

  private static NDArray gaussian(NDManager manager, SplittableRandom random, double sd, long... shape) {
    Shape s = new Shape(shape);
    float[] values = new float[Math.toIntExact(s.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (sd * random.nextGaussian());
    }
    return manager.create(values, s);
  }

  /** The parameters that an optimiser moves, by name, always in the same order. */
  public Map<String, NDArray> trainable() {
    return trainable;
  }

  /**
   * Computes logits.
   *
   * @param pixels [B, C, h, w], normalised
   * @param training true normalises by the batch's own statistics and lets the running ones follow
   * @return [B, K]
   */
  public NDArray forward(NDArray pixels, boolean training) {
    NDArray blend = Activation.softPlus(get(THETA)).reshape(1, channels, 1, 1);
    NDArray x = pixels.mul(blend).sum(new int[] {1}, true);
    for (int i = 0; i < specs.size(); i++) {
      LayerSpec s = specs.get(i);
      x = Conv2d.conv2d(x, get("kernel" + i), null, new Shape(s.stride(), s.stride()), new Shape(s.padding(), s.padding()))
          .singletonOrThrow();
      NDList normal = BatchNorm.batchNorm(
          x, running("mean" + i), running("variance" + i), get("gamma" + i), get("beta" + i), 1, MOMENTUM, TrainedNet.EPSILON, training);
      x = Activation.relu(normal.singletonOrThrow());
    }
    NDArray average = x.reshape(x.getShape().get(0), x.getShape().get(1), -1).mean(new int[] {2});
    return Linear.linear(average, get("head"), get("bias")).singletonOrThrow();
  }

  /** The effective weights, as they are now. */
  public float[] weights() {
    try (NDArray w = Activation.softPlus(get(THETA))) {
      return w.toFloatArray();
    }
  }

  /** The network as plain numbers. */
  public TrainedNet freeze() {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      layers.add(new Layer(
          specs.get(i),
          get("kernel" + i).toFloatArray(),
          get("gamma" + i).toFloatArray(),
          get("beta" + i).toFloatArray(),
          running("mean" + i).toFloatArray(),
          running("variance" + i).toFloatArray()));
    }
    return new TrainedNet(weights(), layers, get("head").toFloatArray(), get("bias").toFloatArray());
  }

  private NDArray get(String name) {
    return find(trainable, name);
  }

  private NDArray running(String name) {
    return find(running, name);
  }

  private static NDArray find(Map<String, NDArray> arrays, String name) {
    NDArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalStateException("The network has no parameter " + name);
    }
    return array;
  }
}
