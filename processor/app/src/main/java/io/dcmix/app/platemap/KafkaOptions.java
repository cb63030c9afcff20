package io.dcmix.app.platemap;

import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.OptionalClusterOptions;
import io.dcmix.app.cluster.RegistryOptions;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.LayoutPublisher;
import io.dcmix.streams.wire.EdgeSerdes;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where layouts are published. */
final class KafkaOptions {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** All lanes share the topic of the layouts, so any lane names it. */
  static final Topics TOPICS = new Topics("screening");

  @Mixin private OptionalClusterOptions cluster = new OptionalClusterOptions();

  @Option(names = "--create-topic", description = "Create the topic of the layouts if it does not exist.")
  private boolean createTopic;

  @Option(names = "--replication", defaultValue = "3", description = "Replication of a created topic. Default: ${DEFAULT-VALUE}.")
  private short replication = 3;

  @Mixin private RegistryOptions registry = new RegistryOptions();

  /** What is done with the publisher. */
  @FunctionalInterface
  interface Work {
    void run(LayoutPublisher publisher) throws IOException, InterruptedException;
  }

  /** The cluster, if one is named. */
  Optional<Cluster> cluster() {
    return cluster.cluster();
  }

  /** Connects, checks the topic and works. */
  void publish(Cluster target, Work work) throws InterruptedException {
    target.awaitAnswer();
    try (Admin admin = target.admin()) {
      if (createTopic) {
        LaneTopics.createLayouts(admin, TOPICS, replication);
      }
      LaneTopics.checkLayouts(admin, TOPICS);
    } catch (ExecutionException e) {
      throw new CliException("Cannot %s the topic %s: %s".formatted(createTopic ? "create" : "look at", TOPICS.plateLayouts(), e.getMessage()), e);
    } catch (LaneTopics.UnusableTopicsException e) {
      throw new CliException(String.join("; ", e.problems()), e);
    }
    try (EdgeSerdes serdes = EdgeSerdes.of(registry.wire());
        LayoutPublisher publisher = LayoutPublisher.connect(TOPICS.plateLayouts(), target.client(), serdes, PATIENCE)) {
      work.run(publisher);
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }
}
