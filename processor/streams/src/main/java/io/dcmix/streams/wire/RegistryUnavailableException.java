package io.dcmix.streams.wire;

import org.jspecify.annotations.Nullable;

/**
 * The schema registry gave no answer, or refused one. The record may well be right: try again or stop, but never send it to
 * the dead letters.
 */
public final class RegistryUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public RegistryUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
