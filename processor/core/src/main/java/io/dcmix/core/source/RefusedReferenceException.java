package io.dcmix.core.source;

/** A reference that must not or cannot be followed, now or later. The message names it and the remedy. */
public final class RefusedReferenceException extends Exception {
  private static final long serialVersionUID = 1;

  public RefusedReferenceException(String message) {
    super(message);
  }
}
