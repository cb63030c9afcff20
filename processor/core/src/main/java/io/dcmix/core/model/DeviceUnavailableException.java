package io.dcmix.core.model;

import java.io.IOException;

/** The device that was asked for cannot be used. The message says why and what to do. */
public final class DeviceUnavailableException extends IOException {
  private static final long serialVersionUID = 1;

  public DeviceUnavailableException(String message) {
    super(message);
  }

  public DeviceUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
