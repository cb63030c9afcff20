package io.dcmix.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/** How much is logged, and in which format; the rest of the settings stands in logback.xml. */
public final class Logs {
  private static final String APPENDER = "stderr";

  private Logs() {}

  /**
   * Logs more than the default.
   *
   * @param steps how often {@code -v} was given: 0 leaves it as it is, 1 says more of our own work, 2 more of the libraries'
   */
  public static void raise(int steps) {
    if (steps > 0 && LoggerFactory.getLogger("io.dcmix") instanceof Logger ours) {
      ours.setLevel(Level.DEBUG);
    }
    if (steps > 1 && LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.INFO);
    }
  }

  /** Writes all lines from now on as JSON. */
  public static void asJson() {
    write(new JsonLines());
  }

  /** Writes all lines from now on for people. */
  public static void asText() {
    write(new TextLines());
  }

  /** Nothing changes where logback was set up otherwise than by logback.xml. */
  private static void write(Encoder<ILoggingEvent> encoder) {
    if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root
        && root.getAppender(APPENDER) instanceof OutputStreamAppender<ILoggingEvent> stderr) {
      encoder.setContext(root.getLoggerContext());
      encoder.start();
      stderr.setEncoder(encoder);
    }
  }
}
