package io.dcmix.core.scoring;

import io.dcmix.schema.event.FailureReason;
import java.nio.ByteBuffer;

/** Reads a payload through its pointer. Safe to call from several threads at once; a call may block. */
public interface PlaneSource {
  /**
   * Reads a payload; its SHA-256 is the pointer's. The caller answers for its memory from then on.
   *
   * @throws SourceExpiredException if the payload is gone, is not what it was, or must not be read
   */
  ByteBuffer read(PlanePointer pointer) throws SourceExpiredException;

  /**
   * Reads a payload and uses it. A source that limits its memory counts the payload until the use ends, so that however many
   * threads ask, no more than that is held.
   *
   * @throws SourceExpiredException as {@link #read(PlanePointer)}
   * @throws X as the use
   */
  default <T, X extends Exception> T read(PlanePointer pointer, Use<T, X> use) throws SourceExpiredException, X {
    return use.apply(read(pointer));
  }

  /** What is done with a payload: it is decoded, or handed to who counts its bytes from then on. It reads no other. */
  @FunctionalInterface
  interface Use<T, X extends Exception> {
    T apply(ByteBuffer payload) throws X;
  }

  /** The payload is gone or changed, or must not be read. The message names the place and the remedy. */
  final class SourceExpiredException extends Exception {
    private static final long serialVersionUID = 1;

    private final FailureReason reason;

    public SourceExpiredException(String message) {
      this(FailureReason.SOURCE_EXPIRED, message);
    }

    /**
     * A payload that cannot be had.
     *
     * @param reason what its site's failure says
     */
    public SourceExpiredException(FailureReason reason, String message) {
      super(message);
      this.reason = reason;
    }

    public FailureReason reason() {
      return reason;
    }
  }
}
