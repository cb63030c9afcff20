package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** {@code dcmix rescore} and {@code dcmix compare} with wrong input: the exit code, one line, and what to do. */
class RescoreCommandTest {
  private static final String[] RESCORE = {"rescore", "--bootstrap-servers", "127.0.0.1:1", "--model", "m.onnx"};
  private final StringWriter err = new StringWriter();

  private int run(String[] command, String... options) {
    String[] args = new String[command.length + options.length];
    System.arraycopy(command, 0, args, 0, command.length);
    System.arraycopy(options, 0, args, command.length, options.length);
    return Dcmix.commandLine().setErr(new PrintWriter(err)).setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
  }

  private String line() {
    return err.toString().strip();
  }

  @Test
  void shouldWantALaneForTheResults() {
    assertThat(run(RESCORE)).isEqualTo(2);
    assertThat(line()).contains("Missing required option", "--into=LANE");
  }

  @Test
  void shouldRefuseTheLaneThatTheImagesComeFrom() {
    assertThat(run(RESCORE, "--into", "screening")).isEqualTo(1);
    assertThat(line()).isEqualTo("dcmix: --into: the results need a lane of their own, not screening");
  }

  @Test
  void shouldNameTheOptionWhoseLaneIsNone() {
    assertThat(run(RESCORE, "--into", "Bad Lane")).isEqualTo(1);
    assertThat(line()).startsWith("dcmix: --into: Lane 'Bad Lane' must be").hasLineCount(1);
    err.getBuffer().setLength(0);
    assertThat(run(new String[] {"compare"}, "good", "Bad Lane", "--bootstrap-servers", "127.0.0.1:1")).isEqualTo(1);
    assertThat(line()).startsWith("dcmix: LANE: Lane 'Bad Lane' must be").hasLineCount(1);
  }

  @Test
  void shouldNotCompareALaneWithItself() {
    assertThat(run(new String[] {"compare"}, "a", "a", "--bootstrap-servers", "127.0.0.1:1")).isEqualTo(1);
    assertThat(line()).isEqualTo("dcmix: Two lanes are compared, and both are a");
  }
}
