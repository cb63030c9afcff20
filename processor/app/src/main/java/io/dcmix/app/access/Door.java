package io.dcmix.app.access;

import java.util.Set;

/**
 * What a request asks of whoever sends it. Everything that is not named here asks for a role: reading for {@link Role#VIEWER},
 * anything else for {@link Role#OPERATOR}, so that what is added later is closed until somebody opens it. Paths are compared whole
 * and as they were sent: a path that is spelt another way is another path.
 */
public enum Door {
  /** For everybody. */
  OPEN,
  VIEWER,
  OPERATOR;

  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> OPEN_TO_READ =
      Set.of("/login", "/oidc/login", "/oidc/callback", "/app.css", "/icon.svg", "/health", "/health/liveness", "/health/readiness");
  private static final Set<String> OPEN_TO_SEND = Set.of("/login", "/logout");
  private static final String METRICS = "/prometheus";

  /**
   * The door of a request.
   *
   * @param method of HTTP, in capitals
   * @param path without the query
   * @param openMetrics whether metrics are for everybody
   */
  public static Door of(String method, String path, boolean openMetrics) {
    boolean reads = READS.contains(method);
    if (reads ? OPEN_TO_READ.contains(path) || (openMetrics && path.equals(METRICS)) : method.equals("POST") && OPEN_TO_SEND.contains(path)) {
      return OPEN;
    }
    return reads ? VIEWER : OPERATOR;
  }

  /** Whether it opens to a role; everybody has none. */
  public boolean opensTo(Role role) {
    return this == OPEN || role.covers(this == VIEWER ? Role.VIEWER : Role.OPERATOR);
  }
}
