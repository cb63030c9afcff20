package io.dcmix.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.config.Surroundings;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class DcmixTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Command(name = "weigh", description = "Weighs things.")
  static final class Weigh implements CliCommand {
    @Option(names = "--grams")
    private int grams = 1;

    @Override
    public Integer call() {
      return switch (grams) {
        case 0 -> throw new CliException("Nothing lies on the scales: put something on them");
        case -1 -> throw new IllegalStateException("broken spring");
        default -> 0;
      };
    }
  }

  @Command(name = "add", description = "Adds things.")
  static final class Add implements CliCommand {
    @Override
    public Integer call() {
      return 0;
    }
  }

  private int run(String... args) {
    CommandLine line = Dcmix.commandLine(List.of(new Weigh(), new Add()), Surroundings.NONE);
    return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF)).execute(args);
  }

  @Test
  void shouldReturnTheExitCodeOfTheCommand() {
    assertThat(run("weigh", "--grams", "3")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldTeachWithExamplesAndListCommandsInOrder() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Examples:", "dcmix demo", "Exit codes").containsSubsequence("Commands:", "add", "weigh");
  }

  @Test
  void shouldGiveEveryCommandHelpAndVersion() {
    assertThat(run("weigh", "--help")).isZero();
    assertThat(out.toString()).contains("Usage: dcmix weigh", "--grams", "--stacktrace");
    assertThat(run("weigh", "--version")).isZero();
  }

  @Test
  void shouldShowTheVersionOfTheBuild() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).containsPattern("dcmix \\d+\\.\\d+\\.\\d+").contains("Java 25");
  }

  @Test
  void shouldSayOneLineWithoutStackTraceWhenTheUserCanMendIt() {
    assertThat(run("weigh", "--grams", "0")).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("dcmix: Nothing lies on the scales: put something on them");
  }

  @Test
  void shouldSayOneLineAndHowToSeeMoreWhenTheFailureIsOurs() {
    assertThat(run("weigh", "--grams", "-1")).isEqualTo(1);
    assertThat(err.toString().strip())
        .isEqualTo("dcmix: unexpected IllegalStateException: broken spring (run again with --stacktrace to see where)");
  }

  @Test
  void shouldShowTheStackTraceOnDemand() {
    assertThat(run("weigh", "--grams", "0", "--stacktrace")).isEqualTo(1);
    assertThat(err.toString()).contains("CliException", "at io.dcmix.app.DcmixTest");
  }

  @Test
  void shouldRefuseWrongOptionsWithTwoAndAHint() {
    assertThat(run("weigh", "--gram", "3")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown option", "--grams");
  }

  @Test
  void shouldSayWhatIsWrongWithAValueAndNotBuryItUnderTheHelp() {
    assertThat(run("weigh", "--grams", "many")).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(2).first().asString().contains("--grams", "many");
    assertThat(err.toString()).contains("dcmix weigh --help");
  }

  @Test
  void shouldSayAllThatIsWrongAtOnce() {
    assertThat(run("weigh", "--grams", "many", "--kilos", "3", "--grams", "few")).isEqualTo(2);
    assertThat(err.toString()).contains("'many' is not an int", "'few' is not an int", "'--kilos'");
  }

  @Test
  void shouldHelpWhoeverAsksForHelpWhateverElseIsWrong() {
    assertThat(run("weigh", "--grams", "many", "--help")).isZero();
    assertThat(out.toString()).contains("Usage: dcmix weigh");
  }

  @Test
  void shouldRefuseAnUnknownCommandWithTwo() {
    assertThat(run("weihg")).isEqualTo(2);
    assertThat(err.toString()).contains("weihg", "weigh");
  }

  @Test
  void shouldShowTheHelpAsWrongUsageWithoutACommand() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("Which command?", "Commands:");
  }
}
