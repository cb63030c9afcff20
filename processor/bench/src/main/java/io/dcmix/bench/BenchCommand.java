package io.dcmix.bench;

import io.dcmix.app.run.Options;
import io.dcmix.app.run.Shutdown;
import io.dcmix.bench.BenchReport.Figures;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dcmix bench}: what this machine can do. */
@Command(
    name = "bench",
    sortOptions = false,
    subcommands = PublishBenchCommand.class,
    synopsisSubcommandLabel = "[publish]",
    commandListHeading = "%nCommands:%n",
    description = {
      "Measure this machine: how many wells a second the processor scores, beside a bare loop that only decodes and scores.",
      "",
      "Broker and processor run in processes of their own ('dcmix broker', 'dcmix run'), with the JVM options of this one.",
      "A topic is filled with plates; then the processor starts and drains it. Its rate is taken from the append times of the",
      "predictions, without the first half of the wells, in which the JVM warms up. The bare loop runs before and after,",
      "warmed up as well: as many threads as cores, each with a whole well, the same decoder, the same model, one session.",
      "The processor's JVM starts with a cache as 'dcmix aot' makes it; if there is none, one is made first, in a minute or two.",
      "No well is explained (--explain none): that would cost both the same, one more run of the model a channel.",
      "",
      "Workloads:",
      "  rxrx1      384 wells x 6 channels x 512^2, 8-bit PNG inside the events; a small CNN at 128^2",
      "  resnet     the same images; ResNet-18 at 224^2",
      "  phenix     96 wells x 2 sites x 5 channels x 2160^2, 16-bit TIFF in files that the events refer to; a small CNN",
      "  transport  the images of rxrx1; a model that hardly computes",
      "The images are simulated, with noise that makes the files as large as real ones; 64 different wells (phenix: 6) fill",
      "the plates again and again. The models have random numbers: what they say means nothing, what they cost does.",
      "",
      "Then, at half of the measured rate, the latency: from the append of a well's last image to the moment at which a",
      "read_committed consumer has its prediction. Then, in a new processor, its memory after two and after ten plates that",
      "come one after the other, and the heap that its stream threads allocate for each byte of image.",
      "Ratios are held against bars that are meant for 2 cores without a GPU, with the broker on the same cores.",
      "The machine should do nothing else meanwhile.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dcmix bench                                        Everything; takes well over a quarter of an hour.",
      "  dcmix bench --workload rxrx1 --repeat 3 --report bench.json",
      "  dcmix bench --workload transport --plates 1 --memory-plates 0 --cold   A quick look.",
      "  dcmix bench publish                                MB/s of publishing alone; a minute or two.",
      "  dcmix bench --workload rxrx1 --option=--scorer-threads=3 --jvm-option=-Xmx2g",
      "",
      "Exit codes: 0 measured, 1 failed, or with --strict a bar was missed, 2 wrong usage."
    })
