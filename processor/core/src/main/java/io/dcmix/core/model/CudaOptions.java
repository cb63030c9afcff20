package io.dcmix.core.model;

import java.util.Map;
import java.util.TreeMap;

/**
 * How ONNX Runtime uses a CUDA device. The defaults give the same bits from run to run where the device can: no TF32,
 * deterministic kernels, no search for the fastest convolution.
 *
 * @param deviceId 0-based
 * @param memoryLimitBytes most memory that ONNX Runtime's arena takes on the device
 * @param arena how the arena grows
 * @param convolutionSearch how cuDNN chooses convolution algorithms
 * @param tf32 whether matrix products may round to TF32, which is faster and less exact
 * @param deterministic whether only deterministic kernels are allowed
 */
public record CudaOptions(
    int deviceId, long memoryLimitBytes, ArenaGrowth arena, ConvolutionSearch convolutionSearch, boolean tf32, boolean deterministic) {
  /** Device 0, 4 GiB, growing as asked, heuristic search, no TF32, deterministic. */
  public static final CudaOptions DEFAULT =
      new CudaOptions(0, 4L << 30, ArenaGrowth.SAME_AS_REQUESTED, ConvolutionSearch.HEURISTIC, false, true);

  public CudaOptions {
    if (deviceId < 0) {
      throw new IllegalArgumentException("A CUDA device id is 0 or more, not " + deviceId);
    }
    if (memoryLimitBytes < 1) {
      throw new IllegalArgumentException("The CUDA memory limit must be above 0 bytes, not " + memoryLimitBytes);
    }
  }

  /** How the device's arena grows. Powers of two mean fewer calls, as requested means less waste. */
  public enum ArenaGrowth {
    NEXT_POWER_OF_TWO("kNextPowerOfTwo"),
    SAME_AS_REQUESTED("kSameAsRequested");

    private final String key;

    ArenaGrowth(String key) {
      this.key = key;
    }
  }

  /** How cuDNN chooses a convolution's algorithm. EXHAUSTIVE times them, so two starts may choose differently. */
  public enum ConvolutionSearch {
    EXHAUSTIVE,
    HEURISTIC,
    DEFAULT
  }

  /** The provider's options by ONNX Runtime's names, except the device id. */
  Map<String, String> providerOptions() {
    return new TreeMap<>(
        Map.of(
            "gpu_mem_limit", Long.toString(memoryLimitBytes),
            "arena_extend_strategy", arena.key,
            "cudnn_conv_algo_search", convolutionSearch.name(),
            "use_tf32", tf32 ? "1" : "0"));
  }
}
