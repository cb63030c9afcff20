package io.dcmix.training.net;

/** One step of a {@link Backbone}. Padding of a convolution is half its kernel, so that stride 1 keeps the size. */
public sealed interface Layer {
  /** Channels that come out. */
  int outputs();

  /**
   * Convolution without bias, batch normalisation, ReLU.
   *
   * @param inputs channels in
   * @param outputs channels out
   * @param kernel side of the kernel, odd
   * @param stride in both directions
   */
  record Convolution(int inputs, int outputs, int kernel, int stride) implements Layer {}

  /**
   * Largest value of each square; padding is half the kernel.
   *
   * @param outputs channels in and out
   * @param kernel side of the square, odd
   * @param stride in both directions
   */
  record MaxPool(int outputs, int kernel, int stride) implements Layer {}

  /**
   * Basic residual block: He, Zhang, Ren, Sun 2015, arXiv 1512.03385. Two 3 × 3 convolutions with batch normalisation, plus
   * the input itself, or its 1 × 1 convolution with batch normalisation where size or channels change; then ReLU.
   *
   * @param inputs channels in
   * @param outputs channels out
   * @param stride of the first convolution
   */
  record Residual(int inputs, int outputs, int stride) implements Layer {
    /** Whether the input needs a convolution to be added. */
    public boolean projects() {
      return stride != 1 || inputs != outputs;
    }
  }
}
