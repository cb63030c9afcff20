package io.dcmix.training.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dcmix.core.cli.CliException;
import io.dcmix.training.RealData;
import io.dcmix.training.benchmark.Assay.Half;
import io.dcmix.training.benchmark.DigitsResult.SeedResult;
import io.dcmix.training.data.MnistFiles;
import io.dcmix.training.data.Sample;
import io.dcmix.training.report.page.HtmlPage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchmarkCommandTest {
  @TempDir Path folder;

  @Test
  void trainingsSideBySideGiveTheSameAsOneAfterTheOther() throws Exception {
    MnistFiles data = new MnistFiles(SixChannelDigitsTest.squares(200), SixChannelDigitsTest.squares(60));
    DigitsBenchmark benchmark = new DigitsBenchmark(data, new DigitsBenchmark.Size(200, 60, 1, 10));
    List<SeedResult> alone = benchmark.run(List.of(1L, 2L), 1, what -> {});
    List<SeedResult> together = benchmark.run(List.of(1L, 2L), 3, what -> {});
    for (int s = 0; s < 2; s++) {
      for (String method : DigitsResult.METHODS) {
        assertThat(together.get(s).importance(method)).containsExactly(alone.get(s).importance(method));
      }
      for (String network : DigitsResult.NETWORKS) {
        assertThat(together.get(s).network(network).confusion()).isDeepEqualTo(alone.get(s).network(network).confusion());
        assertThat(together.get(s).network(network).parameters()).isEqualTo(alone.get(s).network(network).parameters());
      }
      double[] shapley = alone.get(s).importance("shapley");
      assertThat(IntStream.range(0, 6)).allSatisfy(c -> assertThat(shapley[c]).isFinite());
    }
    DigitsResult result = new DigitsResult(alone, 60, 0.1);
    JsonNode json = JsonMapper.builder().build().valueToTree(result.json());
    assertThat(json.get("seeds")).hasSize(2);
    assertThat(json.get("networks").get(0).get("parameters").asInt()).isLessThan(json.get("networks").get(2).get("parameters").asInt());
    assertThat(HtmlPage.render(DigitsPage.of(result, benchmark))).contains("dcmix-weights", "digit-0.3", "Spearman");
  }

  @Test
  void theAssayIsReadByHalvesWithItsDosesAndControls() throws Exception {
    try (Assay assay = Assay.open(RealData.folder("bbbc013"), w -> {})) {
      for (Half half : Half.values()) {
        assertThat(assay.wells(half)).hasSize(48);
        assertThat(assay.controls(half)).hasSize(12).filteredOn(s -> s.label() == Assay.POSITIVE).hasSize(4);
        assertThat(assay.controls(half)).allSatisfy(s -> assertThat(assay.dose(s)).isEqualTo(s.label() == Assay.POSITIVE ? 10 : 0));
        assertThat(assay.wells(half)).allSatisfy(s -> assertThat(Assay.half(s)).isEqualTo(half));
      }
      assertThat(assay.set().samples().stream().filter(s -> s.well().equals("A05")).map(assay::dose)).containsExactly(3);
    }
  }

  @Test
  void theDescriptionInTheProgramIsTheOneOfTheDocs() throws Exception {
    assertThat(Path.of("src/main/resources/io/dcmix/training/benchmark/bbbc013.properties"))
        .hasSameTextualContentAs(Path.of("../docs/examples/bbbc013.properties"));
  }

  @Test
  void theDecoyIsTheDnaOfAnotherWellOfTheSameHalf() throws Exception {
    try (Assay assay = Assay.open(RealData.folder("bbbc013"), w -> {})) {
      int[] from = new AssayBenchmark(assay).pairing();
      assertThat(from).doesNotHaveDuplicates();
      for (Sample sample : assay.set().samples()) {
        Sample shown = assay.set().samples().get(from[sample.index()]);
        assertThat(shown).isNotEqualTo(sample);
        assertThat(Assay.half(shown)).isEqualTo(Assay.half(sample));
      }
      WithDecoy pixels = new WithDecoy(assay.set().pixels(), 1, from);
      float[] decoy = new float[100];
      float[] dna = new float[100];
      pixels.read(5, 2, 20, 30, 10, 10, decoy);
      assay.set().pixels().read(from[5], 1, 20, 30, 10, 10, dna);
      assertThat(decoy).containsExactly(dna);
      pixels.read(5, 1, 20, 30, 10, 10, decoy);
      assay.set().pixels().read(5, 1, 20, 30, 10, 10, dna);
      assertThat(decoy).containsExactly(dna);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "                                             | 2 | Name a benchmark: mnist, bbbc013",
      "mnist --data NONE                            | 2 | Missing required option: '--report=FILE.json'",
      "mnist --data NONE --report OUT.json          | 1 | NONE",
      "mnist --data NONE --report OUT/none/r.json   | 1 | its folder is not there",
      "mnist --data NONE --report OUT.html          | 1 | names the JSON file",
      "mnist --data NONE --report OUT.json --seeds 0 | 1 | --seeds takes 1 to 100",
      "bbbc013 --data NONE --report OUT.json        | 1 | is not a folder",
  })
  void whatIsWrongIsSaidBeforeAnyWork(@Nullable String arguments, int exit, String message) {
    String none = folder.resolve("none").toString();
    StringWriter error = new StringWriter();
    String line = arguments == null ? "" : arguments.strip().replace("NONE", none).replace("OUT", folder.resolve("report").toString());
    int got = new CommandLine(new BenchmarkCommand())
        .setErr(new PrintWriter(error, true))
        .setExecutionExceptionHandler((e, command, parsed) -> {
          if (e instanceof CliException) {
            command.getErr().println(e.getMessage());
            return 1;
          }
          throw e;
        })
        .execute(line.isEmpty() ? new String[0] : line.split(" +"));
    assertThat(error.toString()).contains(message.replace("NONE", none));
    assertThat(got).isEqualTo(exit);
  }
}
