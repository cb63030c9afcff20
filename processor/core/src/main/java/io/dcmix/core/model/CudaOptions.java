package io.dcmix.core.model;

import java.util.Map;
import java.util.TreeMap;

/**
 * How ONNX Runtime uses a CUDA device. The defaults give the same bits from run to run where the device can: no TF32,
 * deterministic kernels, no search for the fastest convolution.
 *
 * @param memoryLimitBytes most memory that ONNX Runtime's arena takes on each device. If runs fail for want of memory, raise
 *     it or lower slabBytes
 * @param slabBytes pixels that one run takes at most; the number of sites in a slab follows from it. A site that is larger
 *     runs alone
 * @param arena how the arena grows
 * @param convolutionSearch how cuDNN chooses convolution algorithms
 * @param tf32 whether matrix products may round to TF32, which is faster and less exact
 * @param deterministic whether only deterministic kernels are allowed
 */
public record CudaOptions(
    long memoryLimitBytes, long slabBytes, ArenaGrowth arena, ConvolutionSearch convolutionSearch, boolean tf32, boolean deterministic) {
  /** 4 GiB, slabs of 128 MiB, growing as asked, heuristic search, no TF32, deterministic. */
  public static final CudaOptions DEFAULT =
      new CudaOptions(4L << 30, 128L << 20, ArenaGrowth.SAME_AS_REQUESTED, ConvolutionSearch.HEURISTIC, false, true);

  /** More sites than this in one run gain nothing, and the first of them waits longer. */
  private static final int MAX_SLAB_SITES = 64;

  public CudaOptions {
    if (memoryLimitBytes < 1) {
      throw new IllegalArgumentException("The CUDA memory limit must be above 0 bytes, not " + memoryLimitBytes);
    }
    if (slabBytes < 1) {
      throw new IllegalArgumentException("A CUDA slab must be above 0 bytes, not " + slabBytes);
    }
  }

  public CudaOptions withMemoryLimitBytes(long bytes) {
    return new CudaOptions(bytes, slabBytes, arena, convolutionSearch, tf32, deterministic);
  }

  public CudaOptions withTf32(boolean allowed) {
    return new CudaOptions(memoryLimitBytes, slabBytes, arena, convolutionSearch, allowed, deterministic);
  }

  public CudaOptions withSlabBytes(long bytes) {
    return new CudaOptions(memoryLimitBytes, bytes, arena, convolutionSearch, tf32, deterministic);
  }

  /** Sites of a model in one slab: as many as so many bytes hold, 1 to {@value #MAX_SLAB_SITES}. */
  public static int slabSites(ModelCard card, long slabBytes) {
    long addressable = Integer.MAX_VALUE / card.siteBytes();
    return Math.clamp(Math.min(slabBytes / card.siteBytes(), addressable), 1, MAX_SLAB_SITES);
  }

  /** Whether these settings allow equal bits from start to start; what the device then does is for the start-up check. */
  boolean reproducible() {
    return deterministic && !tf32 && convolutionSearch != ConvolutionSearch.EXHAUSTIVE;
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
