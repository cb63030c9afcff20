package io.dcmix.app.platemap;

import io.dcmix.app.run.Brokers;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.LayoutPublisher;
import io.dcmix.streams.wire.EdgeSerdes;
import io.dcmix.streams.wire.WireFormat;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where layouts are published. */
final class KafkaOptions {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** All lanes share the topic of the layouts, so any lane names it. */
  static final Topics TOPICS = new Topics("screening");

  @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "The Kafka brokers.")
  private @Nullable String bootstrapServers;

  @Option(names = "--create-topic", description = "Create the topic of the layouts if it does not exist.")
  private boolean createTopic;

  @Option(names = "--replication", defaultValue = "3", description = "Replication of a created topic. Default: ${DEFAULT-VALUE}.")
  private short replication = 3;

  @Option(names = "--schema-registry", paramLabel = "URL",
      description = "Write layouts in Confluent's wire format with this Apicurio Registry (its /apis/registry/v3 address); default: Avro's single-object encoding.")
  private @Nullable URI schemaRegistry;

  @Option(names = "--kafka", paramLabel = "KEY=VALUE", description = "A setting for the Kafka clients, such as security.protocol=SSL. Repeatable.")
  private @Nullable Map<String, String> kafka;

  /** What is done with the publisher. */
  @FunctionalInterface
  interface Work {
    void run(LayoutPublisher publisher) throws IOException, InterruptedException;
  }

  boolean isGiven() {
    return bootstrapServers != null;
  }

  /** Connects, checks the topic and works. */
  void publish(Work work) throws InterruptedException {
    String servers = bootstrapServers == null ? "" : bootstrapServers;
    Map<String, String> settings = kafka == null ? Map.of() : kafka;
    Brokers.awaitAnswer(servers, settings, Brokers.PATIENCE);
    Map<String, Object> client = new HashMap<>(settings);
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
    try (Admin admin = Admin.create(client)) {
      if (createTopic) {
        LaneTopics.createLayouts(admin, TOPICS, replication);
      }
      LaneTopics.checkLayouts(admin, TOPICS);
    } catch (ExecutionException e) {
      throw new CliException("Cannot %s the topic %s: %s".formatted(createTopic ? "create" : "look at", TOPICS.plateLayouts(), e.getMessage()), e);
    } catch (LaneTopics.UnusableTopicsException e) {
      throw new CliException(String.join("; ", e.problems()), e);
    }
    WireFormat wire = schemaRegistry == null ? new WireFormat.SingleObject() : new WireFormat.Registry(schemaRegistry);
    try (EdgeSerdes serdes = EdgeSerdes.of(wire);
        LayoutPublisher publisher = LayoutPublisher.connect(TOPICS.plateLayouts(), client, serdes, PATIENCE)) {
      work.run(publisher);
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }
}
