package io.dcmix.app.cluster;

import io.dcmix.app.log.LogOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where Kafka is: a mixin of the commands that cannot do without. */
public final class ClusterOptions {
  @Option(names = "--bootstrap-servers", required = true, paramLabel = "HOST:PORT", description = "The Kafka brokers.")
  private String bootstrapServers = "";

  @Mixin private ClientSettings settings = new ClientSettings();

  @SuppressWarnings("UnusedVariable") // Dcmix asks the parsed command for it.
  @Mixin
  private LogOptions log = new LogOptions();

  /** The cluster that the options name. */
  public Cluster cluster() {
    return new Cluster(bootstrapServers, settings.all());
  }
}
