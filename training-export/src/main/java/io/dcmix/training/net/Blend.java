package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.Arrays;
import java.util.Locale;

/**
 * How C channels become one image x = Σ_i w_i·c_i, with w_i ≥ 0 learnt through free numbers θ_i. The idea: Siegismund et al.,
 * arXiv 2308.16637. All blends start with equal weights. Only w is worth reading: θ, and the α of {@link #OVER}, depend on
 * the way they are written; and as what follows the blend rescales it, only the shares w_i / Σ w are.
 */
public enum Blend {
  /** w = log(1 + e^θ): free of each other, never quite 0. Starts at 1. */
  SOFTPLUS {
    @Override
    float[] start(int channels) {
      return filled(channels, (float) Math.log(Math.E - 1));
    }

    @Override
    NDArray weights(NDArray theta) {
      return Activation.softPlus(theta);
    }
  },
  /** w = max(0, θ): a channel that reaches 0 is out for good, because no gradient brings it back. Starts at 1. */
  RELU {
    @Override
    float[] start(int channels) {
      return filled(channels, 1);
    }

    @Override
    NDArray weights(NDArray theta) {
      return Activation.relu(theta);
    }
  },
  /** w = e^θ_i / Σ_j e^θ_j: the channels compete, Σ w = 1. Starts at 1/C. */
  SOFTMAX {
    @Override
    float[] start(int channels) {
      return filled(channels, 0);
    }

    @Override
    NDArray weights(NDArray theta) {
      return theta.softmax(0);
    }
  },
  /**
   * Porter and Duff's "over", the first channel on top: w_i = α_i·Π_{j&lt;i}(1 − α_j) with α = 1/(1 + e^−θ). A weighted blend
   * with Σ w = 1 − Π(1 − α_i) below 1. Starts at w = 1/(C+1), that is α_i = 1/(C + 1 − i) for i from 0.
   */
  OVER {
    @Override
    float[] start(int channels) {
      float[] theta = new float[channels];
      for (int i = 0; i < channels; i++) {
        // logit of 1/(C + 1 − i)
        theta[i] = (float) -Math.log(channels - i);
      }
      return theta;
    }

    @Override
    NDArray weights(NDArray theta) {
      NDArray alpha = Activation.sigmoid(theta);
      int channels = Math.toIntExact(theta.size());
      NDList layers = new NDList();
      NDArray light = alpha.getManager().ones(new Shape(1));
      for (int i = 0; i < channels; i++) {
        NDArray a = alpha.get(i + ":" + (i + 1));
        layers.add(light.mul(a));
        light = light.mul(a.neg().add(1));
      }
      return NDArrays.concat(layers);
    }
  };

  /** θ with which all weights are equal. */
  abstract float[] start(int channels);

  /** w, [C], from θ, [C]; differentiable. */
  abstract NDArray weights(NDArray theta);

  /**
   * The α with which "over" gives these weights: α_i = w_i / (1 − Σ_{j&lt;i} w_j).
   *
   * @throws IllegalArgumentException if a weight is negative or their sum is above 1, which no α gives
   */
  public static double[] alphas(double[] weights) {
    double[] alphas = new double[weights.length];
    double left = 1;
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0) || weights[i] > left + 1e-9) {
        throw new IllegalArgumentException("Weights of \"over\" are 0 or more and sum to 1 at most");
      }
      alphas[i] = left <= 0 ? 0 : Math.min(1, weights[i] / left);
      left -= weights[i];
    }
    return alphas;
  }

  /** w_i / Σ w. */
  public static double[] shares(float[] weights) {
    double sum = 0;
    for (float w : weights) {
      sum += w;
    }
    double[] shares = new double[weights.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = sum > 0 ? weights[i] / sum : Double.NaN;
    }
    return shares;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static float[] filled(int channels, float value) {
    float[] theta = new float[channels];
    Arrays.fill(theta, value);
    return theta;
  }
}
