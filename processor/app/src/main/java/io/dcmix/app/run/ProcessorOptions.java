package io.dcmix.app.run;

import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.ClusterOptions;
import io.dcmix.app.cluster.RegistryOptions;
import io.dcmix.app.config.Checked;
import io.dcmix.app.trace.TraceOptions;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.Devices;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.core.source.References;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.MemoryBudget;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.ScreeningConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.plate.DecisionConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs a processor on a Kafka cluster: all that is not of its lanes and models. A mixin. */
final class ProcessorOptions {
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private DeviceOptions device = new DeviceOptions();

  @Mixin private QualityOptions quality = new QualityOptions();

  @Option(names = "--state-dir", defaultValue = "dcmix-state", paramLabel = "DIR",
      description = "Local state; lost state is restored from Kafka. Default: ${DEFAULT-VALUE}.")
  private Path stateDir = Path.of("dcmix-state");

  @Option(names = "--explain", defaultValue = "all", paramLabel = "all|hits|none|sample:N",
      description = "Which wells get the importance of their channels, at one more pass a channel; sample:20 is one well in twenty. Default: ${DEFAULT-VALUE}.")
  private String explain = "all";

  @Option(names = "--hit-rules", defaultValue = "controls", paramLabel = "NAME|FILE",
      description = "How wells are called: controls (robust z against the negative controls), samples (against the plate's samples, needs no layout), "
          + "npi-50, ssmd-3, b-score, or a file of your own; see docs/hit-calls.md. Default: ${DEFAULT-VALUE}.")
  private String hitRules = "controls";

  @Option(names = "--calls-every", defaultValue = "10s", paramLabel = "TIME", converter = Durations.class,
      description = "How often the hit calls of a plate are corrected while it runs; the final ones do not wait. Default: ${DEFAULT-VALUE}.")
  private Duration callsEvery = Duration.ofSeconds(10);

  @Option(names = "--scorer-threads", paramLabel = "N", description = "Threads that decode images and, on a CPU, run the model. Default: one a core.")
  private @Nullable Integer scorerThreads;

  @Option(names = "--pixel-pool", defaultValue = "256MiB", paramLabel = "SIZE", converter = Sizes.class,
      description = "Memory for the pixels of wells in work, outside the heap. Too little: images are read twice. Default: ${DEFAULT-VALUE}.")
  private long pixelPool = 256L << 20;

  @Option(names = "--input-buffer", defaultValue = "128MiB", paramLabel = "SIZE", converter = Sizes.class,
      description = "Heap for images that were fetched from Kafka and wait. Default: ${DEFAULT-VALUE}.")
  private long inputBuffer = 128L << 20;

  @Option(names = "--state-memory", defaultValue = "64MiB", paramLabel = "SIZE", converter = Sizes.class,
      description = "Memory of the local state, outside the heap. Default: ${DEFAULT-VALUE}.")
  private long stateMemory = 64L << 20;

  @Option(names = "--check-hash-of", defaultValue = "16", paramLabel = "N",
      description = "Check the SHA-256 that events state of their images on one image in N; 1: on every one, which costs time. Default: ${DEFAULT-VALUE}.")
  private int checkHashOf = 16;

  @Option(names = "--stream-threads", defaultValue = "1", paramLabel = "N",
      description = "Threads that read images from Kafka and write results. Default: ${DEFAULT-VALUE}.")
  private int streamThreads = 1;

  @Option(names = "--batch-size", defaultValue = "128MiB", paramLabel = "SIZE", converter = Sizes.class,
      description = "On a GPU: pixels scored in one run. Default: ${DEFAULT-VALUE}.")
  private long batchSize = 128L << 20;

  @Option(names = "--max-delay", defaultValue = "20ms", paramLabel = "TIME", converter = Durations.class,
      description = "On a GPU: how long a site may wait for others to fill its batch. Default: ${DEFAULT-VALUE}.")
  private Duration maxDelay = Duration.ofMillis(20);

  @Option(names = "--commit-interval", defaultValue = "200ms", paramLabel = "TIME", converter = Durations.class,
      description = "How often results become visible; each time costs a transaction. Default: ${DEFAULT-VALUE}.")
  private Duration commitInterval = Duration.ofMillis(200);

  @Option(names = "--well-deadline", defaultValue = "30m", paramLabel = "TIME", converter = Durations.class,
      description = "An incomplete well ends this long after its last image. Default: ${DEFAULT-VALUE}.")
  private Duration wellDeadline = Duration.ofMinutes(30);

  @Option(names = "--min-sites", defaultValue = "1", paramLabel = "N",
      description = "A well of which fewer sites could be scored fails instead of being judged by them. Default: ${DEFAULT-VALUE}.")
  private int minSites = 1;

  @Option(names = "--z", defaultValue = "0", paramLabel = "projection|N",
      description = "Which focal plane is scored, counted from 0, or the maximum over all of them. A single one always counts. Default: ${DEFAULT-VALUE}.")
  private String z = "0";

  @Mixin private ImportanceOptions importance = new ImportanceOptions();

  @Option(names = "--transaction-timeout", defaultValue = "10s", paramLabel = "TIME", converter = Durations.class,
      description = "After it the broker gives up a silent instance's transaction. Default: ${DEFAULT-VALUE}.")
  private Duration transactionTimeout = Duration.ofSeconds(10);

