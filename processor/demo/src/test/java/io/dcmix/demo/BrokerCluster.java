package io.dcmix.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * Several {@code dcmix broker} that are one cluster: each broker and controller, a partition's writes acknowledged by two. New topics
 * get one copy unless their maker says otherwise, as with Kafka's own defaults.
 */
final class BrokerCluster implements Brokers {
  /** Longer than those of a lone broker: while a broker is dead, commits wait until its partitions have other leaders. */
  private static final Duration TRANSACTION = Duration.ofSeconds(5);

  private static final Duration SESSION = Duration.ofSeconds(6);

  private final List<BrokerProcess> brokers;

  private BrokerCluster(List<BrokerProcess> brokers) {
    this.brokers = brokers;
  }

  /** Starts brokers with ids from 1 on; returns when all answer. */
  static BrokerCluster start(Path folder, int count) throws IOException {
    List<Integer> ports = BrokerProcess.freePorts(2 * count);
    String voters = IntStream.rangeClosed(1, count).mapToObj(id -> id + "@127.0.0.1:" + ports.get(count + id - 1)).collect(Collectors.joining(","));
    Map<String, String> common = new HashMap<>();
    common.put("cluster.id", Uuid.randomUuid().toString());
    common.put("controller.quorum.voters", voters);
    common.put("min.insync.replicas", "2");
    common.put("transaction.state.log.min.isr", "2");
    for (String topic : List.of("offsets.topic", "transaction.state.log")) {
      common.put(topic + ".replication.factor", Integer.toString(count));
      common.put(topic + ".num.partitions", Integer.toString(count)); // So that the loss of any broker is felt.
    }
    // A busy machine must not look like a dead broker.
    common.put("broker.session.timeout.ms", "4000");
    BrokerCluster cluster = new BrokerCluster(new ArrayList<>());
    try {
      for (int id = 1; id <= count; id++) {
        int port = ports.get(id - 1);
        Map<String, String> settings = new HashMap<>(common);
        settings.put("node.id", Integer.toString(id));
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + ports.get(count + id - 1));
        cluster.brokers.add(BrokerProcess.launch(Files.createDirectories(folder.resolve("broker-" + id)), port, settings));
      }
      cluster.brokers.forEach(BrokerProcess::awaitAnswer);
      return cluster;
    } catch (IOException | AssertionError e) {
      cluster.close();
      throw e;
    }
  }

  /** The broker with this id. */
  BrokerProcess broker(int id) {
    return brokers.get(id - 1);
  }

  @Override
  public String bootstrapServers() {
    return brokers.stream().map(BrokerProcess::bootstrapServers).collect(Collectors.joining(","));
  }

  @Override
  public short replication() {
    return (short) brokers.size();
  }

  @Override
  public Duration transaction() {
    return TRANSACTION;
  }

  @Override
  public Duration session() {
    return SESSION;
  }

  @Override
  public void close() {
    brokers.forEach(BrokerProcess::close);
  }
}
