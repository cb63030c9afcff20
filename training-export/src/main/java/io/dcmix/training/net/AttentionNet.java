package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Activation;

/**
 * The attention baseline: one encoder, shared by the channels, gives each channel's features h_i; gated attention weighs them.
 * a_i = softmax_i(uᵀ(tanh(V·h_i) ⊙ σ(U·h_i))), z = Σ a_i·h_i: Ilse, Tomczak, Welling 2018, arXiv 1802.04712, equation 9.
 */
public final class AttentionNet implements Network {
  private static final int HIDDEN = 32;

  private final int channels;
  private final int features;
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
  public AttentionNet(NDManager manager, int channels, int classes, Backbone backbone, long seed) {
    this.channels = channels;
    features = backbone.features();
    parameters = new Parameters(manager, seed);
    convolutions = new Convolutions(backbone, parameters);
    double sd = Math.sqrt(1.0 / features);
    parameters.learnGaussian("attention.tanh", sd, features, HIDDEN);
    parameters.learnConstant("attention.tanh.bias", 0, HIDDEN);
    parameters.learnGaussian("attention.gate", sd, features, HIDDEN);
    parameters.learnConstant("attention.gate.bias", 0, HIDDEN);
    parameters.learnGaussian("attention.score", Math.sqrt(1.0 / HIDDEN), HIDDEN, 1);
    head = new Head(features, classes, parameters);
  }

  @Override
  public NDArray forward(NDArray pixels, Mode mode) {
    NDArray encoded = encode(pixels, mode);
    NDArray mixed = encoded.mul(attention(encoded)).sum(new int[] {1});
    return head.logits(mixed);
  }

  /**
   * How much each channel of each image is attended to.
   *
   * @param pixels [B, C, h, w], normalised
   * @return [B, C]; each row sums to 1
   */
  public NDArray attention(NDArray pixels, Mode mode) {
    return attention(encode(pixels, mode)).reshape(pixels.getShape().get(0), channels);
  }

  private NDArray encode(NDArray pixels, Mode mode) {
    long images = pixels.getShape().get(0);
    NDArray single = pixels.reshape(images * channels, 1, pixels.getShape().get(2), pixels.getShape().get(3));
    return convolutions.features(single, mode).reshape(images, channels, features);
  }

  private NDArray attention(NDArray encoded) {
    NDArray flat = encoded.reshape(-1, features);
    NDArray tanh = Activation.tanh(flat.matMul(parameters.get("attention.tanh")).add(parameters.get("attention.tanh.bias")));
    NDArray gate = Activation.sigmoid(flat.matMul(parameters.get("attention.gate")).add(parameters.get("attention.gate.bias")));
    return tanh.mul(gate).matMul(parameters.get("attention.score")).reshape(-1, channels, 1).softmax(1);
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }
}
