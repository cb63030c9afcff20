package io.dcmix.core.model;

import java.util.List;

/** A model file that breaks the contract. Lists every problem, so that one look is enough. */
public final class ModelContractException extends Exception {
  private static final long serialVersionUID = 1;

  private final List<String> problems;

  public ModelContractException(String file, List<String> problems) {
    super("The model file %s breaks the contract:%n  - %s".formatted(file, String.join("%n  - ".formatted(), problems)));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
