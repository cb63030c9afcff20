package io.dcmix.core.archive;

import java.io.IOException;
import java.util.List;

/** An archive or plate map that cannot be used as it is. Lists every problem, so that one look is enough. */
public final class ArchiveException extends IOException {
  private static final long serialVersionUID = 1;
  private static final int SHOWN = 20;

  private final transient List<String> problems;

  public ArchiveException(String place, List<String> problems) {
    super(message(place, problems));
    this.problems = List.copyOf(problems);
  }

  public ArchiveException(String place, String problem) {
    this(place, List.of(problem));
  }

  public List<String> problems() {
    return problems;
  }

  private static String message(String place, List<String> problems) {
    if (problems.size() == 1) {
      return place + ": " + problems.getFirst();
    }
    StringBuilder message = new StringBuilder(place).append(" has ").append(problems.size()).append(" problems:");
    problems.stream().limit(SHOWN).forEach(p -> message.append("\n  - ").append(p));
    return problems.size() > SHOWN ? message.append("\n  - and ").append(problems.size() - SHOWN).append(" more").toString() : message.toString();
  }
}
