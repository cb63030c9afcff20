package io.dcmix.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.bench.BenchReport.Bar;
import io.dcmix.bench.BenchReport.Figures;
import io.dcmix.bench.BenchReport.Latency;
import io.dcmix.core.cli.CliException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReportTest {
  /** The names that readers of the file rely on. */
  static final List<String> NAMES = List.of(
      "name", "bareWellsPerSecond", "pipelineWellsPerSecond", "ratio", "imageMegabytesPerSecond", "changelogBytesPerImageByte",
      "processorCpuSecondsPerWell", "brokerCpuSecondsPerWell", "peakRssMiB", "latencyMillis", "maxDelayMillis", "batchMillis",
      "commitMillis", "rssAfterTwoPlatesMiB", "rssAfterTenPlatesMiB", "copiedBytesPerImageByte");

  @TempDir Path folder;

  @Test
  void shouldHaveTheNamesThatReadersRelyOn() throws Exception {
    Path file = folder.resolve("report.json");
    report(figures(0.75, 0.002, 250, 440)).write(file);

    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.get("device").asText()).isEqualTo("cpu");
    assertThat(json.get("cores").asInt()).isEqualTo(2);
    JsonNode workload = json.get("workloads").get(0);
    assertThat(NAMES).allSatisfy(name -> assertThat(workload.has(name)).as(name).isTrue());
    assertThat(workload.get("name").asText()).isEqualTo("rxrx1");
    assertThat(workload.get("ratio").asDouble()).isEqualTo(0.75);
    assertThat(workload.get("latencyMillis").get("p50").asDouble()).isEqualTo(100);
    assertThat(workload.get("latencyMillis").get("p99").asDouble()).isEqualTo(250);
  }

  @Test
  void shouldWriteNullForWhatWasNotMeasured() throws Exception {
    Path file = folder.resolve("report.json");
    report(nothing()).write(file);
    JsonNode workload = new ObjectMapper().readTree(file.toFile()).get("workloads").get(0);
    assertThat(NAMES).allSatisfy(name -> assertThat(workload.has(name)).as(name).isTrue());
    assertThat(workload.get("latencyMillis").isNull()).isTrue();
    assertThat(workload.get("rssAfterTenPlatesMiB").isNull()).isTrue();
  }

  @Test
  void shouldNameTheFileThatCannotBeWritten() throws Exception {
    Path file = Files.createDirectory(folder.resolve("report.json"));
    assertThatThrownBy(() -> report(nothing()).write(file)).isInstanceOf(CliException.class).hasMessageContaining(file.toString());
  }

  @Test
  void shouldHoldEachFigureAgainstItsBar() {
    // p99 may be 20 + 2 x 5 + 2 x 100 + 100 = 330 ms; memory may be 1.1 x 400 = 440 MiB.
    assertThat(Bars.of(Workload.RXRX1, figures(0.70, 0.01, 330, 440))).extracting(Bar::figure, Bar::ok).containsExactly(
        tuple("ratio", true),
        tuple("changelogBytesPerImageByte", true),
        tuple("latencyMillis.p99", true),
        tuple("rssAfterTenPlatesMiB", true));
    assertThat(Bars.of(Workload.RXRX1, figures(0.6999, 0.0101, 330.1, 440.1))).hasSize(4).allSatisfy(bar -> assertThat(bar.ok()).as(bar.figure()).isFalse());
    assertThat(Bars.of(Workload.RESNET, figures(0.92, 0.01, 330, 440)).getFirst())
        .isEqualTo(new Bar("ratio", 0.92, true, 0.93, 0.97, false));
    assertThat(Bars.of(Workload.TRANSPORT, figures(0.1, 0.01, 330, 440))).extracting(Bar::figure).doesNotContain("ratio");
    assertThat(Bars.of(Workload.RXRX1, nothing())).as("what was not measured misses nothing").isEmpty();
  }

  @Test
  void shouldPrintEachFigureAndWhetherItsBarHolds() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Figures held = figures(0.75, 0.02, 250, 440);
    BenchTable.print(report(held.withBars(Bars.of(Workload.RXRX1, held))), new PrintStream(out, true, StandardCharsets.UTF_8));
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(text).contains("On cpu, 2 cores, JVM with its cache", "rxrx1");
    assertThat(text.lines().filter(line -> line.contains("Pipeline ÷ bare loop"))).singleElement().asString().endsWith("0.750 (≥ 0.700 ok)");
    assertThat(text.lines().filter(line -> line.contains("Changelog"))).singleElement().asString().endsWith("0.02000 (≤ 0.01000 missed)");
    assertThat(text.lines().filter(line -> line.contains("processor") && line.contains("CPU"))).singleElement().asString().endsWith(" 9.50");
  }

  private static BenchReport report(Figures figures) {
    return new BenchReport(List.of(figures), "cpu", 2, true);
  }

  private static Figures figures(double ratio, double changelog, double p99, double memory) {
    return new Figures("rxrx1", 300, 100, 200.0, 200 * ratio, ratio, List.of(ratio), 170.0, 1.14e6, changelog, 0.0092, 0.0095, 0.0007, 500.0,
        new Latency(100, p99), 100, 20, 5.0, 100, 400.0, memory, 10, 1.2, List.of());
  }

  private static Figures nothing() {
    return new Figures("rxrx1", 0, 0, null, null, null, List.of(), null, null, null, null, null, null, null, null, 0, 20, null, 100, null, null, 0, null, List.of());
  }
}
