package io.dcmix.training.net;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.dcmix.core.cli.CliException;

/** Starts PyTorch once in a process, offline, on the CPU. */
public final class PyTorch {
  private PyTorch() {}

  /**
   * A manager of arrays on the CPU; closing it frees them.
   *
   * @param threads inside one operation. One thread gives the same numbers in every run; the first call in a process decides
   * @throws CliException if PyTorch's natives are not there for this machine
   */
  public static synchronized NDManager open(int threads) {
    // The engine comes from the class path; nothing may be fetched or reported.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    try {
      return Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
    } catch (RuntimeException | LinkageError e) {
      throw new CliException(
          "PyTorch does not start on this machine (%s %s): %s. Training ships natives for Linux on x86-64 only"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), e.getMessage()), e);
    }
  }
}
