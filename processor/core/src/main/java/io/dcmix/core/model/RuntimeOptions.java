package io.dcmix.core.model;

/**
 * How ONNX Runtime runs a model.
 *
 * @param threads threads inside one pass, 1 or more. Wells run side by side, so 1 is fastest for a plate
 * @param maxFileBytes largest model file that is read
 * @param cuda settings for CUDA, used only there
 */
public record RuntimeOptions(int threads, long maxFileBytes, CudaOptions cuda) {
  /** One thread a pass, files up to 1 GiB. */
  public static final RuntimeOptions DEFAULT = new RuntimeOptions(1, 1L << 30, CudaOptions.DEFAULT);

  public RuntimeOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("Threads must be 1 or more, not " + threads);
    }
    if (maxFileBytes < 1 || maxFileBytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("The largest model file must lie between 1 byte and 2 GiB, not " + maxFileBytes);
    }
  }

  public RuntimeOptions withThreads(int count) {
    return new RuntimeOptions(count, maxFileBytes, cuda);
  }
}
