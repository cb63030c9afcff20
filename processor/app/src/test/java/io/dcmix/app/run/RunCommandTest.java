package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** {@code dcmix run} with wrong input: the exit code, one line, and what to do. */
class RunCommandTest {
  private static final String NOBODY = "127.0.0.1:1";

  @TempDir Path folder;
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Dcmix.commandLine().setErr(new PrintWriter(err)).setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
  }

  private String line() {
    return err.toString().strip();
  }

  @Test
  void shouldRefuseAnUnknownOptionAndNameTheOneThatWasMeant() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--bootstrap-server", NOBODY)).isEqualTo(2);
    assertThat(line()).contains("Unknown option", "'--bootstrap-server'", "--bootstrap-servers");
  }

  @Test
  void shouldWantAModelAndABroker() {
    assertThat(run("run", "--bootstrap-servers", NOBODY)).isEqualTo(2);
    assertThat(line()).contains("Missing required option", "--model=FILE", "--models=DIR");
    assertThat(run("run", "--model", "m.onnx")).isEqualTo(2);
    assertThat(line()).contains("--bootstrap-servers=HOST:PORT");
  }

  @Test
  void shouldRefuseATimeThatIsNone() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--well-deadline", "soon")).isEqualTo(2);
    assertThat(line()).contains("--well-deadline", "'soon' is no duration such as 500ms, 10s, 30m, 24h or 7d");
  }

  @Test
  void shouldRefuseAGroupProtocolThatIsNone() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--group-protocol", "consumer")).isEqualTo(1);
    assertThat(line()).contains("--group-protocol", "'consumer' is neither classic nor streams").hasLineCount(1);
  }

  @Test
  void shouldRefuseAScopeOrAWindowThatIsNone() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--importance-scopes", "all,plates")).isEqualTo(1);
    assertThat(line()).contains("--importance-scopes", "'plates' is no scope", "all, plate, class, treatment, role, instrument").hasLineCount(1);
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--importance-window", "5h", "--importance-advance", "2h")).isEqualTo(1);
    assertThat(line()).contains("--importance-window", "The window (PT5H) must be a multiple of what it advances by (PT2H)");
  }

  @Test
  void shouldRefuseAFocalPlaneThatIsNone() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--z", "middle")).isEqualTo(1);
    assertThat(line()).isEqualTo(
        "dcmix: --z: 'middle' must be projection, for the maximum over all focal planes, or the number of one, from 0 to 999");
  }

  @Test
  void shouldNameTheModelThatIsNotThere() {
    Path missing = folder.resolve("missing.onnx");
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", missing.toString())).isEqualTo(1);
    assertThat(line()).startsWith("dcmix: ").contains(missing.toString()).hasLineCount(1);
  }

  @Test
  void shouldNameTheFileThatIsNoModel() throws Exception {
    Path text = Files.writeString(folder.resolve("notes.onnx"), "no protobuf");
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", text.toString())).isEqualTo(1);
    assertThat(line()).startsWith("dcmix: ").contains(text.toString()).doesNotContain("unexpected");
  }

  @Test
  void shouldRefuseALaneThatIsNoTopicPrefix() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--lane", "Bad Lane")).isEqualTo(1);
    assertThat(line()).startsWith("dcmix: --lane: Lane 'Bad Lane' must be").hasLineCount(1);
  }

  @Test
  void shouldRefuseAFurtherLaneThatIsNoTopicPrefixOrTheFirstOne() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--also-lane", "Bad Lane")).isEqualTo(1);
    assertThat(line()).startsWith("dcmix: --also-lane: Lane 'Bad Lane' must be").hasLineCount(1);
    err.getBuffer().setLength(0);
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--lane", "live", "--also-lane", "replay", "--also-lane", "live"))
        .isEqualTo(1);
    assertThat(line()).isEqualTo("dcmix: --also-lane: live is the lane of --lane already");
  }

  @Test
  void shouldNameTheFolderThatHoldsNoModels() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--models", folder.resolve("missing").toString())).isEqualTo(1);
    assertThat(line()).isEqualTo("dcmix: --models: " + folder.resolve("missing") + " is no folder of models");
  }

  @Test
  void shouldRefuseAVersionWithoutAFolderToTakeItFrom() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--model-version", "2")).isEqualTo(1);
    assertThat(line()).isEqualTo("dcmix: --model-version: there is no folder of --models to take it from");
  }

  @Test
  void shouldRefuseAShadowInTheLaneThatItWatches() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--shadow", "m2.onnx", "--shadow-lane", "screening")).isEqualTo(1);
    assertThat(line()).isEqualTo("dcmix: --shadow-lane: the shadow's results need a lane of their own, not screening");
  }

  @Test
  void shouldRefuseADeviceThatIsNone() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--device", "tpu")).isEqualTo(1);
    assertThat(line()).isEqualTo("dcmix: --device: Device 'tpu' must be auto, cpu, cuda, or cuda with numbers such as cuda:0,1");
  }

  @Test
  void shouldRefuseAReferenceRootThatIsNoFolder() throws Exception {
    Path file = Files.writeString(folder.resolve("a.tif"), "");
    for (Path wrong : List.of(file, folder.resolve("missing"))) {
      err.getBuffer().setLength(0);
      assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--reference-root", folder.toString(), "--reference-root", wrong.toString()))
          .isEqualTo(1);
      assertThat(line()).isEqualTo("dcmix: --reference-root: " + wrong + " is no folder");
    }
  }

  @Test
  void shouldSayAllThatIsWrongWithTheValuesAtOnce() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--z", "middle", "--device", "tpu", "--also-lane", "screening", "--explain", "some"))
        .isEqualTo(1);
    assertThat(line()).contains("--z: 'middle'", "--device: Device 'tpu'", "--also-lane: screening is the lane", "--explain: ").hasLineCount(4);
    err.getBuffer().setLength(0);
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--session-timeout", "15s", "--stream-threads", "0")).isEqualTo(1);
    assertThat(line()).contains("stream threads (0)", "session timeout (PT15S)").hasLineCount(2);
  }

  @Test
  void shouldRefuseABucketThatIsNone() {
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--reference-s3", "s3://Plates/in/")).isEqualTo(1);
    assertThat(line()).startsWith("dcmix: --reference-s3: s3://Plates/in/ names no bucket").hasLineCount(1);
    err.getBuffer().setLength(0);
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--s3-endpoint", "https://minio:9000")).isEqualTo(1);
    assertThat(line()).startsWith("dcmix: --s3-endpoint").endsWith("name their folders with --reference-s3").hasLineCount(1);
    err.getBuffer().setLength(0);
    assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--reference-s3", "s3://plates", "--s3-anonymous", "--s3-endpoint", "minio:9000"))
        .isEqualTo(1);
    assertThat(line()).startsWith("dcmix: --reference-s3: the address of the store must be https://host").endsWith("not minio:9000").hasLineCount(1);
  }

  @Test
  void shouldNotStartWithoutCredentialsForTheBucketsThatItIsAllowed() {
    Map<String, String> nothingOfThisMachine = Map.of("aws.disableEc2Metadata", "true",
        "aws.configFile", folder.resolve("none").toString(), "aws.sharedCredentialsFile", folder.resolve("none").toString());
    nothingOfThisMachine.forEach(System::setProperty);
    try {
      assertThat(run("run", "--bootstrap-servers", NOBODY, "--model", "m.onnx", "--reference-s3", "s3://plates", "--s3-region", "eu-central-1")).isEqualTo(1);
      assertThat(line()).startsWith("dcmix: --reference-s3: no credentials for the object store were found").contains("AWS_ACCESS_KEY_ID").hasLineCount(1);
    } finally {
      nothingOfThisMachine.keySet().forEach(System::clearProperty);
    }
  }
}
