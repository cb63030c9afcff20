package io.dcmix.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import io.dcmix.app.Dcmix;
import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.dashboard.DashboardConfig;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.wire.WireFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** A secret that was given goes to Kafka's clients and nowhere else: no output, no log line of ours or theirs, however much is logged. */
@Timeout(60)
class PlantedSecretTest {
  private static final String SECRET = "xyzzy-plugh-42";
  private static final String JAAS = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"dcmix\" password=\"" + SECRET + "\";";

  @TempDir private Path folder;
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger kafka = (Logger) LoggerFactory.getLogger("org.apache.kafka");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<Appender<ILoggingEvent>> others = new ArrayList<>();

  @BeforeEach
  void logEverything() {
    root.iteratorForAppenders().forEachRemaining(others::add);
    others.forEach(root::detachAppender);
    log.start();
    root.addAppender(log);
    kafka.setLevel(Level.TRACE);
  }

  @AfterEach
  void logAsBefore() {
    kafka.setLevel(null);
    root.detachAppender(log);
    others.forEach(root::addAppender);
  }

  private void assertNothingWasLogged() {
    assertThat(List.copyOf(log.list)).allSatisfy(event -> assertThat(event.getFormattedMessage()
        + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()))).doesNotContain(SECRET));
  }

  @Test
  void shouldReachTheClientsAndNoLogLineOfTheirs() {
    Cluster cluster = new Cluster("127.0.0.1:1", Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "sasl.jaas.config", JAAS,
        "ssl.keystore.password", SECRET, "no.such.password", SECRET));
    assertThatThrownBy(() -> cluster.awaitAnswer(Duration.ofSeconds(1))).isInstanceOf(CliException.class).hasMessageNotContaining(SECRET);
    assertThat(log.list).as("what the client was told").anySatisfy(event -> assertThat(event.getFormattedMessage()).contains("sasl.jaas.config = [hidden]"));
    assertNothingWasLogged();
  }

  /** Settings that clients refuse in one way or another, the secret itself among them. */
  @ParameterizedTest
  @ValueSource(strings = {
      "{security.protocol: SASL_SSL, sasl.mechanism: PLAIN, ssl.truststore.location: /no/such, sasl.jaas.config: 'a ${file:SECRET};'}",
      "{security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN, sasl.jaas.config: 'org.apache.kafka.common.security.plain.PlainLoginModule ${file:SECRET}'}",
      "{security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN, sasl.jaas.config: '${file:SECRET}'}",
      "{security.protocol: SSL, ssl.keystore.type: PEM, ssl.keystore.key: '${file:SECRET}', ssl.keystore.certificate.chain: '${file:SECRET}'}",
      "{security.protocol: '${file:SECRET}'}",
      "{retries: '${file:SECRET}'}"})
  void shouldBeInNoMessageOfACommandThatFails(String settings) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), SECRET);
    Path file = Files.writeString(folder.resolve("c.yaml"), "bootstrap-servers: 127.0.0.1:1\nkafka: " + settings.replace("SECRET", secret.toString()));
    for (String[] command : new String[][] {
        {"plate-map", "remove", "P1"}, {"plate-map", "remove", "P1", "--stacktrace"}, {"config", "show", "plate-map", "remove"}}) {
      StringWriter printed = new StringWriter();
      CommandLine line = Dcmix.commandLine(Surroundings.NONE).setOut(new PrintWriter(printed)).setErr(new PrintWriter(printed));
      String[] args = Arrays.copyOf(command, command.length + 1);
      args[command.length] = "--config=" + file;
      int code = line.execute(args);
      assertThat(code).as(printed.toString()).isEqualTo(command[0].equals("config") ? 0 : 1);
      assertThat(printed.toString()).isNotEmpty().doesNotContain(SECRET);
    }
    assertNothingWasLogged();
  }

  @Test
  void shouldNotBeInWhatHoldsIt() {
    Map<String, String> settings = Map.of("ssl.key.password", SECRET);
    assertThat(List.of(
        new Cluster("a:1", settings),
        ProcessorConfig.of(new Topics("x"), "a:1", folder).withKafka(settings),
        new DashboardConfig("127.0.0.1", 0, "a:1", "x", settings),
        new WireFormat.Registry(URI.create("http://r:1/"), true, Duration.ofSeconds(1), settings),
        new Surroundings(Map.of("DCMIX_KAFKA_SSL_KEY_PASSWORD", SECRET), Map.of("dcmix.kafka.ssl.key.password", SECRET)),
        new Setting(List.of(new Setting.Piece("ssl.key.password", SECRET, "c.yaml:1"))),
        new ConfigFile.Text(SECRET, "c.yaml:1")))
        .allSatisfy(each -> assertThat(each.toString()).isNotEmpty().doesNotContain(SECRET));
  }
}
