package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BrokersTest {
  private static final Duration SHORT = Duration.ofSeconds(1);

  @Test
  void shouldNameTheAddressWhereNobodyListens() {
    assertThatThrownBy(() -> Brokers.awaitAnswer("127.0.0.1:1", Map.of(), SHORT))
        .isInstanceOf(CliException.class).hasMessageContainingAll("127.0.0.1:1", "1 s", "--bootstrap-servers");
  }

  @Test
  void shouldNameTheAddressOfSomethingThatTakesTheCallAndSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();
      assertThatThrownBy(() -> Brokers.awaitAnswer(address, Map.of(), SHORT)).isInstanceOf(CliException.class).hasMessageContaining(address);
    }
  }

  @Test
  void shouldSayWhichSettingTheClientRefuses() {
    assertThatThrownBy(() -> Brokers.awaitAnswer("nonsense", Map.of(), SHORT))
        .isInstanceOf(CliException.class).hasMessageContainingAll("nonsense", "bootstrap.servers", "--bootstrap-servers");
    assertThatThrownBy(() -> Brokers.awaitAnswer("127.0.0.1:1", Map.of("security.protocol", "SECRET"), SHORT))
        .isInstanceOf(CliException.class).hasMessageContainingAll("security.protocol", "SECRET", "--kafka");
  }
}
