package io.dcmix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dcmix.schema.event.PixelType;
import io.dcmix.training.data.Augmentation;
import io.dcmix.training.data.Split;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.fit.FitOptions;
import io.dcmix.training.fit.Objective;
import io.dcmix.training.fit.Objective.Balance;
import io.dcmix.training.fit.Objective.Loss;
import io.dcmix.training.fit.Schedule;
import io.dcmix.training.net.Backbone;
import io.dcmix.training.net.Backbone.Summary;
import io.dcmix.training.net.Blend;
import io.dcmix.training.net.PyTorch.Compute;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ONNX's own checker, as Debian packages it (python3-onnx), accepts what is exported. */
class OnnxCheckerTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  @TempDir Path folder;

  @BeforeAll
  static void thereIsAChecker() throws Exception {
    assumeTrue(Files.isExecutable(PYTHON) && python("import onnx.checker").exit() == 0,
        "No ONNX checker: " + PYTHON + " with the module onnx is absent (Debian: python3-onnx)");
  }

  @ParameterizedTest
  @CsvSource({
      "SOFTPLUS, SMALL, MEAN, UINT8, 32",
      "OVER, SMALL, LOG_MEAN, UINT16, 32",
      "RELU, SMALL, MEAN, UINT16, 16", // averaged down
      "SOFTPLUS, RESNET18, MEAN, UINT8, 64",
  })
  void acceptsEveryKindOfModel(Blend blend, Backbone.Kind network, Summary summary, PixelType type, int largestSide) throws Exception {
    Path file = folder.resolve("model.onnx");
    FitOptions fit = new FitOptions(new Schedule(1, 2, 4, 0.001, 3, 1e-4, 0), new Objective(Loss.CROSS_ENTROPY, Balance.BATCHES, 0),
        new Augmentation(network == Backbone.Kind.RESNET18 ? 32 : 16, true, 0.1, 0.1, 0.2, Augmentation.Dropped.ANY), 1);
    try (TrainingSet set = SyntheticSites.of(type, Math.max(32, largestSide), largestSide, 4, 7)) {
      Training.run(set, Split.byWells(set.samples(), set.labels().classes(), 0.2, 1), new Recipe(blend, network, summary, fit, 1, Compute.CPU),
          new Training.Identity("test", "1", Map.of("made by", "a test")), file, null, e -> {});
    }
    Outcome outcome = check(file);
    assertThat(outcome.exit()).as(outcome.said()).isZero();
  }

  @Test
  void theCheckCanFail() throws Exception {
    Path file = folder.resolve("not.onnx");
    Files.writeString(file, "no model");
    assertThat(check(file).exit()).isNotZero();
  }

  /** The checker writes inferred shapes into the file that it is given, so it never gets one that is used afterwards. */
  private static Outcome check(Path file) throws IOException, InterruptedException {
    return python("import onnx.checker, sys; onnx.checker.check_model(sys.argv[1], full_check=True)", file.toString());
  }

  private record Outcome(int exit, String said) {}

  private static Outcome python(String program, String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(PYTHON.toString(), "-c", program);
    builder.command().addAll(List.of(arguments));
    Path said = Files.createTempFile("onnx-checker", ".log");
    try {
      Process process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
      boolean ended = process.waitFor(120, TimeUnit.SECONDS);
      process.destroyForcibly();
      return new Outcome(ended ? process.exitValue() : -1, Files.readString(said, StandardCharsets.UTF_8));
    } finally {
      Files.deleteIfExists(said);
    }
  }
}
