package io.dcmix.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much is logged; the rest of the settings stands in logback.xml. */
final class Logs {
  private Logs() {}

  /**
   * Logs more than the default.
   *
   * @param steps how often {@code -v} was given: 0 leaves it as it is, 1 says more of our own work, 2 more of the libraries'
   */
  static void raise(int steps) {
    if (steps > 0 && LoggerFactory.getLogger("io.dcmix") instanceof Logger ours) {
      ours.setLevel(Level.DEBUG);
    }
    if (steps > 1 && LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.INFO);
    }
  }
}
