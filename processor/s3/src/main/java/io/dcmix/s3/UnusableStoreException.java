package io.dcmix.s3;

/** An object store that cannot be spoken to, whatever it would say. The message is one line and names the remedy. */
public final class UnusableStoreException extends Exception {
  private static final long serialVersionUID = 1;

  UnusableStoreException(String message) {
    super(message);
  }
}
