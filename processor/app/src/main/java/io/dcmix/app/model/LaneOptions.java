package io.dcmix.app.model;

import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.ClusterOptions;
import io.dcmix.app.cluster.RegistryOptions;
import io.dcmix.app.run.Options;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.Topics;
import io.dcmix.streams.control.ModelControlReader;
import io.dcmix.streams.results.LaneReader;
import io.dcmix.streams.wire.EdgeSerdes;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whose model it is about, and where that is said. A mixin. */
final class LaneOptions {
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private RegistryOptions registry = new RegistryOptions();

  @Option(names = "--lane", defaultValue = "screening", paramLabel = "LANE", description = "The lane. Default: ${DEFAULT-VALUE}.")
  private String lane = "screening";

  /** What is done with what the lane's topic says. */
  @FunctionalInterface
  interface Work {
    int run(Topics topics, Cluster cluster, EdgeSerdes serdes, ModelControlReader reader) throws InterruptedException;
  }

  /**
   * Connects, reads the topic to its end and works.
   *
   * @throws CliException if there is no such lane, or Kafka does not answer
   */
  int read(Work work) throws InterruptedException {
    Topics topics = Options.lane(lane);
    cluster.cluster().awaitAnswer();
    try (EdgeSerdes serdes = EdgeSerdes.of(registry.wire());
        ModelControlReader reader = new ModelControlReader(topics, cluster.cluster().client(), serdes)) {
      if (!reader.exists()) {
        throw new CliException("Lane %s has no topic %s: start a processor with --models and --create-topics, or create the topic (compacted, one partition)"
            .formatted(lane, topics.modelControl()));
      }
      reader.readToEnd();
      return work.run(topics, cluster.cluster(), serdes, reader);
    } catch (LaneReader.QuietBrokerException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }
}
