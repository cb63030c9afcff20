package io.dcmix.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.Dcmix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command on a few wells, with real processes. Its figures mean nothing here; that they are there does. */
class BenchIT {
  @TempDir Path folder;

  @Test
  void shouldMeasureEveryFigureAndLeaveNothingBehind() throws Exception {
    Path report = folder.resolve("report.json");
    Path data = folder.resolve("data");

    int exit = Dcmix.commandLine().execute("bench", "--workload", "transport", "--plates", "1", "--wells", "8", "--memory-plates", "3",
        "--partitions", "2", "--device", "cpu", "--data", data.toString(), "--report", report.toString());

    assertThat(exit).isZero();
    JsonNode json = new ObjectMapper().readTree(report.toFile());
    assertThat(json.get("device").asText()).isEqualTo("cpu");
    assertThat(json.get("cores").asInt()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(json.get("jvmCache").asBoolean()).as("classes that lie in folders cannot be cached").isFalse();
    JsonNode transport = json.get("workloads").get(0);
    assertThat(transport.get("name").asText()).isEqualTo("transport");
    assertThat(transport.get("wells").asInt()).as("half of eight warms up").isEqualTo(4);
    boolean linux = Files.exists(Path.of("/proc/self/status"));
    for (String figure : BenchReportTest.NAMES) {
      if (!figure.equals("name") && !figure.equals("latencyMillis") && (linux || !figure.contains("ss"))) {
        assertThat(transport.get(figure).isNumber()).as(figure + " in " + transport).isTrue();
        assertThat(transport.get(figure).asDouble()).as(figure).isGreaterThan(figure.equals("copiedBytesPerImageByte") ? -1 : 0);
      }
    }
    double bare = transport.get("bareWellsPerSecond").asDouble();
    double pipeline = transport.get("pipelineWellsPerSecond").asDouble();
    assertThat(transport.get("ratio").asDouble()).isEqualTo(pipeline / bare);
    assertThat(transport.get("imageMegabytesPerSecond").asDouble()).isEqualTo(pipeline * transport.get("imageBytesPerWell").asDouble() / 1e6);
    assertThat(transport.get("latencyMillis").get("p50").asDouble()).isPositive()
        .isLessThanOrEqualTo(transport.get("latencyMillis").get("p99").asDouble());
    assertThat(transport.get("changelogBytesPerImageByte").asDouble()).as("no pixels in the state").isLessThan(0.1);
    if (linux) {
      assertThat(transport.get("peakRssMiB").asDouble()).isBetween(50.0, 16_384.0);
    }

    try (Stream<Path> left = Files.list(data)) {
      assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("images", "models", "logs");
    }
    assertThat(children()).isEmpty();
  }

  private static List<String> children() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).map(child -> child.info().commandLine().orElse("?"))
        .filter(line -> line.contains("io.dcmix.app.Dcmix")).toList();
  }
}
