package io.dcmix.app.run;

import io.dcmix.core.model.CudaOptions;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.RuntimeOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that runs a model where the user says. A mixin. */
public final class DeviceOptions {
  @Option(names = "--device", defaultValue = "auto", paramLabel = "auto|cpu|cuda|cuda:0,1",
      description = "Where the model runs. auto: CUDA where it works, else the CPU; cuda: CUDA or no start; cuda:0,1: both devices. Default: auto.")
  private String device = "auto";

  @Option(names = "--gpu-memory", paramLabel = "SIZE", converter = Sizes.class,
      description = "Most memory that the model takes on each GPU, such as 6GiB. Default: 4GiB.")
  private @Nullable Long gpuMemory;

  @Option(names = "--tf32",
      description = "On a GPU, let matrix products round to TF32: faster, less exact, and predictions say reproducible=false.")
  private boolean tf32;

  /**
   * Where the model may run.
   *
   * @throws io.dcmix.core.cli.CliException if {@code --device} is no device
   */
  public DevicePolicy policy() {
    return Options.device(device);
  }

  /**
   * How it runs there.
   *
   * @param batchBytes pixels that one run takes on a GPU, which is what the start tries
   */
  public RuntimeOptions runtime(long batchBytes) {
    CudaOptions cuda = CudaOptions.DEFAULT.withTf32(tf32).withSlabBytes(batchBytes);
    return RuntimeOptions.DEFAULT.withCuda(gpuMemory == null ? cuda : cuda.withMemoryLimitBytes(gpuMemory));
  }
}
