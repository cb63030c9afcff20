package io.dcmix.app.run;

import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.config.Checked;
import io.dcmix.app.dashboard.DashboardConfig;
import io.dcmix.app.dashboard.DashboardServer;
import io.dcmix.app.dashboard.ResultDecoder;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.log.LogFields;
import io.dcmix.streams.ImageSelection;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.wire.EdgeSerdes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix run}: a processor on a Kafka cluster. */
@Command(
    name = "run",
    description = "Run the processor on a Kafka cluster: image events in; predictions, hit calls, plate quality, alerts and channel importance out.",
    footer = {
      "",
      "Examples:",
      "  dcmix run --bootstrap-servers kafka:9092 --model model.onnx --create-topics",
      "  dcmix run --bootstrap-servers kafka:9092 --model model.onnx --lane replay-2025 --port 8081",
      "  dcmix run --bootstrap-servers kafka:9092 --model model.onnx --hit-rules kinase.rules",
      "  dcmix run --bootstrap-servers kafka:9092 --model model.onnx --lane screening --also-lane replay-2025",
      "  dcmix run --bootstrap-servers kafka:9092 --models /models/screening --shadow 2",
      "  dcmix run --config cluster.yaml     holds any of the options; see docs/configuration.md",
      "",
      "Several instances of a lane share its wells. Stop one with Ctrl-C or SIGTERM: the others take over."
    })
public final class RunCommand implements CliCommand, Checked {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  @Mixin private ProcessorOptions options = new ProcessorOptions();

  @Option(names = "--model", paramLabel = "FILE",
      description = "The ONNX model; see docs/model-contract.md. With --models: what serves as long as no version was activated.")
  private @Nullable Path model;

  @Option(names = "--models", paramLabel = "DIR",
      description = "A folder of models. What serves the lane is what dcmix model activate says, also while it runs; see docs/models.md.")
  private @Nullable Path models;

  @Option(names = "--model-version", paramLabel = "VERSION",
      description = "Which one of --models serves as long as no version was activated. Default: the only one.")
  private @Nullable String modelVersion;

  @Option(names = "--shadow", paramLabel = "VERSION|FILE",
      description = "Score the same wells with this model, too, into a lane of their own, behind all others: a version of --models, or a file.")
  private @Nullable String shadow;

  @Option(names = "--shadow-lane", paramLabel = "LANE", description = "Where the shadow's results go. Default: <lane>-shadow.")
  private @Nullable String shadowLane;

  @Option(names = "--lane", defaultValue = "screening", description = "Prefix of the topics and name of the group. Default: ${DEFAULT-VALUE}.")
  private String lane = "screening";

  @Option(names = "--also-lane", paramLabel = "LANE",
      description = "Run this lane, too, in the same process and on the same devices, behind the first: a replay. Repeatable. See docs/lanes.md.")
  private List<String> alsoLanes = new ArrayList<>();

  @Mixin private PageOptions pageOptions = new PageOptions();

  @Option(names = "--create-topics", description = "Create the lane's topics that do not exist.")
  private boolean createTopics;

  @Option(names = "--partitions", defaultValue = "8", description = "Partitions of created topics; fixed for the life of the lane. Default: ${DEFAULT-VALUE}.")
  private int partitions = 8;

  @Option(names = "--replication", defaultValue = "3", description = "Replication of created topics. Default: ${DEFAULT-VALUE}.")
  private short replication = 3;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>(Checked.problemsOf(this::first, this::others));
    problems.addAll(options.problems(new Topics("screening")));
    return problems;
  }

  private Topics first() {
    return Options.lane("--lane", lane);
  }

  private List<Topics> others() {
    List<Topics> others = alsoLanes.stream().map(name -> Options.lane("--also-lane", name)).distinct().toList();
    if (alsoLanes.contains(lane)) {
      throw new CliException("--also-lane: " + lane + " is the lane of --lane already");
    }
    return others;
  }

  @Override
  public Integer call() throws InterruptedException {
    Topics first = first();
    List<Topics> others = others();
    if (model == null && models == null) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--model=FILE' or '--models=DIR'");
    }
    if (models == null && modelVersion != null) {
      throw new CliException("--model-version: there is no folder of --models to take it from");
    }
    Topics behind = shadow == null ? null : shadow(first, others);
    ProcessorConfig config = options.config(first);
    Cluster cluster = options.cluster();
    DashboardConfig dashboard = pageOptions.page(config.bootstrapServers(), lane, config.kafka());
    try (Shutdown shutdown = new Shutdown()) {
      Cluster.Question asked = cluster.ask();
      LaneModels versions = LaneModels.of(options.models(), models, model, modelVersion);
      asked.awaitAnswer();
      List<Topics> all = new ArrayList<>(List.of(first));
      all.addAll(others);
      if (behind != null) {
        all.add(behind);
      }
      if (createTopics) {
        for (Topics each : all) {
          options.create(each, new LaneTopics.Plan(partitions, replication, Duration.ofDays(7)));
        }
      }
      EdgeSerdes serdes = shutdown.add(EdgeSerdes.of(config.wire()));
      List<Processor.Lane> lanes = new ArrayList<>(List.of(new Processor.Lane(config, versions.begin(first, cluster, serdes))));
      for (Topics topics : others) {
        LoadedModels.Use own = versions.begin(topics, cluster, serdes);
        lanes.add(new Processor.Lane(LaneShare.beside(config, topics, own.card()), own));
      }
      if (behind != null && shadow != null) {
        LoadedModels.Use own = versions.shadow(shadow);
        new RescoredLane(behind, ImageSelection.ALL, cluster.client(), serdes).refuseAnotherModel("--shadow-lane", own.card());
        lanes.add(new Processor.Lane(LaneShare.beside(config, behind, own.card()), own));
      }
      Processor processor = shutdown.add(Processor.start(lanes));
      shutdown.add(versions).follow(processor, cluster, serdes);
      DashboardServer page =
          shutdown.add(DashboardServer.start(
              dashboard.withReadiness(processor::readiness).withMetrics(processor.metrics()::scrape), ResultDecoder.of(first, serdes)));
      LOG.atInfo().addKeyValue(LogFields.LANE, lane).log("{} with model {} {} on {}; the page is at {}",
          all.stream().map(Topics::lane).collect(Collectors.joining(", ", all.size() == 1 ? "Lane " : "Lanes ", "")),
          processor.card().name(), processor.card().version(), processor.device(), page.url());
      var _ = processor.ended().thenRun(shutdown::ask);
      shutdown.await();
      return processor.ended().isDone() ? 1 : 0;
    }
  }

  /** The shadow's lane, which borrows the images of the first. */
  private Topics shadow(Topics first, List<Topics> others) {
    Topics own = Options.lane("--shadow-lane", shadowLane == null ? first.lane() + "-shadow" : shadowLane);
    if (own.equals(first) || others.contains(own)) {
      throw new CliException("--shadow-lane: the shadow's results need a lane of their own, not " + own.lane());
    }
    return new Topics(own.lane(), first.lane());
  }
}
