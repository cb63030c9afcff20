package io.dcmix.bench;

import io.dcmix.bench.BenchReport.Bar;
import io.dcmix.bench.BenchReport.Figures;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The figures for people: a row a figure, a column a workload; behind a figure that has a bar, whether it holds. Pure text. */
final class BenchTable {
  private static final int LABEL = 40;
  private static final int COLUMN = 22;

  private final PrintStream out;
  private final List<Figures> workloads;

  private BenchTable(PrintStream out, List<Figures> workloads) {
    this.out = out;
    this.workloads = workloads;
  }

  static void print(BenchReport report, PrintStream out) {
    out.println();
    out.printf(Locale.ROOT, "  On %s, %d cores, JVM %s%n%n", report.device(), report.cores(), report.jvmCache() ? "with its cache" : "without a cache");
    new BenchTable(out, report.workloads()).rows();
    out.flush();
  }

  private void rows() {
    line("", Figures::name);
    row("Bare loop, wells/s", 1, Figures::bareWellsPerSecond, null);
    row("Pipeline, wells/s", 1, Figures::pipelineWellsPerSecond, null);
    row("Pipeline ÷ bare loop", 3, Figures::ratio, "ratio");
    row("Images, MB/s", 1, Figures::imageMegabytesPerSecond, null);
    row("Images, MB a well", 2, f -> scaled(f.imageBytesPerWell(), 1e-6), null);
    row("Changelog bytes an image byte", 5, Figures::changelogBytesPerImageByte, "changelogBytesPerImageByte");
    row("Heap copies an image byte", 2, Figures::copiedBytesPerImageByte, null);
    row("CPU ms a well, bare loop", 2, f -> scaled(f.bareCpuSecondsPerWell(), 1e3), null);
    row("CPU ms a well, processor", 2, f -> scaled(f.processorCpuSecondsPerWell(), 1e3), null);
    row("CPU ms a well, broker", 2, f -> scaled(f.brokerCpuSecondsPerWell(), 1e3), null);
    row("Latency at half load, ms, p50", 0, f -> f.latencyMillis() == null ? null : f.latencyMillis().p50(), null);
    row("Latency at half load, ms, p99", 0, f -> f.latencyMillis() == null ? null : f.latencyMillis().p99(), "latencyMillis.p99");
    row("One run of the model, ms", 1, Figures::batchMillis, null);
    row("Processor's peak memory, MiB", 0, Figures::peakRssMiB, null);
    row("Memory after two plates, MiB", 0, Figures::rssAfterTwoPlatesMiB, null);
    row("Memory after all plates of that pass, MiB", 0, Figures::rssAfterTenPlatesMiB, "rssAfterTenPlatesMiB");
    out.println();
  }

  private void row(String label, int digits, Function<Figures, @Nullable Double> figure, @Nullable String bar) {
    line(label, f -> {
      Double value = figure.apply(f);
      return value == null ? "–" : String.format(Locale.ROOT, "%." + digits + "f", value) + verdict(f, bar, digits);
    });
  }

  /** {@code (≥ 0.70 ok)}, {@code (≤ 380 missed)}; nothing where no bar is set. */
  private static String verdict(Figures f, @Nullable String figure, int digits) {
    for (Bar bar : f.bars()) {
      if (bar.figure().equals(figure)) {
        return String.format(Locale.ROOT, " (%s %." + digits + "f %s)", bar.atLeast() ? "≥" : "≤", bar.limit(), bar.ok() ? "ok" : "missed");
      }
    }
    return "";
  }

  private static @Nullable Double scaled(@Nullable Double value, double factor) {
    return value == null ? null : value * factor;
  }

  private void line(String label, Function<Figures, String> cell) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %-" + LABEL + "s", label));
    workloads.forEach(f -> line.append(String.format(Locale.ROOT, "  %" + COLUMN + "s", cell.apply(f))));
    out.println(line);
  }
}
