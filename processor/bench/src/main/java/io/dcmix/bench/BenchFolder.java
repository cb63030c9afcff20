package io.dcmix.bench;

import io.dcmix.app.run.Shutdown;
import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a run of bench has its files.
 *
 * @param data images, models and logs, kept for the next run
 * @param work topics and state of this run alone
 */
record BenchFolder(Path data, Path work) {
  private static final String RUN = "run-";

  /** The folder that was chosen, or the one in the user's home. */
  static Path data(@Nullable Path chosen) {
    return (chosen != null ? chosen : Path.of(System.getProperty("user.home"), ".dcmix", "bench")).toAbsolutePath();
  }

  /**
   * Makes the folders, and deletes what a run that was killed could not.
   *
   * @param keep leaves this run's files there
   * @param shutdown deletes them else, after all that is added to it later
   * @throws CliException if a folder cannot be made
   */
  static BenchFolder open(Path data, boolean keep, Shutdown shutdown) {
    Path work = data.resolve((keep ? "kept-" : RUN) + ProcessHandle.current().pid());
    try {
      Files.createDirectories(work);
      deleteLeftovers(data);
      Files.createDirectories(data.resolve("logs"));
      Files.createDirectories(data.resolve("models"));
    } catch (IOException e) {
      throw new CliException("A folder cannot be made (%s): choose another with --data".formatted(e), e);
    }
    if (!keep) {
      shutdown.add(() -> delete(work));
    }
    return new BenchFolder(data, work);
  }

  /** The log of a process: "broker". */
  Path log(String name) {
    return data.resolve("logs").resolve(name + ".log");
  }

  /** The workload's model, written anew. */
  Path model(Workload workload, long seed) {
    Path file = data.resolve("models").resolve("%s-%d.onnx".formatted(workload, seed));
    try {
      return Files.write(file, Models.onnx(workload.net(), workload.images(), seed));
    } catch (IOException e) {
      throw new CliException("The model cannot be written to %s (%s): choose another folder with --data".formatted(file, e), e);
    }
  }

  /** The workload's images. */
  ImagePool images(Workload workload, int wells, long seed) {
    return ImagePool.open(data.resolve("images"), workload.images(), wells, seed);
  }

  /** A broker with its files among those of this run. */
  Broker broker(Shutdown shutdown) throws InterruptedException {
    return Broker.start(work.resolve("kafka"), log("broker"), shutdown);
  }

  private static void deleteLeftovers(Path data) throws IOException {
    try (Stream<Path> folders = Files.list(data)) {
      for (Path folder : folders.filter(f -> f.getFileName().toString().matches(RUN + "\\d{1,18}")).toList()) {
        if (ProcessHandle.of(Long.parseLong(folder.getFileName().toString().substring(RUN.length()))).isEmpty()) {
          delete(folder);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
