package io.dcmix.training.net;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.dcmix.core.cli.CliException;
import java.util.function.Supplier;

/** Starts PyTorch once in a process, offline, and reaches the little of it that DJL's own interface does not give. */
public final class PyTorch {
  private PyTorch() {}

  /** Where arrays live. */
  public enum Compute {
    /** A GPU where PyTorch finds one, else the CPU. */
    AUTO,
    CPU,
    /** A GPU, or an error. */
    GPU
  }

  /**
   * A manager of arrays; closing it frees them. Every thread that computes opens its own: the number of threads inside one
   * operation is a setting of the calling thread.
   *
   * @param threads inside one operation. One thread on the CPU gives the same numbers in every run
   * @throws CliException if PyTorch's natives are not there for this machine, or a GPU was asked for and there is none
   */
  public static synchronized NDManager open(int threads, Compute compute) {
    // The engine comes from the class path; nothing may be fetched or reported.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    Engine engine;
    try {
      engine = Engine.getEngine("PyTorch");
      JniUtils.setNumThreads(threads);
    } catch (RuntimeException | LinkageError e) {
      throw new CliException(
          "PyTorch does not start on this machine (%s %s): %s. Training ships natives for Linux on x86-64 only"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), e.getMessage()), e);
    }
    boolean gpu = compute != Compute.CPU && engine.getGpuCount() > 0;
    if (compute == Compute.GPU && !gpu) {
      throw new CliException("PyTorch finds no GPU here: this build ships its CPU natives (docs/training.md says how to exchange "
          + "them), or no driver answers. Use --device cpu or auto");
    }
    return engine.newBaseManager(gpu ? Device.gpu() : Device.cpu());
  }

  /** Version of PyTorch and of DJL, for provenance. */
  public static String version() {
    try (NDManager manager = open(1, Compute.CPU)) {
      return "PyTorch " + manager.getEngine().getVersion() + " through DJL " + Engine.getDjlVersion();
    }
  }

  /**
   * Computes a number and leaves its gradient in the parameters.
   *
   * <p>DJL's own collector may run once in a process at a time; the flag below belongs to the calling thread, so several
   * networks can be fitted side by side.
   *
   * @param loss a scalar
   */
  public static NDArray backward(Supplier<NDArray> loss) {
    JniUtils.setGradMode(true);
    try {
      NDArray value = loss.get();
      JniUtils.backward((PtNDArray) value, (PtNDArray) value.onesLike(), false, false);
      return value;
    } finally {
      JniUtils.setGradMode(false);
    }
  }
}
