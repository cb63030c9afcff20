package io.dcmix.core.scoring;

import java.nio.ByteBuffer;

/** Reads a payload again through its pointer. Safe to call from several threads at once. */
public interface PlaneSource {
  /**
   * Reads a payload; its SHA-256 is the pointer's.
   *
   * @throws SourceExpiredException if the payload is gone, or is not what it was
   */
  ByteBuffer read(PlanePointer pointer) throws SourceExpiredException;

  /** The payload is gone or changed. The message names the place and the remedy. */
  final class SourceExpiredException extends Exception {
    private static final long serialVersionUID = 1;

    public SourceExpiredException(String message) {
      super(message);
    }
  }
}
