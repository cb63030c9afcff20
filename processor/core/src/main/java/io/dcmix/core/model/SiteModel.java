package io.dcmix.core.model;

import java.nio.ByteBuffer;

/** A loaded model that scores one site at a time. Safe to call from several threads at once. */
public interface SiteModel extends AutoCloseable {
  ModelCard card();

  /** Where it runs: {@code cpu}, {@code cuda:0}. */
  String device();

  /** Whether the same pixels give the same bits on this device (the start-up self-test says so). */
  boolean reproducible();

  /**
   * Scores one site.
   *
   * @param pixels a direct buffer in native byte order with [C, H, W] pixels, {@link ModelCard#siteBytes()} of them from its
   *     position; neither copied nor changed
   * @param explain whether to compute the importance, which costs one more pass a channel
   * @throws InferenceException if the runtime fails on it, or gives NaN or infinity
   * @throws IllegalStateException after {@link #close()}
   */
  SiteScore score(ByteBuffer pixels, boolean explain) throws InferenceException;

  @Override
  void close();

  /** The runtime failed; whether pixels or device are to blame is for the caller to find out. */
  final class InferenceException extends Exception {
    private static final long serialVersionUID = 1;

    public InferenceException(String message) {
      super(message);
    }

    public InferenceException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
