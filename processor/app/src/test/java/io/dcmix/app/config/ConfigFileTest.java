package io.dcmix.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.config.ConfigFile.Many;
import io.dcmix.app.config.ConfigFile.Table;
import io.dcmix.app.config.ConfigFile.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  @TempDir private Path folder;
  private final List<String> problems = new ArrayList<>();

  private Table read(String text) throws IOException {
    return ConfigFile.read(Files.writeString(folder.resolve("c.yaml"), text), problems::add);
  }

  @Test
  void shouldKeepEveryValueAsItWasWrittenWithItsLine() throws IOException {
    Table table = read("""
        # a comment
        partitions: 010
        tf32: yes
        max-delay: 20ms
        at: 2025-01-01
        quoted: "a # b"
        roots: [/a, /b]
        kafka:
          security.protocol: SSL
        """);
    assertThat(problems).isEmpty();
    assertThat(table.entries().get("partitions")).isEqualTo(new Text("010", "c.yaml:2"));
    assertThat(table.entries().get("tf32")).isEqualTo(new Text("yes", "c.yaml:3"));
    assertThat(table.entries().get("max-delay")).isEqualTo(new Text("20ms", "c.yaml:4"));
    assertThat(table.entries().get("at")).isEqualTo(new Text("2025-01-01", "c.yaml:5"));
    assertThat(table.entries().get("quoted")).isEqualTo(new Text("a # b", "c.yaml:6"));
    assertThat(((Many) table.entries().get("roots")).items()).containsExactly(new Text("/a", "c.yaml:7"), new Text("/b", "c.yaml:7"));
    assertThat(((Table) table.entries().get("kafka")).entries()).containsEntry("security.protocol", new Text("SSL", "c.yaml:9"));
  }

  @Test
  void shouldTakeAnEmptyFileForNoKeys() throws IOException {
    assertThat(read("").entries()).isEmpty();
    assertThat(read("# nothing yet\n").entries()).isEmpty();
    assertThat(problems).isEmpty();
  }

  @Test
  void shouldNameEveryLineThatCannotBeUnderstoodAndGoOn() throws IOException {
    Table table = read("""
        lane: a
        model:
        lane: b
        roots: [[a], b]
        deep: {a: {b: {c: d}}}
        port: 1
        """);
    assertThat(problems).containsExactlyInAnyOrder(
        "c.yaml:2: model has no value; leave it out for its default",
        "c.yaml:3: lane stands at c.yaml:1 already",
        "c.yaml:4: roots is a list of single values",
        "c.yaml:5: b is nested too deeply");
    assertThat(table.entries()).containsEntry("lane", new Text("a", "c.yaml:1")).containsEntry("port", new Text("1", "c.yaml:6"));
  }

  @Test
  void shouldNameTheLineOfWhatIsNoYamlAndNotQuoteIt() throws IOException {
    assertThat(read("lane: a\nkafka: {ssl.key.password: p4ss, b: 'c\n").entries()).isEmpty();
    assertThat(problems).singleElement().asString().matches("c\\.yaml:[23]: no YAML: .+").doesNotContain("p4ss");
  }

  /** Passwords that YAML takes for an alias, a tag and an anchor: nothing of them is lost silently, or told. */
  @Test
  void shouldWantQuotesAroundWhatYamlWouldTakeApart() throws IOException {
    for (String password : new String[] {"*p4ss", "!p4ss word", "!p4!ss word", "&p4ss"}) {
      problems.clear();
      Table table = read("lane: a\nkafka:\n  ssl.key.password: " + password + "\n");
      assertThat(problems).as(password).singleElement().asString().startsWith("c.yaml:").doesNotContain("p4");
      assertThat(table.entries().get("kafka")).as(password).satisfiesAnyOf(
          kafka -> assertThat(kafka).isNull(), kafka -> assertThat(((Table) kafka).entries()).isEmpty());
    }
    assertThat(read("a: '*p4ss'").entries()).containsEntry("a", new Text("*p4ss", "c.yaml:1"));
  }

  @Test
  void shouldRefuseWhatIsNoTable() throws IOException {
    assertThat(read("- a\n- b\n").entries()).isEmpty();
    assertThat(problems).containsExactly("c.yaml:1: keys and values are expected, as in 'lane: screening'");
  }

  @Test
  void shouldRefuseFilesThatAreTooLargeOrMultiplyThemselvesOrAreNoText() throws IOException {
    read("a: " + "x".repeat(300_000));
    assertThat(problems).singleElement().asString().contains("262,144");
    problems.clear();
    StringBuilder laughs = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 20; i++) {
      laughs.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    read(laughs.toString());
    assertThat(problems).isNotEmpty();
    problems.clear();
    read("a: &a {b: *a}");
    assertThat(problems).isNotEmpty();
    problems.clear();
    ConfigFile.read(Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe9}), problems::add);
    assertThat(problems).singleElement().asString().contains("UTF-8");
    problems.clear();
    ConfigFile.read(folder.resolve("missing.yaml"), problems::add);
    assertThat(problems).singleElement().asString().contains("there is no file", "missing.yaml");
  }
}
