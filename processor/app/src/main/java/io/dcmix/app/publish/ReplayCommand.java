package io.dcmix.app.publish;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.cluster.RegistryOptions;
import io.dcmix.app.compare.LaneResults;
import io.dcmix.app.compare.PredictionFile;
import io.dcmix.app.compare.Verification;
import io.dcmix.app.compare.VerificationFiles;
import io.dcmix.app.run.Durations;
import io.dcmix.app.run.Options;
import io.dcmix.app.run.Shutdown;
import io.dcmix.app.run.Sizes;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellKey;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.WellPrediction;
import io.dcmix.streams.Topics;
import io.dcmix.streams.wire.EdgeSerdes;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dcmix replay}: plates from disk into a lane of their own, at a pace, and whether they give what they gave before. */
@Command(
    name = "replay",
    description = {
      "Publish plates from disk into a lane of their own: in order, at the pace of their acquisition or as fast as can be,",
      "and never far ahead of the processor. With --verify, say whether the lane's predictions and hit calls are what they were before."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix replay /data/plate7 --bootstrap-servers kafka:9092 --lane replay-2025 --create-topics",
      "  dcmix replay /data/2025/* --bootstrap-servers kafka:9092 --lane replay-2025 --speed 10x",
      "  dcmix replay /data/plate7 --bootstrap-servers kafka:9092 --lane replay-2025 --verify screening",
      "  dcmix replay /data/plate7 --bootstrap-servers kafka:9092 --lane replay-2025 --save plate7.jsonl",
      "",
      "'dcmix run --lane replay-2025' or 'dcmix run --lane screening --also-lane replay-2025' scores it meanwhile.",
      "Exit codes: 0 published, and with --verify identical or within tolerance; 1 failed, or an archive holds something",
      "else now than was published of it; 2 wrong usage; 4 predictions differ. docs/replay.md says what is promised."
    })
public final class ReplayCommand implements CliCommand {
  private static final int DIFFERENT = 4;

  /** A plate is judged within moments of its last well. */
  private static final Duration CALL_PATIENCE = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin private PublishOptions options = new PublishOptions();

  @Option(names = "--lane", required = true, description = "Prefix of the topics.")
  private String lane = "";

  @Option(names = "--speed", defaultValue = "max", paramLabel = "max|Nx", converter = Speed.Converter.class,
      description = "max, or N times as fast as the plate was acquired: 1x, 10x. Default: ${DEFAULT-VALUE}.")
  private Speed speed = Speed.MAX;

  @Option(names = "--ahead", defaultValue = "2GiB", paramLabel = "SIZE", converter = Sizes.class,
      description = "Wait when so many bytes of images lie in the lane that its processor has not taken in. Default: ${DEFAULT-VALUE}.")
  private long ahead = 2L << 30;

  @Option(names = "--verify", paramLabel = "LANE|FILE",
      description = "Wait for the predictions and compare them and their hit calls with those of a lane, or with the predictions of a file that --save wrote.")
  private @Nullable String verify;

  @Option(names = "--tolerance", defaultValue = "1e-4", paramLabel = "X",
      description = "Differences up to this count as none: of a probability, or of a score times the score where that is above 1. Default: ${DEFAULT-VALUE}.")
  private double tolerance = 1e-4;

  @Option(names = "--save", paramLabel = "FILE", description = "Wait for the predictions and write them as JSON lines.")
  private @Nullable Path save;

  @Option(names = "--patience", defaultValue = "40m", paramLabel = "TIME", converter = Durations.class,
      description = "How long to wait for the next well to end. Default: ${DEFAULT-VALUE}, longer than the deadline of a well.")
  private Duration patience = Duration.ofMinutes(40);

  @Mixin private RegistryOptions registry = new RegistryOptions();

