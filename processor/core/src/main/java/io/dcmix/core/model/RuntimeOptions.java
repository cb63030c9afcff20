package io.dcmix.core.model;

import org.jspecify.annotations.Nullable;

/**
 * How ONNX Runtime runs a model.
 *
 * @param threads threads inside one pass on the CPU, 1 or more. Wells run side by side, so 1 is fastest for a plate
 * @param slabSites sites in one run, which {@link SiteModel#slabSites} then says and the start-up check tries; null: 1 on the
 *     CPU, where more bring nothing, and what {@link CudaOptions#slabBytes} holds on CUDA
 * @param maxFileBytes largest model file that is read
 * @param cuda settings for CUDA, used only there
 */
public record RuntimeOptions(int threads, @Nullable Integer slabSites, long maxFileBytes, CudaOptions cuda) {
  /** One thread a pass, slabs as the device likes them, files up to 1 GiB. */
  public static final RuntimeOptions DEFAULT = new RuntimeOptions(1, null, 1L << 30, CudaOptions.DEFAULT);

  public RuntimeOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("Threads must be 1 or more, not " + threads);
    }
    if (slabSites != null && slabSites < 1) {
      throw new IllegalArgumentException("A slab must hold 1 site or more, not " + slabSites);
    }
    if (maxFileBytes < 1 || maxFileBytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("The largest model file must lie between 1 byte and 2 GiB, not " + maxFileBytes);
    }
  }

  public RuntimeOptions withThreads(int count) {
    return new RuntimeOptions(count, slabSites, maxFileBytes, cuda);
  }

  public RuntimeOptions withSlabSites(int sites) {
    return new RuntimeOptions(threads, sites, maxFileBytes, cuda);
  }

  public RuntimeOptions withMaxFileBytes(long bytes) {
    return new RuntimeOptions(threads, slabSites, bytes, cuda);
  }

  public RuntimeOptions withCuda(CudaOptions options) {
    return new RuntimeOptions(threads, slabSites, maxFileBytes, options);
  }

  /** Sites of this model in one run. */
  int slabSites(ModelCard card, boolean onCuda) {
    if (slabSites != null) {
      return slabSites;
    }
    return onCuda ? CudaOptions.slabSites(card, cuda.slabBytes()) : 1;
  }
}
