package io.dcmix.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClusterTest {
  private static final Duration SHORT = Duration.ofSeconds(1);

  @Test
  void shouldNameTheAddressWhereNobodyListens() {
    assertThatThrownBy(() -> new Cluster("127.0.0.1:1", Map.of()).awaitAnswer(SHORT))
        .isInstanceOf(CliException.class).hasMessageContainingAll("127.0.0.1:1", "1 s", "--bootstrap-servers");
  }

  @Test
  void shouldNameTheAddressOfSomethingThatTakesTheCallAndSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();
      assertThatThrownBy(() -> new Cluster(address, Map.of()).awaitAnswer(SHORT)).isInstanceOf(CliException.class).hasMessageContaining(address);
    }
  }

  @Test
  void shouldSayWhichSettingTheClientRefuses() {
    assertThatThrownBy(() -> new Cluster("nonsense", Map.of()).awaitAnswer(SHORT))
        .isInstanceOf(CliException.class).hasMessageContainingAll("nonsense", "bootstrap.servers", "--bootstrap-servers");
    assertThatThrownBy(() -> new Cluster("127.0.0.1:1", Map.of("security.protocol", "SECRET")).awaitAnswer(SHORT))
        .isInstanceOf(CliException.class).hasMessageContainingAll("security.protocol", "SECRET", "--kafka");
  }

  @Test
  void shouldSayWhichSettingAnAdminRefusesToo() {
    assertThatThrownBy(() -> new Cluster("nonsense", Map.of()).admin())
        .isInstanceOf(CliException.class).hasMessageContainingAll("nonsense", "bootstrap.servers", "--bootstrap-servers");
  }

  @Test
  void shouldGiveEveryClientTheSettingsAndTheAddressAboveThem() {
    assertThat(new Cluster("a:9092", Map.of("security.protocol", "SSL", "bootstrap.servers", "b:9092")).client())
        .containsOnly(Map.entry("security.protocol", "SSL"), Map.entry("bootstrap.servers", "a:9092"));
  }

  @Test
  void shouldNameItsSettingsAndNotSayWhatTheyAre() {
    assertThat(new Cluster("a:9092", Map.of("ssl.keystore.password", "p4ss")).toString())
        .contains("a:9092", "ssl.keystore.password").doesNotContain("p4ss");
  }
}
