package io.dcmix.app.cluster;

import io.dcmix.app.log.LogOptions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where Kafka is, if anywhere: a mixin of the commands that have something to do without. */
public final class OptionalClusterOptions {
  @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "The Kafka brokers.")
  private @Nullable String bootstrapServers;

  @Mixin private ClientSettings settings = new ClientSettings();

  @SuppressWarnings("UnusedVariable") // Dcmix asks the parsed command for it.
  @Mixin
  private LogOptions log = new LogOptions();

  /** The cluster, if the options name one. */
  public Optional<Cluster> cluster() {
    return bootstrapServers == null ? Optional.empty() : Optional.of(new Cluster(bootstrapServers, settings.all()));
  }
}