  @Option(names = "--abort-sweep", defaultValue = "10s", paramLabel = "TIME", converter = Durations.class,
      description = "How often the broker looks for such transactions: its transaction.abort.timed.out.transaction.cleanup.interval.ms. Default: ${DEFAULT-VALUE}.")
  private Duration abortSweep = Duration.ofSeconds(10);

  @Option(names = "--session-timeout", defaultValue = "45s", paramLabel = "TIME", converter = Durations.class,
      description = "After it the broker gives a silent instance's wells to another. Default: ${DEFAULT-VALUE}.")
  private Duration sessionTimeout = Duration.ofSeconds(45);

  @Option(names = "--group-protocol", defaultValue = "classic", paramLabel = "classic|streams",
      description = "How instances share the lane. streams: the broker decides, and its group.streams.session.timeout.ms must be what --session-timeout says. All instances of a lane alike. Default: ${DEFAULT-VALUE}.")
  private String groupProtocol = "classic";

  @Option(names = "--standby-replicas", defaultValue = "0", paramLabel = "N",
      description = "How many further instances keep a copy of each part of the state, to take over without reading it from Kafka; see docs/scaling.md. All instances of a lane alike. Default: ${DEFAULT-VALUE}.")
  private int standbyReplicas;

  @Option(names = "--reference-root", paramLabel = "DIR",
      description = "Images may be files below this folder, by reference; see docs/references.md. Repeatable. Default: none.")
  private List<Path> referenceRoots = new ArrayList<>();

  @Mixin private S3Options s3 = new S3Options();

  @Option(names = "--reference-deadline", defaultValue = "30s", paramLabel = "TIME", converter = Durations.class,
      description = "How long a file or object that an event refers to is waited for. Default: ${DEFAULT-VALUE}.")
  private Duration referenceDeadline = Duration.ofSeconds(30);

  @Mixin private RegistryOptions registry = new RegistryOptions();

  @Mixin private TraceOptions traces = new TraceOptions();

  Cluster cluster() {
    return cluster.cluster();
  }

  /** Loads a model where {@code --device} allows. */
  Devices load(Path model) {
    return Processor.load(model, device.policy(), device.runtime(batchSize));
  }

  /** What loads models where {@code --device} allows. */
  LoadedModels models() {
    return new LoadedModels(device.policy(), device.runtime(batchSize));
  }

  /**
   * What an instance of this lane is told.
   *
   * @throws io.dcmix.core.cli.CliException if an option cannot be understood; names it
   */
  ProcessorConfig config(Topics topics) {
    return config(topics, files().withOthers(s3.resolvers(referenceDeadline)));
  }

  private References files() {
    return References.NONE.withRoots(Options.folders("--reference-root", referenceRoots)).withDeadline(referenceDeadline);
  }

  private ProcessorConfig config(Topics topics, References references) {
    return ProcessorConfig.of(topics, cluster().bootstrapServers(), stateDir)
        .withScreening(importance.applied(ScreeningConfig.DEFAULT.withExplain(Options.explain(explain)).withWellDeadline(wellDeadline)
            .withMinSites(minSites).withFocal(Options.focal(z)).withQuality(quality.policy())
            .withDecisions(new DecisionConfig(Options.hitRules(hitRules), callsEvery))))
        .withScoring(scoring())
        .withMemory(MemoryBudget.DEFAULT.withInputBytes(inputBuffer).withStateBytes(stateMemory))
        .withStreamThreads(streamThreads)
        .withCheckHashOf(checkHashOf)
        .withCommitInterval(commitInterval)
        .withTimeouts(transactionTimeout, abortSweep, sessionTimeout)
        .withGroupProtocol(Options.groupProtocol(groupProtocol))
        .withStandbyReplicas(standbyReplicas)
        .withReferences(references)
        .withWire(registry.wire())
        .withTracing(traces.config())
        .withKafka(cluster().kafka());
  }

  /** Everything that is wrong with the options, or, if each is right, between them. Opens no object store. */
  List<String> problems(Topics topics) {
    List<String> problems = Checked.problemsOf(() -> Options.explain(explain), () -> Options.hitRules(hitRules), () -> Options.focal(z),
        () -> Options.groupProtocol(groupProtocol), () -> device.policy(), () -> quality.policy(), () -> importance.applied(ScreeningConfig.DEFAULT),
        this::files, () -> s3.folders(), () -> registry.wire(), traces::config);
    return problems.isEmpty() ? config(topics, files()).problems() : problems;
  }

  private ScorerConfig scoring() {
    ScorerConfig scoring = ScorerConfig.DEFAULT.withPoolBytes(pixelPool).withBacklogBytes(Math.max(1, pixelPool / 4)).withBatches(batchSize, maxDelay);
    return scorerThreads == null ? scoring : scoring.withWorkers(scorerThreads);
  }

  /**
   * Creates the topics of a lane that do not exist, internal ones too: Kafka Streams would give those the brokers' default replication.
   *
   * @throws CliException if Kafka refuses
   */
  void create(Topics topics, LaneTopics.Plan plan) throws InterruptedException {
    try (Admin admin = cluster().admin()) {
      LaneTopics.createAll(admin, topics, plan);
    } catch (LaneTopics.UnusableTopicsException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (ExecutionException e) {
      throw new CliException("Cannot create the topics of lane " + topics.lane() + ": " + e.getMessage(), e);
    }
  }
}
