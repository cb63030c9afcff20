package io.dcmix.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ReferenceTest {
  private static final CommandLine LINE = Dcmix.commandLine(Surroundings.NONE);

  @TempDir private Path folder;

  @Test
  void shouldBeWhatTheDocumentSays() throws IOException {
    String text = Files.readString(WriteConfigurationReference.DOCUMENT);
    assertThat(text.substring(text.indexOf(WriteConfigurationReference.HEADING)))
        .as("""
            An option has changed. Write the table anew with
            mvn -pl processor/app -am test -Dtest=WriteConfigurationReference -Dsurefire.failIfNoSpecifiedTests=false""")
        .isEqualTo(WriteConfigurationReference.expected());
  }

  @Test
  void shouldDocumentEveryKeyOfEveryCommand() {
    Keys keys = Keys.of(LINE);
    assertThat(keys.commands()).extracting(Keys::name)
        .contains("run", "rescore", "publish", "replay", "compare", "doctor", "plate-map import", "plate-map remove");
    for (CommandSpec command : keys.commands()) {
      assertThat(command.findOption("--config")).as(Keys.name(command)).isNotNull();
      assertThat(Keys.options(command)).allSatisfy((key, option) -> assertThat(String.join("", option.description())).as(key).isNotBlank());
    }
    assertThat(Reference.of(LINE).lines().skip(2)).hasSizeGreaterThanOrEqualTo(keys.names().size())
        .allSatisfy(line -> assertThat(line.replace("\\|", "")).matches("\\| `[^`]+` \\|[^|]+\\|[^|]*\\|[^|]+\\|[^|]+\\|"));
  }

  /** A key that named a command, too, would be taken for what is said to that command alone. */
  @Test
  void shouldNotTakeAMapForACommand() {
    Keys keys = Keys.of(LINE);
    keys.commands().forEach(command -> Keys.options(command).forEach((key, option) -> {
      if (option.typeInfo().isMap()) {
        assertThat(keys.sections()).doesNotContainKey(key);
      }
    }));
  }

  @Test
  void shouldShowExamplesThatAreRight() throws IOException {
    Matcher example = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(WriteConfigurationReference.DOCUMENT));
    int count = 0;
    while (example.find()) {
      Path secret = Files.writeString(folder.resolve("secret"), "p4ss");
      Path file = Files.writeString(folder.resolve("example.yaml"), example.group(1).replaceAll("/run/secrets/[a-z-]+", Matcher.quoteReplacement(secret.toString())));
      Set<String> problems = new LinkedHashSet<>();
      ConfigFile.Table table = ConfigFile.read(file, problems::add);
      Keys keys = Keys.of(LINE);
      keys.commands().forEach(command -> problems.addAll(Effective.of(keys, command, table, Surroundings.NONE).problems()));
      assertThat(problems).isEmpty();
      count++;
    }
    assertThat(count).isPositive();
  }
}
