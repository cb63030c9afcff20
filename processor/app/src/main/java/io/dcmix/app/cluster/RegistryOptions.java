package io.dcmix.app.cluster;

import io.dcmix.core.cli.CliException;
import io.dcmix.streams.wire.WireFormat;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the schemas are, if anywhere: a mixin of the commands that read or write events in Confluent's wire format. */
public final class RegistryOptions {
  @Option(names = "--schema-registry", paramLabel = "URL",
      description = "Write and read events in Confluent's wire format with this Apicurio Registry (its /apis/registry/v3 address); default: Avro's single-object encoding, which is always read.")
  private @Nullable URI url;

  @Option(names = "--registry", paramLabel = "KEY=VALUE",
      description = "A setting for the registry's client: tls.truststore.location, tls.truststore.type, tls.truststore.password, auth.username, auth.password, auth.service.token.endpoint, auth.client.id, auth.client.secret, auth.client.scope, proxy.host, proxy.port. Repeatable. See docs/security.md.")
  private @Nullable Map<String, String> settings;

  /** The address, if there is one. */
  public Optional<URI> url() {
    return Optional.ofNullable(url);
  }

  /**
   * How events are written.
   *
   * @throws CliException if the address is none
   */
  public WireFormat wire() {
    try {
      if (url == null) {
        if (settings != null) {
          throw new CliException("--registry is a setting of a registry: name that with --schema-registry");
        }
        return new WireFormat.SingleObject();
      }
      return new WireFormat.Registry(url).withOptions(options());
    } catch (IllegalArgumentException e) {
      throw new CliException("--schema-registry: " + e.getMessage(), e);
    }
  }

  private Map<String, String> options() {
    return RegistrySettings.of(settings == null ? Map.of() : settings);
  }

  /**
   * Asks the registry something, with the trust and the password of the options.
   *
   * @throws IOException if it does not answer
   */
  public HttpResponse<String> get(URI address, Duration patience) throws IOException, InterruptedException {
    return RegistryProbe.get(address, options(), patience);
  }
}
