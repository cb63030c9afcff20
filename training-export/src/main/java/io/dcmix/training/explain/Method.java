package io.dcmix.training.explain;

/** How the importance of the channels is computed. */
public enum Method {
  /** Exact Shapley values: 2^C passes a site. */
  SHAPLEY("shapley"),
  /** The margin with all channels minus without this one: C + 1 passes a site. */
  LEAVE_ONE_OUT("leave-one-out");

  private final String label;

  Method(String label) {
    this.label = label;
  }

  /** As people write it: {@code leave-one-out}. */
  @Override
  public String toString() {
    return label;
  }
}
