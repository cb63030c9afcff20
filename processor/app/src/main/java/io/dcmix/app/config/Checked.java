package io.dcmix.app.config;

import io.dcmix.core.cli.CliException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A command that can say, once its options are read and before it does anything, what is wrong with them and between them. */
public interface Checked {
  /** Everything that is wrong, each naming its option; empty if nothing is. Connects to nothing. */
  List<String> problems();

  /** Something that throws a {@link CliException} if an option is wrong. */
  @FunctionalInterface
  interface Check {
    void run();
  }

  /** What all of these say, and not the first one alone. */
  static List<String> problemsOf(Check... checks) {
    return Stream.of(checks).flatMap(check -> problem(check).stream()).toList();
  }

  private static Optional<String> problem(Check check) {
    try {
      check.run();
      return Optional.empty();
    } catch (CliException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
