package io.dcmix.streams.publish;

import java.io.IOException;

/** Another publisher works on the same plate of the same lane; the later one goes on, this one has ended. */
public final class TakenOverException extends IOException {
  private static final long serialVersionUID = 1;

  TakenOverException(String message, Throwable cause) {
    super(message, cause);
  }
}
