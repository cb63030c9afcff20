package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** A classifier of multi-channel images on PyTorch. One thread uses it. */
public interface Network {
  /**
   * Computes logits.
   *
   * @param pixels [B, C, h, w], normalised; a channel that is 0 everywhere is left out
   * @return [B, K]
   */
  NDArray forward(NDArray pixels, Mode mode);

  Parameters parameters();

  /** The effective blend weights as they are now, [C]; null for a network that does not blend. */
  default float @Nullable [] weights() {
    return null;
  }

  /** The same on the gradient's tape, [C]. */
  default @Nullable NDArray weightsOnTape() {
    return null;
  }
}
