package io.dcmix.training.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.training.data.MnistFiles;
import io.dcmix.training.report.page.HtmlPage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./dcmix benchmark mnist}. */
@Command(
    name = "mnist",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Six-channel digits of planted importance: does each method find it?",
    description = {
      "",
      "Four channels show the digit under more and more noise, one shows another digit, one only noise. The truth is how well a "
          + "network does with each channel alone, measured in the same run. Compared are DCMIX, all channels without a blend, "
          + "attention over channels, and every channel alone, on one small backbone.",
      ""
    },
    footer = {"", "Exit codes: 0 done (also when a bar is missed: the report says so), 1 failed, 2 wrong usage."})
final class MnistCommand implements Callable<Integer> {
  private static final int USUAL_SEEDS = 5;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the four IDX files of MNIST or Fashion-MNIST, gzipped or not.")
  private @Nullable Path data;

  @Option(names = "--quick", description = "A sixth of the training images and fewer rounds: minutes instead of an hour.")
  private boolean quick;

  @Mixin private final BenchmarkOptions options = new BenchmarkOptions();

  @Override
  public Integer call() {
    Path json = options.checked();
    List<Long> seeds = options.seeds(USUAL_SEEDS);
    try {
      MnistFiles files = MnistFiles.open(data == null ? Path.of("") : data);
      DigitsBenchmark.Size size = quick ? DigitsBenchmark.Size.QUICK : DigitsBenchmark.Size.FULL;
      DigitsBenchmark benchmark = new DigitsBenchmark(files, size);
      DigitsResult result;
      AtomicInteger done = new AtomicInteger();
      try (ProgressBar bar = ProgressBar.start("Training networks", (long) seeds.size() * DigitsResult.NETWORKS.size())) {
        bar.update(0, "");
        result = new DigitsResult(
            benchmark.run(seeds, options.workers(),
                what -> bar.update(done.incrementAndGet(), what)),
            Math.min(size.test(), files.test().size()),
            guessing(files.test(), size.test()));
      }
      Files.writeString(json, JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(result.json()) + "\n");
      HtmlPage.write(DigitsPage.of(result, benchmark), ReportFiles.page(json));
      print(System.out, result, json);
      return 0;
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  private static double guessing(MnistFiles.Part test, int used) {
    int n = Math.min(used, test.size());
    int[] counts = new int[256];
    for (int i = 0; i < n; i++) {
      counts[test.label(i)]++;
    }
    return Arrays.stream(counts).max().orElse(0) / (double) n;
  }

  private static void print(PrintStream out, DigitsResult result, Path json) {
    out.println("Agreement with the truth (Spearman's rho, mean ± SD over seeds)");
    for (String method : DigitsResult.METHODS) {
      Spread rho = result.rho(method);
      out.printf(Locale.ROOT, "  %-14s %6.3f ± %.3f%n", method, rho.mean(), rho.sd());
    }
    out.println("Networks                accuracy          parameters   s per epoch");
    for (String network : DigitsResult.NETWORKS) {
      Spread accuracy = result.accuracy(network);
      out.printf(Locale.ROOT, "  %-20s %6.2f %% ± %.2f %12d %12.1f%n", network, 100 * accuracy.mean(), 100 * accuracy.sd(),
          result.parameters(network), result.secondsPerEpoch(network).mean());
    }
    out.printf("Wrote %s and %s%n", json, ReportFiles.page(json).getFileName());
  }
}
