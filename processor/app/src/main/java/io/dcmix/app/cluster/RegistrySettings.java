package io.dcmix.app.cluster;

import io.dcmix.core.cli.CliException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What {@code --registry} may say, as the client of the Apicurio Registry wants it. Pure, but for a look at files. */
final class RegistrySettings {
  private static final String PREFIX = "apicurio.registry.";
  private static final String TRUST = "tls.truststore.location";

  /** Of Apicurio's settings those that say how to reach it; what it does is decided here. */
  private static final Set<String> KNOWN = Set.of(
      TRUST, "tls.truststore.type", "tls.truststore.password",
      "auth.username", "auth.password", "auth.service.token.endpoint", "auth.client.id", "auth.client.secret", "auth.client.scope",
      "proxy.host", "proxy.port", "proxy.username", "proxy.password");

  private RegistrySettings() {}

  /**
   * Adds the prefix that every one of them has.
   *
   * @throws CliException if there is no such setting, or no such file
   */
  static Map<String, String> of(Map<String, String> settings) {
    Map<String, String> options = new HashMap<>();
    settings.forEach((key, value) -> {
      String name = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
      if (!KNOWN.contains(name)) {
        throw new CliException("--registry: there is no setting '" + key + "'; there are " + String.join(", ", new TreeSet<>(KNOWN)));
      }
      if (name.equals(TRUST) && !Files.isReadable(Path.of(value))) {
        throw new CliException("--registry: " + TRUST + ": the file " + value + " cannot be read");
      }
      options.put(PREFIX + name, value);
    });
    return options;
  }
}
