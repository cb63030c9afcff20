package io.dcmix.streams.trace;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where traces go, and of how many wells.
 *
 * @param endpoint of a collector that takes OTLP over HTTP
 * @param ratio share of the wells that are traced, 0 to 1, chosen by their names: publishers and processors with the same ratio choose the same
 * @param headers of every request, such as one that says who we are; they may hold secrets, so they are never printed
 */
public record TraceConfig(URI endpoint, double ratio, Map<String, String> headers) {
  private static final String PATH = "/v1/traces";

  /** What the JDK's client sets itself and allows nobody else to. */
  private static final Set<String> RESTRICTED = Set.of("connection", "content-length", "expect", "host", "upgrade");

  /**
   * An address without a path gets the one that OTLP gives it.
   *
   * @throws IllegalArgumentException if a value is of no use; begins with which one, and names no header's value
   */
  public TraceConfig {
    String scheme = endpoint.getScheme() == null ? "" : endpoint.getScheme().toLowerCase(Locale.ROOT);
    if (!Set.of("http", "https").contains(scheme) || endpoint.getHost() == null) {
      throw new IllegalArgumentException("endpoint: '" + withoutUser(endpoint) + "' is no address of a collector: it must be http:// or https:// with a host");
    }
    if (endpoint.getUserInfo() != null) {
      throw new IllegalArgumentException("endpoint: no user and no password in the address, which is logged: give an authorization header");
    }
    if (endpoint.getRawPath() == null || endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/")) {
      endpoint = endpoint.resolve(PATH);
    }
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("ratio: a share of the wells is 0 to 1, not " + ratio);
    }
    Map<String, String> checked = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, value) -> {
      if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") || RESTRICTED.contains(name.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException("header: '" + name + "' is no name of a header that can be set");
      }
      if (!value.matches("[\\x20-\\x7e\\t]*")) {
        throw new IllegalArgumentException("header: the value of " + name + " has characters that no header has");
      }
      checked.put(name, value);
    });
    headers = Map.copyOf(checked);
  }

  private static String withoutUser(URI endpoint) {
    return endpoint.toString().replaceAll("//[^/@]*@", "//");
  }

  /** Without what the headers hold. */
  @Override
  public String toString() {
    return "TraceConfig[" + endpoint + ", " + ratio + ", " + new TreeSet<>(headers.keySet()) + "]";
  }
}
