package io.dcmix.app.access;

/** What somebody may do. Each role may do what the ones before it may. */
public enum Role {
  /** Reads everything. */
  VIEWER,
  /** Also changes state. */
  OPERATOR;

  /** Whether this role may do what asks for another. */
  public boolean covers(Role asked) {
    return compareTo(asked) >= 0;
  }
}
