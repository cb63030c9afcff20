package io.dcmix.streams.wire;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** How events are written. Reading takes both formats, by the first byte, as far as a registry is configured. */
public sealed interface WireFormat {
  /** Avro's single-object encoding: 0xC3 0x01, fingerprint, record. Needs no registry. */
  record SingleObject() implements WireFormat {}

  /**
   * Confluent's wire format: 0x00, the schema's id in four bytes (big-endian), record.
   *
   * @param url base URL of an Apicurio Registry, for example {@code http://localhost:8080/apis/registry/v3}; subjects are
   *     {@code <topic>-value} in its default group
   * @param autoRegister whether a schema that the registry does not have is registered; else writing it fails
   * @param timeout how long one look-up may take before the registry counts as unavailable
   * @param options further options of Apicurio's serde ({@code apicurio.registry.*}): authentication, TLS, proxy
   */
  record Registry(URI url, boolean autoRegister, Duration timeout, Map<String, String> options) implements WireFormat {
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(10);

    public Registry {
      if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme())) || url.getHost() == null) {
        throw new IllegalArgumentException(
            "schema-registry.url must be an http or https URL such as http://localhost:8080/apis/registry/v3, not '" + url + "'");
      }
      if (timeout.isZero() || timeout.isNegative()) {
        throw new IllegalArgumentException("schema-registry.timeout must be longer than zero, not " + timeout);
      }
      options = Map.copyOf(options);
    }

    /** A registry with auto-registration and the usual time-out. */
    public Registry(URI url) {
      this(url, true, USUAL_TIMEOUT, Map.of());
    }

    public Registry withOptions(Map<String, String> wanted) {
      return new Registry(url, autoRegister, timeout, wanted);
    }

    /** Names the options and hides what they are. */
    @Override
    public String toString() {
      return "Registry[" + url + ", " + options.keySet().stream().sorted().toList() + "]";
    }
  }
}
