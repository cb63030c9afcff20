package io.dcmix.core.images;

/** A payload that is not the image it should be. The message says what is wrong with it. */
public final class CorruptPlaneException extends Exception {
  private static final long serialVersionUID = 1;

  public CorruptPlaneException(String message) {
    super(message);
  }

  public CorruptPlaneException(String message, Throwable cause) {
    super(message, cause);
  }
}
