package io.dcmix.streams.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.UnreadableRecordException;
import io.dcmix.schema.event.ImageEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeSerdesTest {
  private static final byte[] CONFLUENT = {0, 0, 0, 0, 7, 1, 2, 3};

  @Test
  void withoutARegistryAnEventIsWrittenInSingleObjectEncodingAndReadBack() {
    try (EdgeSerdes edge = EdgeSerdes.of(new WireFormat.SingleObject())) {
      Serde<ImageEvent> serde = edge.serde(ImageEvent.class);
      byte[] bytes = serde.serializer().serialize(Events.TOPIC, Events.image());
      assertThat(bytes).startsWith(0xC3, 0x01);
      assertThat(serde.deserializer().deserialize(Events.TOPIC, bytes)).isEqualTo(Events.image());
    }
  }

  @Test
  void aTombstoneStaysOne() {
    try (EdgeSerdes edge = EdgeSerdes.of(new WireFormat.SingleObject())) {
      assertThat(edge.serde(ImageEvent.class).serializer().serialize(Events.TOPIC, null)).isNull();
      assertThat(edge.serde(ImageEvent.class).deserializer().deserialize(Events.TOPIC, null)).isNull();
    }
  }

  @Test
  void withoutARegistryConfluentBytesAreUnreadableAndTheRemedyIsNamed() {
    try (EdgeSerdes edge = EdgeSerdes.of(new WireFormat.SingleObject())) {
      assertThatThrownBy(() -> edge.serde(ImageEvent.class).deserializer().deserialize(Events.TOPIC, CONFLUENT))
          .isInstanceOf(UnreadableRecordException.class)
          .hasMessageContaining("Set schema-registry.url");
    }
  }

  @Test
  void singleObjectBytesAndGarbageNeverAskTheRegistry() throws IOException {
    try (EdgeSerdes edge = EdgeSerdes.of(registry(closedPort()))) {
      var deserializer = edge.serde(ImageEvent.class).deserializer();
      byte[] bytes = AvroCodec.of(ImageEvent.class).encode(Events.image());
      assertThat(deserializer.deserialize(Events.TOPIC, bytes)).isEqualTo(Events.image());
      for (byte[] garbage : List.of(new byte[0], new byte[] {1}, new byte[] {0, 0, 0}, new byte[] {0, -1, 0, 0, 0, 1}, "{\"plate\"".getBytes(UTF_8))) {
        assertThatThrownBy(() -> deserializer.deserialize(Events.TOPIC, garbage)).isInstanceOf(UnreadableRecordException.class);
      }
    }
  }

  @Test
  void aRegistryThatRefusesConnectionsIsUnavailable() throws IOException {
    assertUnavailable(registry(closedPort()), "ConnectException");
  }

  @Test
  void aRegistryThatNeverAnswersIsUnavailableAfterTheTimeout() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      assertUnavailable(registry(silent.getLocalPort(), Duration.ofSeconds(1)), "no answer within PT1S");
    }
  }

  /** A proxy in front of the registry, a registry that is starting, one that wants a password. */
  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500, 502, 503, 504})
  void aRegistryThatAnswersWithAnErrorIsUnavailable(int status) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, -1);
          }
        });
    server.start();
    try {
      assertUnavailable(registry(server.getAddress().getPort()), "HTTP status " + status);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:8080", "ftp://localhost/", "http:/apis", "file:///tmp"})
  void aUrlThatIsNoneIsRefusedByTheNameOfItsSetting(String url) {
    assertThatThrownBy(() -> new WireFormat.Registry(URI.create(url)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema-registry.url")
        .hasMessageContaining(url);
  }

  @Test
  void withoutARegistryNothingOfItsClientIsLoaded() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load", "-cp", System.getProperty("java.class.path"), WithoutRegistry.class.getName())
            .redirectErrorStream(true)
            .start();
    String log = new String(jvm.getInputStream().readAllBytes(), UTF_8);
    assertThat(jvm.waitFor()).as(log).isZero();
    assertThat(log).contains("read P/7").contains("io.dcmix.streams.wire.EdgeSerdes");
    assertThat(log.lines().filter(line -> line.contains("io.apicurio") || line.contains("kiota") || line.contains("java.net.http"))).isEmpty();
  }

  static final class WithoutRegistry {
    public static void main(String[] args) {
      try (EdgeSerdes edge = EdgeSerdes.of(new WireFormat.SingleObject())) {
        Serde<ImageEvent> serde = edge.serde(ImageEvent.class);
        byte[] bytes = serde.serializer().serialize(Events.TOPIC, Events.image());
        System.out.println("read " + serde.deserializer().deserialize(Events.TOPIC, bytes).getPlate());
      }
    }
  }

  private static void assertUnavailable(WireFormat format, String reason) {
    try (EdgeSerdes edge = EdgeSerdes.of(format)) {
      Serde<ImageEvent> serde = edge.serde(ImageEvent.class);
      assertThatThrownBy(() -> serde.serializer().serialize(Events.TOPIC, Events.image()))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining(reason)
          .hasMessageContaining("schema-registry.url");
      assertThatThrownBy(() -> serde.deserializer().deserialize(Events.TOPIC, CONFLUENT))
          .isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining(reason);
    }
  }

  private static WireFormat.Registry registry(int port) {
    return registry(port, Duration.ofSeconds(30));
  }

  private static WireFormat.Registry registry(int port, Duration timeout) {
    return new WireFormat.Registry(URI.create("http://127.0.0.1:" + port), true, timeout, Map.of());
  }

  /** A port that nobody listens on any more. */
  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
