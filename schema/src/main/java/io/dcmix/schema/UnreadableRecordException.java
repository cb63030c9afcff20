package io.dcmix.schema;

/** Bytes that are not the record they should be. The bytes are wrong, so trying again is no use. */
public final class UnreadableRecordException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UnreadableRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
