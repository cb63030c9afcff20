package io.dcmix.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class ConfigCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Surroundings around, String... args) {
    return Dcmix.commandLine(around).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("c.yaml"), text).toString();
  }

  @Test
  void shouldFindNothingWrongWithAFileThatServesAllCommands() throws IOException {
    assertThat(run(Surroundings.NONE, "config", "check", file("bootstrap-servers: a:1\nahead: 1GiB\nmax-delay: 5ms\ncreate-topic: true"))).isZero();
    assertThat(out.toString()).contains("nothing is wrong");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldNameWhatIsWrongForAnyCommandOnce() throws IOException {
    assertThat(run(Surroundings.NONE, "config", "check", file("bootstrap-servers: a:1\nahead: far\nwell-deadline: soon\nreplication: 3.5\nnonsense: 1"))).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactlyInAnyOrder(
        "c.yaml:2: ahead: 'far' is no size such as 500KiB, 256MiB or 4GiB",
        "c.yaml:3: well-deadline: 'soon' is no duration such as 500ms, 10s, 30m, 24h or 7d",
        "c.yaml:4: replication: '3.5' is not a short",
        "c.yaml:5: unknown key 'nonsense'");
  }

  /** 10 s + 10 s of the defaults are no less than 15 s; DESIGN, rule 5. */
  @Test
  void shouldNameWhatIsWrongBetweenValuesWhereTheFileHasAllThatACommandNeeds() throws IOException {
    String both = "bootstrap-servers: a:1\nmodel: m\nsession-timeout: 15s\n";
    assertThat(run(Surroundings.NONE, "config", "check", file(both))).isEqualTo(2);
    assertThat(err.toString().lines()).singleElement().asString().contains("transaction timeout (PT10S)", "session timeout (PT15S)");
    err.getBuffer().setLength(0);
    assertThat(run(Surroundings.NONE, "config", "check", file(both + "explain: some\nz: middle\ngroup-protocol: consumer\nlane: No Lane"))).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(4).anySatisfy(line -> assertThat(line).startsWith("--explain: "))
        .anySatisfy(line -> assertThat(line).startsWith("--z: ")).anySatisfy(line -> assertThat(line).startsWith("--group-protocol: "))
        .anySatisfy(line -> assertThat(line).startsWith("--lane: "));
  }

  @Test
  void shouldShowEveryValueWithItsSourceAndNoSecret() throws IOException {
    Path secret = Files.writeString(folder.resolve("password"), "p4ss");
    String file = file("bootstrap-servers: a:1\nmax-delay: 5ms\nkafka: {security.protocol: SASL_SSL, ssl.key.password: p4ss, client.id: '${file:%s}'}".formatted(secret));
    assertThat(run(new Surroundings(Map.of("DCMIX_KAFKA_SASL_JAAS_CONFIG", "p4ss;"), Map.of("dcmix.lane", "x")), "config", "show", "--config", file)).isZero();
    assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
        .contains("bootstrap-servers a:1 c.yaml:1", "max-delay 5ms c.yaml:2", "lane x -Ddcmix.lane", "port 8080 default", "model - default", "also-lane - default",
            "kafka security.protocol=SASL_SSL c.yaml:3", "kafka ssl.key.password=**** c.yaml:3", "kafka client.id=**** c.yaml:3",
            "kafka sasl.jaas.config=**** DCMIX_KAFKA_SASL_JAAS_CONFIG")
        .noneMatch(line -> line.contains("p4ss"));
  }

  @Test
  void shouldShowTheValuesOfAnotherCommand() throws IOException {
    assertThat(run(Surroundings.NONE, "config", "show", "plate-map", "import", "--config", file("replication: 2\nmax-delay: 5ms"))).isZero();
    assertThat(out.toString()).contains("create-topic", "c.yaml:1").doesNotContain("max-delay");
    assertThat(run(Surroundings.NONE, "config", "show", "plate-map", "imprt")).isEqualTo(2);
    assertThat(err.toString()).contains("'plate-map imprt' reads no configuration; did you mean plate-map import?");
  }

  @Test
  void shouldSayWhichOneWhenAskedForNone() {
    assertThat(run(Surroundings.NONE, "config")).isEqualTo(2);
    assertThat(err.toString()).contains("config check, show or reference");
  }
}
