package io.dcmix.schema;

import org.jspecify.annotations.Nullable;

/** Bytes that are not the record they should be. The bytes are wrong, so trying again is no use. */
public final class UnreadableRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UnreadableRecordException(String message) {
    super(message);
  }

  public UnreadableRecordException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
