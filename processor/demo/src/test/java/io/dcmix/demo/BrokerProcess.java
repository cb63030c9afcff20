package io.dcmix.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code dcmix broker} in a process of its own, with short sessions under both group protocols; it can be killed and started again. */
final class BrokerProcess implements Brokers {
  static final Duration TRANSACTION = Duration.ofSeconds(2);
  static final Duration SWEEP = Duration.ofMillis(250);
  static final Duration SESSION = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Path folder;
  private final int port;
  private final Map<String, String> settings;
  private ChildProcess process;

  private BrokerProcess(Path folder, int port, Map<String, String> settings) throws IOException {
    this.folder = folder;
    this.port = port;
    this.settings = settings;
    this.process = launch();
  }

  /** A broker alone; returns when it answers. */
  static BrokerProcess start(Path folder) throws IOException {
    BrokerProcess broker = new BrokerProcess(folder, freePorts(1).getFirst(), Map.of());
    broker.awaitAnswer();
    return broker;
  }

  /** A broker among others, with settings that name them; it answers when most of them are there. */
  static BrokerProcess launch(Path folder, int port, Map<String, String> settings) throws IOException {
    return new BrokerProcess(folder, port, settings);
  }

  /** Ports of the loopback that nobody has; all are held until all are known, as one that is given back may come again at once. */
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  private ChildProcess launch() throws IOException {
    List<String> args = new ArrayList<>(List.of("broker", "--data", folder.resolve("kafka").toString(), "--port", Integer.toString(port)));
    Map<String, String> all = new HashMap<>(Map.of(
        "transaction.abort.timed.out.transaction.cleanup.interval.ms", millis(SWEEP),
        "group.streams.session.timeout.ms", millis(SESSION),
        "group.streams.min.session.timeout.ms", millis(SESSION),
        "group.streams.heartbeat.interval.ms", millis(SESSION.dividedBy(10)),
        "group.streams.min.heartbeat.interval.ms", millis(SESSION.dividedBy(10)),
        "group.streams.initial.rebalance.delay.ms", "0"));
    all.putAll(settings);
    all.forEach((key, value) -> args.addAll(List.of("--set", key + "=" + value)));
    return ChildProcess.dcmix(folder, args.toArray(String[]::new));
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }

  void awaitAnswer() {
    process.until("broker", PATIENCE, () -> process.output().contains("Kafka answers at"));
  }

  /** A kill -9. */
  void killNow() {
    process.killNow();
  }

  /** A start on the same folder and port; returns when it answers. */
  void startAgain() throws IOException {
    process = launch();
    awaitAnswer();
  }

  /** A kill -9, and a start on the same folder and port. */
  void restart() throws IOException {
    killNow();
    startAgain();
  }

  @Override
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  public short replication() {
    return 1;
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
    process.close();
  }
}
