package io.dcmix.training.benchmark;

import io.dcmix.core.cli.CliException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every benchmark is told: where the report goes, how many seeds, how many trainings at a time. */
final class BenchmarkOptions {
  private static final int MOST_SEEDS = 100;

  @Option(names = "--report", required = true, paramLabel = "FILE.json", description = "Report for programs; a page for people is written beside it (.html).")
  private @Nullable Path report;

  @Option(names = "--seeds", paramLabel = "N", description = "Seeds 1 to N (default: 5 for mnist, 3 for bbbc013).")
  private @Nullable Integer seeds;

  @Option(names = "--workers", defaultValue = "0", paramLabel = "N", description = "Trainings side by side, one thread each (default: as many as there are cores).")
  private int workers;

  /**
   * The JSON file, before any work is done for it.
   *
   * @throws CliException if it cannot be written, or a number is out of range
   */
  Path checked() {
    Path json = ReportFiles.checked(report);
    if ((seeds != null && (seeds < 1 || seeds > MOST_SEEDS)) || workers < 0) {
      throw new CliException("--seeds takes 1 to %d, --workers 0 or more".formatted(MOST_SEEDS));
    }
    return json;
  }

  List<Long> seeds(int usual) {
    return LongStream.rangeClosed(1, seeds == null ? usual : seeds).boxed().toList();
  }

  int workers() {
    return workers == 0 ? Runtime.getRuntime().availableProcessors() : workers;
  }
}
