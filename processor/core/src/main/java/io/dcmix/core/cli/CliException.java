package io.dcmix.core.cli;

/** A failure that the user can mend. The message is the one line that they see; it names the place and the remedy. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CliException(String message) {
    super(message);
  }

  public CliException(String message, Throwable cause) {
    super(message, cause);
  }
}