  @Option(names = "--json", description = "Write the summary as JSON.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Topics topics = Options.lane(lane);
    if (lane.equals(verify)) {
      throw new CliException("--verify: a lane is compared with another one, or with a file, not with itself");
    }
    if (!(tolerance >= 0)) {
      throw new CliException("--tolerance must be 0 or more");
    }
    List<PlateSource> plates = options.plates();
    try (Shutdown shutdown = new Shutdown();
        EdgeSerdes serdes = EdgeSerdes.of(registry.wire())) {
      options.prepare(topics);
      // First of all: a replay takes hours, and a name is mistyped in a moment.
      Earlier before = verify == null ? new Earlier(List.of(), Map.of()) : earlier(verify, plates, serdes);
      PublishSummary summary = publish(topics, plates, shutdown);
      Verification verification = null;
      if (verify != null || save != null) {
        try (LaneResults results = new LaneResults(topics, options.cluster().client(), serdes,
            LaneResults.ofRuns(plates.stream().map(PlateSource::key).collect(Collectors.toSet())))) {
          results.await(wells(plates, summary), patience);
          if (save != null) {
            PredictionFile.save(save, results.predictions().entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getKey().toString())).map(Map.Entry::getValue).toList());
          }
          if (verify != null) {
            results.awaitCalls(before.calledToo(results.predictions().keySet()), CALL_PATIENCE);
            verification = verification(verify, before, results);
          }
        }
      }
      print(summary, verification);
      return summary.hasChanges() ? 1 : verification != null && !verification.agrees() ? DIFFERENT : 0;
    }
  }

  private PublishSummary publish(Topics topics, List<PlateSource> plates, Shutdown shutdown) throws InterruptedException {
    try (Admin admin = options.cluster().admin()) {
      return new Publishing(lane, shutdown.add(options.publisher(topics)), speed, AheadLimit.of(admin, topics, ahead), shutdown).publish(plates);
    } catch (ExecutionException e) {
      throw new CliException("Kafka does not say how far the processor of lane %s is: %s".formatted(lane, e.getMessage()), e);
    }
  }

  /** What was said of the plates before. Files hold no hit calls. */
  private record Earlier(Collection<WellPrediction> predictions, Map<WellKey, HitCall> calls) {
    /** Those of some wells that were called for good before, in whatever run. */
    Set<WellKey> calledToo(Set<WellKey> wells) {
      Set<WellKey> called = calls.keySet().stream().map(Earlier::inAnyRun).collect(Collectors.toSet());
      return wells.stream().filter(well -> called.contains(inAnyRun(well))).collect(Collectors.toSet());
    }

    private static WellKey inAnyRun(WellKey well) {
      return new WellKey(new PlateKey(well.plate().plate(), "any"), well.well(), well.timepoint());
    }
  }

  private Earlier earlier(String name, List<PlateSource> plates, EdgeSerdes serdes) {
    Set<String> barcodes = plates.stream().map(plate -> plate.key().plate()).collect(Collectors.toSet());
    Earlier found;
    if (Files.isRegularFile(Path.of(name))) {
      found = new Earlier(PredictionFile.read(Path.of(name)).stream().filter(p -> barcodes.contains(p.getPlate())).toList(), Map.of());
    } else {
      Topics other = Options.lane("--verify (there is no such file, and no such lane)", name);
      try (LaneResults results = new LaneResults(other, options.cluster().client(), serdes, LaneResults.ofPlates(barcodes)).readToEnd()) {
        found = new Earlier(results.predictions().values(), results.finalCalls());
      }
    }
    if (found.predictions().isEmpty()) {
      throw new CliException("--verify: %s has no prediction of plate %s to compare with".formatted(name, String.join(", ", barcodes)));
    }
    return found;
  }

  /** The wells of which an image was published, now or before. */
  private static Set<WellKey> wells(List<PlateSource> plates, PublishSummary summary) {
    Set<WellKey> wells = new HashSet<>();
    plates.forEach(plate -> plate.archive().planes().forEach(id -> wells.add(new WellKey(plate.key(), id.well(), id.timepoint()))));
    summary.plates().forEach(plate -> wells.removeAll(plate.empty()));
    return wells;
  }

  private Verification verification(String name, Earlier before, LaneResults results) {
    try {
      return Verification.of(
          name, before.predictions(), lane, results.predictions().values(), results.failures(), before.calls(), results.finalCalls(), tolerance);
    } catch (IllegalArgumentException e) {
      throw new CliException("--verify: " + e.getMessage(), e);
    }
  }

  private void print(PublishSummary summary, @Nullable Verification verification) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode root = summary.json(JSON);
      if (verification != null) {
        root.set("verification", VerificationFiles.json(verification, JSON));
      }
      out.println(root.toPrettyString());
    } else {
      out.print(summary.text());
      if (verification != null) {
        out.print(VerificationFiles.text(verification));
      }
    }
    out.flush();
  }
}
