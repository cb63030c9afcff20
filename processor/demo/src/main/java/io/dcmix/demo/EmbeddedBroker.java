package io.dcmix.demo;

import io.dcmix.core.cli.CliException;
import io.dcmix.streams.LaneTopics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker (KRaft, broker and controller in one) in this process, on loopback. What it stores stays in its folder;
 * a second start goes on with it. One copy of everything: for demonstrations and tests only.
 *
 * <p>Alone unless its settings say otherwise: brokers with the same {@code controller.quorum.voters} and {@value #CLUSTER_ID}, and each
 * with its own {@code node.id} and {@code listeners}, are one cluster.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /** How often this broker ends the transactions of those who fell silent. */
  public static final Duration ABORT_SWEEP = Duration.ofMillis(500);

  /** A setting that Kafka keeps in its folders: which cluster the broker belongs to. */
  private static final String CLUSTER_ID = "cluster.id";

  private static final String NODE_ID = "node.id";

  private final KafkaRaftServer server;
  private final FileChannel lock;
  private final String bootstrapServers;

  private EmbeddedBroker(KafkaRaftServer server, FileChannel lock, String bootstrapServers) {
    this.server = server;
    this.lock = lock;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts a broker.
   *
   * @param folder where it stores; created if need be
   * @param port 0 for any free one
   * @param settings Kafka settings that differ from those here
   * @throws CliException if the folder cannot be written or is in use, or the port is taken
   */
  public static EmbeddedBroker start(Path folder, int port, Map<String, String> settings) {
    FileChannel lock = lock(folder);
    try {
      Ports ports = Ports.free(port);
      KafkaRaftServer server = start(folder, ports.broker(), ports.controller(), settings);
      return new EmbeddedBroker(server, lock, "127.0.0.1:" + ports.broker());
    } catch (RuntimeException e) {
      release(lock);
      throw e;
    }
  }

  private static KafkaRaftServer start(Path folder, int brokerPort, int controllerPort, Map<String, String> settings) {
    Map<String, Object> config = new HashMap<>();
    config.put("process.roles", "broker,controller");
    config.put(NODE_ID, "1");
    config.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    config.put("listeners", "PLAINTEXT://127.0.0.1:" + brokerPort + ",CONTROLLER://127.0.0.1:" + controllerPort);
    config.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + brokerPort);
    config.put("controller.listener.names", "CONTROLLER");
    config.put("inter.broker.listener.name", "PLAINTEXT");
    config.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    config.put("log.dirs", folder.toString());
    config.put("auto.create.topics.enable", "false");
    config.put("message.max.bytes", "" + LaneTopics.MAX_MESSAGE_BYTES);
    config.put("replica.fetch.max.bytes", "" + LaneTopics.MAX_MESSAGE_BYTES);
    for (String topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
      config.put(topic + ".replication.factor", "1");
      config.put(topic + ".num.partitions", "1");
    }
    config.put("transaction.state.log.min.isr", "1");
    config.put("share.coordinator.state.topic.min.isr", "1");
    config.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "" + ABORT_SWEEP.toMillis());
    config.put("group.initial.rebalance.delay.ms", "0");
    config.put("group.min.session.timeout.ms", "1000");
    config.put("log.cleaner.dedupe.buffer.size", "" + (4 << 20));
    // Images are large: the system chooses the sockets' buffers, as it should on any broker that carries them.
    config.put("socket.send.buffer.bytes", "-1");
    config.put("socket.receive.buffer.bytes", "-1");
    config.put("num.network.threads", "1");
    config.put("num.io.threads", "2");
    config.put("broker.session.timeout.ms", "2000");
    config.put("broker.heartbeat.interval.ms", "500");
    config.putAll(settings);
    Object cluster = config.remove(CLUSTER_ID);
    try {
      new Formatter()
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))
          .setClusterId(cluster == null ? clusterId(folder) : cluster.toString())
          .setNodeId(Integer.parseInt(String.valueOf(config.get(NODE_ID))))
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(folder.toString())
          .addDirectory(folder.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setIgnoreFormatted(true)
          .run();
      KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(config), Time.SYSTEM);
      server.startup();
      return server;
    } catch (Exception e) {
      throw new CliException(
          "The embedded Kafka broker does not start in %s: %s. If its files are damaged, delete the folder".formatted(folder, e.getMessage()), e);
    }
  }

  /** Two ports of the loopback that nobody has. */
  private record Ports(int broker, int controller) {
    /** Both are held until both are known: one that is given back may come again at once. */
    static Ports free(int broker) {
      try (ServerSocket first = new ServerSocket();
          ServerSocket second = new ServerSocket()) {
        bind(first, broker);
        bind(second, 0);
        return new Ports(first.getLocalPort(), second.getLocalPort());
      } catch (IOException | IllegalArgumentException e) {
        throw new CliException(
            "Port %d on 127.0.0.1 cannot be bound for the broker (already in use?): choose another with --broker-port, or 0 for any free one"
                .formatted(broker), e);
      }
    }

    private static void bind(ServerSocket socket, int port) throws IOException {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
    }
  }

  private static FileChannel lock(Path folder) {
    FileChannel channel = null;
    try {
      Files.createDirectories(folder);
      channel = FileChannel.open(folder.resolve(".dcmix-lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (IOException e) {
      release(channel);
      throw new CliException("The folder %s cannot be written (%s): choose another with --data".formatted(folder, e), e);
    } catch (OverlappingFileLockException e) {
      release(channel);
      throw inUse(folder, e);
    }
    release(channel);
    throw inUse(folder, null);
  }

  private static CliException inUse(Path folder, @Nullable Exception cause) {
    String message = "Another broker is using %s: stop it, or choose another folder with --data".formatted(folder);
    return cause == null ? new CliException(message) : new CliException(message, cause);
  }

  private static void release(@Nullable FileChannel lock) {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String clusterId(Path folder) throws IOException {
    Path meta = folder.resolve("meta.properties");
    if (!Files.exists(meta)) {
      return Uuid.randomUuid().toString();
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(meta)) {
      properties.load(reader);
    }
    return properties.getProperty("cluster.id", Uuid.randomUuid().toString());
  }

  /** Where clients connect: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
    release(lock);
  }
}
