package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dcmix run} as a process, where nothing can come of it. */
class RunIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path folder;

  @Test
  void shouldEndWithOneLineThatNamesTheBrokerThatDoesNotAnswer() throws Exception {
    Path model = folder.resolve("model.onnx");
    try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
      Files.write(model, in.readAllBytes());
    }
    try (ChildProcess run = ChildProcess.dcmix(folder, "run", "--bootstrap-servers", "127.0.0.1:1", "--model", model.toString(), "--create-topics")) {
      assertThat(run.exitCode(PATIENCE)).isEqualTo(1);
      assertThat(run.output().lines().filter(line -> line.startsWith("dcmix: "))).singleElement().asString()
          .contains("No Kafka broker answers at 127.0.0.1:1", "--bootstrap-servers");
      assertThat(run.output()).as("no page of retries").hasLineCount(1);
    }
  }

  @Test
  void shouldEndWithTheUsualCodesOnWrongInput() throws Exception {
    record Wrong(int exit, String says, List<String> args) {}
    for (Wrong wrong : List.of(
        new Wrong(2, "--model", List.of("run", "--bootstrap-servers", "127.0.0.1:1")),
        new Wrong(1, "missing.onnx", List.of("run", "--bootstrap-servers", "127.0.0.1:1", "--model", "missing.onnx")))) {
      try (ChildProcess run = ChildProcess.dcmix(folder, wrong.args().toArray(String[]::new))) {
        assertThat(run.exitCode(PATIENCE)).as(run.output()).isEqualTo(wrong.exit());
        assertThat(run.output()).contains(wrong.says()).doesNotContain("\tat ");
      }
    }
  }
}
