package io.dcmix.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistrySettingsTest {
  @Test
  void shouldAddThePrefixThatTheClientWants() {
    assertThat(RegistrySettings.of(Map.of("auth.username", "robot", "apicurio.registry.proxy.port", "3128")))
        .containsOnly(Map.entry("apicurio.registry.auth.username", "robot"), Map.entry("apicurio.registry.proxy.port", "3128"));
  }

  @Test
  void shouldRefuseWhatItDoesNotKnowAndSayWhatThereIs() {
    assertThatThrownBy(() -> RegistrySettings.of(Map.of("tls.trust-all", "true")))
        .isInstanceOf(CliException.class).hasMessageContainingAll("'tls.trust-all'", "tls.truststore.location", "auth.client.secret");
  }

  @Test
  void shouldRefuseAFileThatCannotBeRead() {
    assertThatThrownBy(() -> RegistrySettings.of(Map.of("tls.truststore.location", "nowhere.p12")))
        .isInstanceOf(CliException.class).hasMessageContaining("nowhere.p12 cannot be read");
  }
}
