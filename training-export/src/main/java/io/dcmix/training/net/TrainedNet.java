package io.dcmix.training.net;

import java.util.List;

/**
 * A trained network as plain numbers, ready to be written down.
 *
 * @param weights effective blend weight per channel, 0 or more
 * @param layers the convolutions, first to last
 * @param head of shape [K, features], row-major, behind the average over the image
 * @param bias K numbers
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainedNet(float[] weights, List<Layer> layers, float[] head, float[] bias) {
  /** Added to the variance in batch normalisation. */
  public static final float EPSILON = 1e-5f;

  /**
   * Convolution without bias, batch normalisation, ReLU.
   *
   * @param spec sizes
   * @param kernel [out, in, k, k], row-major
   * @param gamma scale per output
   * @param beta shift per output
   * @param mean running mean per output
   * @param variance running variance per output
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Layer(LayerSpec spec, float[] kernel, float[] gamma, float[] beta, float[] mean, float[] variance) {}

  /**
   * Sizes of a convolution; padding is half the kernel.
   *
   * @param inputs channels in
   * @param outputs channels out
   * @param kernel side of the kernel, odd
   * @param stride in both directions
   */
  public record LayerSpec(int inputs, int outputs, int kernel, int stride) {
    public int padding() {
      return kernel / 2;
    }
  }

  /** Numbers that were learnt or measured, the blend's included. */
  public int parameters() {
    int n = weights.length + head.length + bias.length;
    for (Layer layer : layers) {
      n += layer.kernel.length + 4 * layer.spec.outputs();
    }
    return n;
  }
}
