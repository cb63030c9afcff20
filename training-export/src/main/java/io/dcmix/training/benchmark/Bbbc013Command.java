package io.dcmix.training.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.training.benchmark.Assay.Half;
import io.dcmix.training.report.page.HtmlPage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./dcmix benchmark bbbc013}. */
@Command(
    name = "bbbc013",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "A real assay: does a model that learnt one compound know the other one?",
    description = {
      "",
      "BBBC013 shows FKHR-GFP move into the nucleus. Rows A to D have one compound, rows E to H another. A model learns from the "
          + "controls of one half and is asked about all wells of the other, and the reverse. A second model of each also gets a "
          + "decoy channel, the DNA of another well, whose weight tells how far to believe the others.",
      "",
      "In the report AD means: learnt from rows A to D, asked about E to H.",
      ""
    },
    footer = {"", "Exit codes: 0 done (also when a bar is missed: the report says so), 1 failed, 2 wrong usage."})
final class Bbbc013Command implements Callable<Integer> {
  private static final int USUAL_SEEDS = 3;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the plate's images, or the one above it.")
  private @Nullable Path data;

  @Mixin private final BenchmarkOptions options = new BenchmarkOptions();

  @Override
  public Integer call() {
    Path json = options.checked();
    List<Long> seeds = options.seeds(USUAL_SEEDS);
    PrintStream out = System.out;
    try (Assay assay = Assay.open(data == null ? Path.of("") : data, w -> out.println("Warning: " + w))) {
      AtomicInteger done = new AtomicInteger();
      AssayResult result;
      try (ProgressBar bar = ProgressBar.start("Training models", AssayBenchmark.trainings(seeds.size()))) {
        bar.update(0, "");
        result = new AssayBenchmark(assay).run(seeds,
            options.workers(), what -> bar.update(done.incrementAndGet(), what));
      }
      Files.writeString(json, JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(result.json()) + "\n");
      HtmlPage.write(AssayPage.of(result), ReportFiles.page(json));
      print(out, result, json);
      return 0;
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void print(PrintStream out, AssayResult result, Path json) {
    out.printf(Locale.ROOT, "Held-out controls called right: %.1f of %d%n", result.heldOutRight(), result.heldOutTotal());
    for (Half half : Half.values()) {
      List<Long> seeds = result.seeds();
      out.printf(Locale.ROOT, "Learnt from rows %s: Z' %.2f ± %.2f, Spearman of dose and margin %.2f (doses 0-6) %.2f (all), mean of %d seeds%n",
          half.rows(), result.zPrime(half).mean(), result.zPrime(half).sd(),
          result.doseSpearman(half, AssayResult.LAST_RISING_DOSE).mean(),
          result.doseSpearman(half, Integer.MAX_VALUE).mean(), seeds.size());
    }
    for (Half half : Half.values()) {
      out.printf(Locale.ROOT, "Folds within rows %s: Z' %.2f, Spearman of dose and margin %.2f (doses 0-6)%n", half.rows(),
          result.folds(half).zPrime(), result.folds(half).doseSpearman(result.assay(), AssayResult.LAST_RISING_DOSE));
    }
    out.printf("GFP weighs most in %d of %d seeds; the decoy weighs most in %d%n", result.gfpFirst(), result.seeds().size(), result.decoyFirst());
    out.printf("Wrote %s and %s%n", json, ReportFiles.page(json).getFileName());
  }
}
