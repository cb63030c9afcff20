package io.dcmix.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

class SecretsTest {
  @TempDir private Path folder;

  @Test
  void shouldTakeWhatAFileHoldsWithoutItsLastLineBreak() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), " p4ss word \n");
    assertThat(Secrets.resolve("${file:" + file + "}")).isEqualTo(" p4ss word ");
  }

  @Test
  void shouldPutSecretsInTheMiddleOfAValueAndLeaveThemAsTheyAre() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "$1\\${env:PATH}");
    assertThat(Secrets.resolve("Login required username=\"u\" password=\"${file:" + file + "}\";"))
        .isEqualTo("Login required username=\"u\" password=\"$1\\${env:PATH}\";");
  }

  @Test
  void shouldReadEntriesAndVariablesAsKafkasOwnProvidersDo() throws Exception {
    Path file = Files.writeString(folder.resolve("secrets.properties"), "user=a\\u0062c\npassword = p4ss\n");
    try (FileConfigProvider files = new FileConfigProvider(); EnvVarConfigProvider variables = new EnvVarConfigProvider()) {
      files.configure(Map.of());
      variables.configure(Map.of());
      assertThat(Secrets.resolve("${file:" + file + ":user}:${file:" + file + ":password}"))
          .isEqualTo(files.get(file.toString(), Set.of("user")).data().get("user") + ":" + files.get(file.toString(), Set.of("password")).data().get("password"));
      assertThat(Secrets.resolve("${env:PATH}")).isEqualTo(variables.get("", Set.of("PATH")).data().get("PATH")).isNotEmpty();
    }
  }

  @Test
  void shouldLeaveOtherReferencesToKafka() {
    assertThat(Secrets.resolve("${secret:/etc/dcmix/kafka:jaas}")).isEqualTo("${secret:/etc/dcmix/kafka:jaas}");
  }

  @Test
  void shouldNameTheReferenceThatLeadsNowhereAndSayNothingOfWhatIsThere() throws Exception {
    Path file = Files.writeString(folder.resolve("secrets.properties"), "password=p4ss");
    assertThatThrownBy(() -> Secrets.resolve("a${file:/no/such/file}")).isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("${file:/no/such/file}: there is no such file");
    assertThatThrownBy(() -> Secrets.resolve("${file:" + file + ":pass}")).hasMessageContaining("no such entry").hasMessageNotContaining("p4ss");
    assertThatThrownBy(() -> Secrets.resolve("${env:DCMIX_NO_SUCH}")).hasMessageContaining("DCMIX_NO_SUCH");
    assertThatThrownBy(() -> Secrets.resolve("${file:" + folder + "}")).isInstanceOf(TypeConversionException.class);
  }

  @Test
  void shouldRefuseAFileThatIsTooLargeForASecret() throws Exception {
    Path file = Files.writeString(folder.resolve("disk.img"), "x".repeat(70_000));
    assertThatThrownBy(() -> Secrets.resolve("${file:" + file + "}")).isInstanceOf(TypeConversionException.class).hasMessageContaining("65,536");
  }

  @Test
  void shouldHideEverySettingThatKafkaHides() {
    ConfigDef kafka = AdminClientConfig.configDef();
    assertThat(kafka.configKeys().values().stream().filter(key -> key.type() == ConfigDef.Type.PASSWORD).map(key -> key.name))
        .contains("sasl.jaas.config", "ssl.key.password")
        .allSatisfy(key -> {
          assertThat(Secrets.isSecret(key, "x")).as(key).isTrue();
          assertThat(Secrets.isSecret("main.consumer." + key, "x")).as(key).isTrue();
        });
    assertThat(Secrets.isSecret(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SSL")).isFalse();
    assertThat(Secrets.isSecret(CommonClientConfigs.CLIENT_ID_CONFIG, "${env:NAME}")).isTrue();
  }
}
