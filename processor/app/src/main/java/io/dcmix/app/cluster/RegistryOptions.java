package io.dcmix.app.cluster;

import io.dcmix.core.cli.CliException;
import io.dcmix.streams.wire.WireFormat;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the schemas are, if anywhere: a mixin of the commands that read or write events in Confluent's wire format. */
public final class RegistryOptions {
  @Option(names = "--schema-registry", paramLabel = "URL",
      description = "Write and read events in Confluent's wire format with this Apicurio Registry (its /apis/registry/v3 address); default: Avro's single-object encoding, which is always read.")
  private @Nullable URI url;

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
      return url == null ? new WireFormat.SingleObject() : new WireFormat.Registry(url);
    } catch (IllegalArgumentException e) {
      throw new CliException("--schema-registry: " + e.getMessage(), e);
    }
  }
}
