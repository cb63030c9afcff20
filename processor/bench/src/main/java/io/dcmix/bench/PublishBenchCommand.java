package io.dcmix.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.Version;
import io.dcmix.app.run.Shutdown;
import io.dcmix.bench.PublishMeasurement.Round;
import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dcmix bench publish}: what publishing a plate once and for all costs beside sending its bytes. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Measure how many MB/s of images 'dcmix publish' sends, beside producers that send the same bytes in the same run.",
      "",
      "The publisher reads a plate's files, hashes and encodes them, and sends whole wells in transactions with its progress.",
      "The bare producers send the same events, encoded beforehand and held in memory: one idempotent, without transactions;",
      "one with a transaction a well. All three take turns, after a plate each to warm up; the figures are medians. The",
      "broker is a process on the same machine and stores what it gets. The machine should do nothing else meanwhile.",
      ""
    },
    footer = {"", "Exit codes: 0 measured, 1 failed, or with --strict the bar was missed, 2 wrong usage."})
final class PublishBenchCommand implements Callable<Integer> {
  /** Least publisher ÷ bare idempotent producer. */
  private static final double BAR = 0.85;

  @Option(names = "--workload", defaultValue = "rxrx1", paramLabel = "rxrx1|phenix",
      description = "Images: rxrx1, 6 of 512^2 8-bit PNG a well; phenix, 10 of 2160^2 16-bit TIFF a well. Default: ${DEFAULT-VALUE}.")
  private Workload workload = Workload.RXRX1;

  @Option(names = "--wells", paramLabel = "N", description = "Wells of the plate, 1 to 1536. Default: 1536; phenix: 32.")
  private @Nullable Integer wells;

  @Option(names = "--repeat", defaultValue = "5", paramLabel = "N", description = "Measure this often. Default: ${DEFAULT-VALUE}.")
  private int repeat = 5;

  @Option(names = "--seed", defaultValue = "1", description = "Seed of the images. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--partitions", defaultValue = "8", description = "Partitions of the topics. Default: ${DEFAULT-VALUE}.")
  private int partitions = 8;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the figures as JSON.")
  private @Nullable Path report;

  @Option(names = "--strict", description = "Exit with 1 when the bar is missed.")
  private boolean strict;

  @Option(names = "--data", paramLabel = "DIR", description = "Where images and logs are kept for the next time, and topics meanwhile. Default: .dcmix/bench in your home.")
  private @Nullable Path data;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    int count = wells != null ? wells : workload == Workload.PHENIX ? 32 : 1536;
    if (count < 1 || count > 1536 || repeat < 1 || partitions < 1) {
      throw new CliException("--wells must be 1 to 1536, --repeat and --partitions 1 or more");
    }
    List<Round> rounds;
    try (Shutdown shutdown = new Shutdown()) {
      BenchFolder folder = BenchFolder.open(BenchFolder.data(data), false, shutdown);
      Broker broker = folder.broker(shutdown);
      rounds = new PublishMeasurement(broker, folder.images(workload, count, seed), count, partitions).run(repeat);
    } catch (IOException e) {
      throw new CliException("Publishing failed: " + e.getMessage(), e);
    }
    double bare = median(rounds, Round::bare);
    double publisher = median(rounds, Round::publisher);
    double ratio = median(rounds, Round::ratio);
    double transactional = median(rounds, Round::transactional);
    PrintWriter out = spec.commandLine().getOut();
    out.print(String.format(Locale.ROOT, """
          Publishing %s: %d wells, %.1f MB, median of %d
          Publisher                       %8.1f MB/s
          Bare producer, idempotent       %8.1f MB/s   ratio %.3f (bar %.2f, %s), from %.3f to %.3f
          Bare producer, transactional    %8.1f MB/s   ratio %.3f
        """, workload, count, rounds.getFirst().megabytes(), rounds.size(), publisher, bare, ratio, BAR, ratio >= BAR ? "kept" : "missed",
        rounds.stream().mapToDouble(Round::ratio).min().orElse(Double.NaN), rounds.stream().mapToDouble(Round::ratio).max().orElse(Double.NaN),
        transactional, median(rounds, round -> round.publisher() / round.transactional())));
    out.flush();
    if (report != null) {
      write(report, new ObjectMapper().createObjectNode().put("workload", workload.toString()).put("wells", count)
          .put("megabytes", rounds.getFirst().megabytes()).put("publisherMegabytesPerSecond", publisher)
          .put("bareMegabytesPerSecond", bare).put("transactionalMegabytesPerSecond", transactional).put("ratio", ratio).put("bar", BAR), rounds);
    }
    return strict && ratio < BAR ? 1 : 0;
  }

  private static void write(Path file, ObjectNode root, List<Round> rounds) {
    rounds.forEach(round -> root.withArray("ratios").add(round.ratio()));
    try {
      Files.writeString(file, root.toPrettyString() + "\n");
    } catch (IOException e) {
      throw new CliException("--report: %s cannot be written: %s".formatted(file, e), e);
    }
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
    return Statistics.median(rounds.stream().map(figure::applyAsDouble).toList());
  }
}
