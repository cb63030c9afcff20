package io.dcmix.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/** {@code dcmix broker} in a process of its own, with short sessions under both group protocols; it can be killed and started again. */
final class BrokerProcess implements AutoCloseable {
  static final Duration TRANSACTION = Duration.ofSeconds(2);
  static final Duration SWEEP = Duration.ofMillis(250);
  static final Duration SESSION = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final int port;
  private ChildProcess process;

  private BrokerProcess(Path folder, int port) throws IOException {
    this.folder = folder;
    this.port = port;
    this.process = launch();
  }

  static BrokerProcess start(Path folder) throws IOException {
    int port;
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = any.getLocalPort();
    }
    return new BrokerProcess(folder, port);
  }

  private ChildProcess launch() throws IOException {
    List<String> args = new ArrayList<>(List.of("broker", "--data", folder.resolve("kafka").toString(), "--port", Integer.toString(port)));
    Map.of(
        "transaction.abort.timed.out.transaction.cleanup.interval.ms", SWEEP.toMillis(),
        "group.streams.session.timeout.ms", SESSION.toMillis(),
        "group.streams.min.session.timeout.ms", SESSION.toMillis(),
        "group.streams.heartbeat.interval.ms", SESSION.toMillis() / 10,
        "group.streams.min.heartbeat.interval.ms", SESSION.toMillis() / 10,
        "group.streams.initial.rebalance.delay.ms", 0L).forEach((key, value) -> args.addAll(List.of("--set", key + "=" + value)));
    ChildProcess started = ChildProcess.dcmix(folder, args.toArray(String[]::new));
    started.until("broker", PATIENCE, () -> started.output().contains("Kafka answers at"));
    return started;
  }

  /** A kill -9, and a start on the same folder and port. */
  void restart() throws IOException {
    process.killNow();
    process = launch();
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  Map<String, Object> client() {
    return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
  }

  @Override
  public void close() {
    process.close();
  }
}
