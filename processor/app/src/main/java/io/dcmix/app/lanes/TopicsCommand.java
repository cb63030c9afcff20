package io.dcmix.app.lanes;

import io.dcmix.app.Version;
import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.ClusterOptions;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.streams.LanePlan;
import io.dcmix.streams.LaneTopic;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ScreeningConfig;
import io.dcmix.streams.TopicFinding;
import io.dcmix.streams.TopicFinding.Verdict;
import io.dcmix.streams.Topics;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix topics}: what a lane needs of the brokers. */
@Command(
    name = "topics",
    description = "Say which topics a lane needs and why, create them, or compare them with those of a cluster.",
    subcommands = {TopicsCommand.Plan.class, TopicsCommand.Create.class, TopicsCommand.Check.class},
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  dcmix topics plan --lane screening --partitions 24",
      "  dcmix topics create --lane screening --partitions 24 --bootstrap-servers kafka:9092",
      "  dcmix topics check --lane screening --bootstrap-servers kafka:9092"
    })
public final class TopicsCommand implements CliCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Which one? topics plan, create or check.");
  }

  /** Prints, and asks nobody. */
  @Command(name = "plan", mixinStandardHelpOptions = true, versionProvider = Version.class,
      description = "Print every topic of a lane, the internal ones too, with settings and reasons. Asks no broker.",
      footer = {"", "Example:", "  dcmix topics plan --lane screening --partitions 24 --json"})
  static final class Plan implements Callable<Integer> {
    @Mixin private LaneOption lane = new LaneOption();
    @Mixin private TopicOptions topics = new TopicOptions();

    @Option(names = "--json", description = "Write the list as JSON.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      LanePlan plan = LanePlan.of(lane.topics(), topics.plan());
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? TopicsText.json(plan) : TopicsText.text(plan));
      out.flush();
      return 0;
    }
  }

  /** Creates what is missing. */
  @Command(name = "create", mixinStandardHelpOptions = true, versionProvider = Version.class,
      description = {
        "Create the topics of a lane that do not exist, the internal ones too, so that a processor needs no right to create any.",
        "Nothing is created where one that exists would lose data."
      },
      footer = {"", "Example:", "  dcmix topics create --lane screening --partitions 24 --bootstrap-servers kafka:9092"})
  static final class Create implements Callable<Integer> {
    @Mixin private ClusterOptions options = new ClusterOptions();
    @Mixin private LaneOption lane = new LaneOption();
    @Mixin private TopicOptions topics = new TopicOptions();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
      Topics named = lane.topics();
      LaneTopics.Plan plan = topics.plan();
      List<LaneTopic> created = Administration.run(options.cluster(), admin -> LaneTopics.createAll(admin, named, plan));
      PrintWriter out = spec.commandLine().getOut();
      created.forEach(topic -> out.println("created " + topic.name() + ", " + TopicsText.shape(topic)));
      out.println(created.isEmpty() ? "Lane %s has all its topics.".formatted(named.lane()) : "%d topics of lane %s created.".formatted(created.size(), named.lane()));
      out.flush();
      return 0;
    }
  }

  /** Compares. */
  @Command(name = "check", mixinStandardHelpOptions = true, versionProvider = Version.class,
      description = "Compare the topics of a cluster with what a lane needs: what is missing, what differs, what would lose data. Changes nothing.",
      footer = {
        "", "Example:", "  dcmix topics check --lane screening --bootstrap-servers kafka:9092", "",
        "Ends with 1 if a topic is missing or would lose data; what merely differs is said, and does not count."})
  static final class Check implements Callable<Integer> {
    @Mixin private ClusterOptions options = new ClusterOptions();
    @Mixin private LaneOption lane = new LaneOption();
    @Mixin private TopicOptions topics = new TopicOptions();

    @Option(names = "--json", description = "Write the findings as JSON.")
    private boolean json;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
      Topics named = lane.topics();
      LaneTopics.Plan plan = topics.plan();
      Cluster cluster = options.cluster();
      List<TopicFinding> findings =
          Administration.run(cluster, admin -> LaneTopics.compare(admin, named, plan, ScreeningConfig.DEFAULT.lateWindow()));
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? TopicsText.json(named, findings) : TopicsText.text(named, findings));
      out.flush();
      return findings.stream().anyMatch(TopicFinding::isWrong) ? 1 : 0;
    }
  }

  static boolean isWorthSaying(TopicFinding finding) {
    return finding.verdict() != Verdict.OK;
  }
}
