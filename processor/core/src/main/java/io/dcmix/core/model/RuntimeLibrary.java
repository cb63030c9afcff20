package io.dcmix.core.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;

/**
 * The ONNX Runtime of this build.
 *
 * @param version such as 1.28.0
 * @param offersCuda whether it was built with its CUDA provider; that says nothing of a device
 */
public record RuntimeLibrary(String version, boolean offersCuda) {
  /**
   * Loads the native library if it is not loaded yet.
   *
   * @throws IllegalStateException or a LinkageError if it does not load here
   */
  public static RuntimeLibrary load() {
    return new RuntimeLibrary(OnnxSession.environment().getVersion(), OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA));
  }
}
