package io.dcmix.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.cluster.ClusterOptions;
import io.dcmix.app.config.Surroundings;
import io.dcmix.app.log.Logs;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.log.LogFields;
import io.dcmix.schema.WellKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a command that talks to a cluster writes to stderr. */
class LogFormatTest {
  private static final String SECRET = "xyzzy-plugh-43";

  @TempDir private Path folder;
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final PrintStream before = System.err;

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(stderr, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void stopListening() {
    System.setErr(before);
    Logs.asText();
  }

  /** Logs one line of each kind, then fails. */
  @Command(name = "talk", description = "Talks.")
  static final class Talk implements CliCommand {
    @Mixin private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--word", description = "A word.")
    private String word = "";

    @Override
    public Integer call() {
      var _ = cluster.cluster();
      var log = LoggerFactory.getLogger("io.dcmix.talk");
      try (var _ = MDC.putCloseable(LogFields.LANE, "of-the-thread")) {
        log.info("Plain {}", word);
        LogFields.of(log.atWarn().addKeyValue(LogFields.LANE, "screening"), WellKey.of("P 7", "run/1", "B2", 3)).addKeyValue("level", "mine")
            .addKeyValue(LogFields.SITE, (Object) null).setCause(new IllegalStateException("two\nlines")).log("A \"well\"");
      }
      throw new CliException("It is over");
    }
  }

  private int run(Surroundings around, String... args) {
    return Dcmix.commandLine(List.of(new Talk()), around).setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8)).setOut(new PrintWriter(new StringWriter())).execute(args);
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : stderr.toString(StandardCharsets.UTF_8).split("\n", -1)) {
      if (!line.isEmpty()) {
        lines.add(new ObjectMapper().readTree(line));
      }
    }
    return lines;
  }

  @Test
  void shouldWriteOneObjectALineWithTheFieldsOfTheLine() throws IOException {
    assertThat(run(Surroundings.NONE, "talk", "--bootstrap-servers", "k:1", "--log-format", "json", "--word", "1\n2")).isEqualTo(1);
    List<JsonNode> lines = lines();
    assertThat(lines).hasSize(3);
    JsonNode plain = lines.get(0);
    assertThat(plain.fieldNames()).toIterable().containsExactly("time", "level", "logger", "thread", "message", "lane");
    assertThat(Instant.parse(plain.get("time").asText())).isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now());
    assertThat(plain.get("message").asText()).isEqualTo("Plain 1\n2");
    assertThat(plain.get("lane").asText()).as("of its thread").isEqualTo("of-the-thread");
    JsonNode well = lines.get(1);
    assertThat(well.get("level").asText()).as("no field takes the place of what every line has").isEqualTo("WARN");
    assertThat(well.get("lane").asText()).as("its own goes before its thread's").isEqualTo("screening");
    assertThat(well.get("plate").asText()).isEqualTo("P 7");
    assertThat(well.get("acquisition").asText()).isEqualTo("run/1");
    assertThat(well.get("well").asText()).isEqualTo("B02");
    assertThat(well.get("timepoint")).isEqualTo(new ObjectMapper().readTree("3"));
    assertThat(well.has("site")).isFalse();
    assertThat(well.get("exception").asText()).startsWith("java.lang.IllegalStateException: two\nlines").contains("at io.dcmix.app.LogFormatTest");
    assertThat(lines.get(2).get("message").asText()).as("how it ended").isEqualTo("dcmix: It is over");
    assertThat(lines.get(2).get("level").asText()).isEqualTo("ERROR");
  }

  @Test
  void shouldTakeTheFormatFromTheEnvironmentAndFromAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("c.yaml"), "bootstrap-servers: k:1\nlog-format: JSON\n");
    assertThat(run(Surroundings.NONE, "talk", "--config", file.toString())).isEqualTo(1);
    assertThat(lines()).hasSize(3);
    Logs.asText();
    assertThat(run(new Surroundings(Map.of("DCMIX_LOG_FORMAT", "json"), Map.of()), "talk", "--bootstrap-servers", "k:1")).isEqualTo(1);
    assertThat(lines()).hasSize(6);
  }

  @Test
  void shouldWriteForPeopleWhereNobodyAsksAndRefuseWhatIsNoFormat() {
    assertThat(run(Surroundings.NONE, "talk", "--bootstrap-servers", "k:1", "--word", "w")).isEqualTo(1);
    assertThat(stderr.toString(StandardCharsets.UTF_8)).contains("Plain w  [talk]", "dcmix: It is over").doesNotContain("{\"");
    assertThat(run(Surroundings.NONE, "talk", "--bootstrap-servers", "k:1", "--log-format", "xml")).isEqualTo(2);
    assertThat(stderr.toString(StandardCharsets.UTF_8)).contains("--log-format", "xml");
  }

  @Test
  void shouldHideTheSecretsOfThisProcessInBothFormats() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), SECRET);
    for (String format : List.of("text", "json")) {
      run(Surroundings.NONE, "talk", "--bootstrap-servers", "k:1", "--kafka", "ssl.key.password=${file:" + secret + "}", "--log-format", format,
          "--word", "says " + SECRET);
    }
    assertThat(stderr.toString(StandardCharsets.UTF_8)).contains("Plain says ****  [talk]", "\"Plain says ****\"").doesNotContain(SECRET);
  }
}