public final class BenchCommand implements CliCommand {
  @Option(names = "--workload", split = ",", paramLabel = "NAME", description = "What to measure: ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Workload> workloads = List.of(Workload.values());

  @Option(names = "--plates", paramLabel = "N", description = "Plates to drain. Default: 24; resnet: 8; phenix: 1.")
  private @Nullable Integer plates;

  @Option(names = "--wells", paramLabel = "N", description = "Wells of a plate, 4 to 384. Default: 384; phenix: 96.")
  private @Nullable Integer wells;

  @Option(names = "--repeat", defaultValue = "1", paramLabel = "N", description = "Measure bare loop and pipeline this often and report the medians. Default: ${DEFAULT-VALUE}.")
  private int repeat = 1;

  @Option(names = "--memory-plates", defaultValue = "10", paramLabel = "N", description = "Plates after which memory is looked at; 0: leave that out. Default: ${DEFAULT-VALUE}.")
  private int memoryPlates = 10;

  @Option(names = "--seed", defaultValue = "1", description = "Seed of images and models. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--device", defaultValue = "auto", description = "Where the model runs, as for 'dcmix run'. Default: ${DEFAULT-VALUE}.")
  private String device = "auto";

  @Option(names = "--partitions", defaultValue = "8", description = "Partitions of the topics. Default: ${DEFAULT-VALUE}.")
  private int partitions = 8;

  @Option(names = "--option", paramLabel = "ARG", description = "A further argument of 'dcmix run', such as --option=--commit-interval=1s. Repeatable.")
  private List<String> options = List.of();

  @Option(names = "--jvm-option", paramLabel = "ARG", description = "A further option of the processor's JVM, such as --jvm-option=-Xmx2g. Repeatable.")
  private List<String> jvmOptions = List.of();

  @Option(names = "--cold", description = "Measure processors whose JVM begins with nothing, as it does without 'dcmix aot'.")
  private boolean cold;

  @Option(names = "--report", paramLabel = "FILE", description = "Write the figures as JSON.")
  private @Nullable Path report;

  @Option(names = "--profile", paramLabel = "DIR", description = "Write a flight recording of each workload's processor, for JDK Mission Control or 'jfr view'.")
  private @Nullable Path profile;

  @Option(names = "--strict", description = "Exit with 1 when a bar is missed.")
  private boolean strict;

  @Option(names = "--data", paramLabel = "DIR", description = "Where images, models and logs are kept for the next time, and topics meanwhile. Default: .dcmix/bench in your home.")
  private @Nullable Path data;

  @Option(names = "--keep", description = "Keep the broker's files and the processor's state, too.")
  private boolean keep;

  @Override
  public Integer call() throws InterruptedException {
    check();
    List<Figures> figures = new ArrayList<>();
    String ranOn = "nothing";
    boolean cached;
    try (Shutdown shutdown = new Shutdown()) {
      BenchFolder folder = BenchFolder.open(BenchFolder.data(data), keep, shutdown);
      Broker broker = folder.broker(shutdown);
      List<String> ownOptions = ManagementFactory.getRuntimeMXBean().getInputArguments();
      List<String> jvm = new ArrayList<>(cache(ownOptions, folder, broker));
      cached = JvmCache.isGiven(Stream.concat(ownOptions.stream(), jvm.stream()).toList());
      jvm.addAll(jvmOptions);
      Settings settings = new Settings(device, seed, plates, wells, repeat, memoryPlates, partitions, options, jvm, recordings());
      for (Workload workload : workloads.stream().distinct().toList()) {
        int used = settings.wells(workload) * settings.plates(workload);
        Measurement measurement = new Measurement(
            workload, folder.images(workload, used, seed), folder.model(workload, seed), broker, settings, folder, shutdown);
        figures.add(measurement.run());
        ranOn = measurement.device();
      }
    }
    BenchReport result = new BenchReport(figures, ranOn, Runtime.getRuntime().availableProcessors(), cached);
    BenchTable.print(result, new PrintStream(System.out, true, StandardCharsets.UTF_8));
    if (report != null) {
      result.write(report);
    }
    return strict && figures.stream().flatMap(f -> f.bars().stream()).anyMatch(bar -> !bar.ok()) ? 1 : 0;
  }

  private List<String> cache(List<String> ownOptions, BenchFolder folder, Broker broker) throws InterruptedException {
    String classPath = System.getProperty("java.class.path");
    return JvmCache.options(cold, ownOptions, classPath, folder.data().resolve("aot"),
        file -> AotTraining.prepare(AotTraining.PLATES, AotTraining.WELLS, folder, broker, classPath).record(file));
  }

  private void check() {
    var _ = Options.device(device);
    require(plates == null || plates >= 1, "--plates must be 1 or more");
    require(wells == null || (wells >= 4 && wells <= 384), "--wells must be 4 to 384");
    require(repeat >= 1, "--repeat must be 1 or more");
    require(memoryPlates >= 0, "--memory-plates must be 0 or more");
    require(partitions >= 1, "--partitions must be 1 or more");
  }

  private @Nullable Path recordings() {
    try {
      return profile == null ? null : Files.createDirectories(profile.toAbsolutePath());
    } catch (IOException e) {
      throw new CliException("--profile: the folder cannot be made (%s)".formatted(e), e);
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new CliException(message);
    }
  }
}
