package io.dcmix.app.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import io.dcmix.app.config.Secrets;
import io.dcmix.app.config.Surroundings;
import io.dcmix.streams.trace.TraceConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;

/** Where traces go, said on the command line and elsewhere. */
class TraceOptionsTest {
  private static final String SECRET = "xyzzy-plugh-45";

  @TempDir private Path folder;
  private final StringWriter printed = new StringWriter();

  private int run(Surroundings around, String... args) {
    return Dcmix.commandLine(around).setOut(new PrintWriter(printed)).setErr(new PrintWriter(printed))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
  }

  /** The options alone. */
  private static final class Alone {
    @Mixin private TraceOptions traces = new TraceOptions();
  }

  private static TraceConfig config(String... args) {
    Alone alone = new Alone();
    new CommandLine(alone).parseArgs(args);
    return alone.traces.config();
  }

  @Test
  void shouldTraceNothingUnlessToldWhere() {
    assertThat(config()).isNull();
    assertThat(config("--trace-ratio", "0.5")).as("for the day that there is a collector").isNull();
  }

  @Test
  void shouldFindTheSecretOfAHeaderWhereItLiesAndHideItFromThenOn() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), SECRET + "\n");
    TraceConfig config = config("--trace-endpoint", "http://tempo:4318", "--trace-ratio", "0.25", "--trace-header", "authorization=Bearer ${file:" + secret + "}");
    assertThat(config.endpoint()).hasToString("http://tempo:4318/v1/traces");
    assertThat(config.ratio()).isEqualTo(0.25);
    assertThat(config.headers()).containsExactlyEntriesOf(Map.of("authorization", "Bearer " + SECRET));
    assertThat(Secrets.hide("The collector says: " + SECRET)).isEqualTo("The collector says: ****");
  }

  @Test
  void shouldNotShowWhatTheConfigurationSaysOfAHeader() throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"),
        "bootstrap-servers: k:1\ntrace-endpoint: http://tempo:4318\ntrace-header: {x-scope: " + SECRET + "}\n");
    assertThat(run(Surroundings.NONE, "config", "show", "run", "--config", file.toString())).isZero();
    assertThat(run(new Surroundings(Map.of("DCMIX_TRACE_HEADER", "x-scope=" + SECRET), Map.of()), "config", "show", "publish")).isZero();
    assertThat(printed.toString()).contains("http://tempo:4318", "x-scope=****", "DCMIX_TRACE_HEADER").doesNotContain(SECRET);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--trace-endpoint tempo:4318 | --trace-endpoint: 'tempo:4318' is no address",
      "--trace-endpoint http://a --trace-ratio 2 | --trace-ratio: a share of the wells is 0 to 1",
      "--trace-endpoint http://a --trace-header host=b | --trace-header: 'host' is no name of a header",
      "--trace-header authorization=b | name that with --trace-endpoint"})
  void shouldRefuseWhatIsWrongBeforeAnythingIsAsked(String options, String message) {
    for (String command : new String[] {"run --model m.onnx", "rescore --into b --model m.onnx", "publish --watch " + folder}) {
      printed.getBuffer().setLength(0);
      assertThat(run(Surroundings.NONE, (command + " --bootstrap-servers 127.0.0.1:1 " + options).split(" ", -1))).as(command).isEqualTo(1);
      assertThat(printed.toString()).as(command).contains(message);
    }
  }
}
