package io.dcmix.app.run;

import io.dcmix.app.dashboard.DashboardConfig;
import io.dcmix.app.dashboard.DashboardServer;
import io.dcmix.app.dashboard.ResultDecoder;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.Devices;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import io.dcmix.streams.wire.EdgeSerdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
      "",
      "Several instances of a lane share its wells. Stop one with Ctrl-C or SIGTERM: the others take over."
    })
public final class RunCommand implements CliCommand {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  @Mixin private ProcessorOptions options = new ProcessorOptions();

  @Option(names = "--lane", defaultValue = "screening", description = "Prefix of the topics and name of the group. Default: ${DEFAULT-VALUE}.")
  private String lane = "screening";

  @Option(names = "--also-lane", paramLabel = "LANE",
      description = "Run this lane, too, in the same process and on the same devices, behind the first: a replay. Repeatable. See docs/lanes.md.")
  private List<String> alsoLanes = new ArrayList<>();

  @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address of the page. It asks nobody for a password. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(names = "--port", defaultValue = "8080", description = "Port of the page; 0: any free one. Default: ${DEFAULT-VALUE}.")
  private int port = 8080;

  @Option(names = "--create-topics", description = "Create the lane's topics that do not exist.")
  private boolean createTopics;

  @Option(names = "--partitions", defaultValue = "8", description = "Partitions of created topics; fixed for the life of the lane. Default: ${DEFAULT-VALUE}.")
  private int partitions = 8;

  @Option(names = "--replication", defaultValue = "3", description = "Replication of created topics. Default: ${DEFAULT-VALUE}.")
  private short replication = 3;

  @Override
  public Integer call() throws InterruptedException {
    Topics first = Options.lane("--lane", lane);
    List<Topics> others = alsoLanes.stream().map(name -> Options.lane("--also-lane", name)).distinct().toList();
    if (others.contains(first)) {
      throw new CliException("--also-lane: " + lane + " is the lane of --lane already");
    }
    ProcessorConfig config = options.config(first);
    try (Shutdown shutdown = new Shutdown()) {
      Devices loaded = options.load();
      options.cluster().awaitAnswer();
      List<ProcessorConfig> lanes = new ArrayList<>(List.of(config));
      others.forEach(topics -> lanes.add(LaneShare.beside(config, topics, loaded.card())));
      if (createTopics) {
        for (ProcessorConfig each : lanes) {
          options.create(each.topics(), new LaneTopics.Plan(partitions, replication, Duration.ofDays(7)));
        }
      }
      Processor processor = shutdown.add(Processor.start(lanes, loaded));
      DashboardServer page =
          shutdown.add(DashboardServer.start(
              new DashboardConfig(host, port, config.bootstrapServers(), lane, config.kafka())
                  .withReadiness(processor::readiness)
                  .withMetrics(processor.metrics()::scrape),
              ResultDecoder.of(first, shutdown.add(EdgeSerdes.of(config.wire())))));
      LOG.info("{} with model {} {} on {}; the page is at {}",
          lanes.stream().map(each -> each.topics().lane()).collect(Collectors.joining(", ", lanes.size() == 1 ? "Lane " : "Lanes ", "")),
          processor.card().name(), processor.card().version(), processor.device(), page.url());
      var _ = processor.ended().thenRun(shutdown::ask);
      shutdown.await();
      return processor.ended().isDone() ? 1 : 0;
    }
  }
}
