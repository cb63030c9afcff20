package io.dcmix.app.run;

import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.config.Checked;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.core.model.Devices;
import io.dcmix.core.model.ModelCard;
import io.dcmix.streams.ImageSelection;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.StreamsRuntime.Unfinished;
import io.dcmix.streams.Topics;
import io.dcmix.streams.wire.EdgeSerdes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code dcmix rescore}: the images that a lane still holds, through another model, into another lane. Nothing is copied: the new
 * lane reads the images where they lie and has results, offsets and state of its own.
 */
@Command(
    name = "rescore",
    description = {
      "Run the images that a lane still holds through another model, into a lane of its own; ends when they are done.",
      "No image is copied, and the lane that they come from notices nothing."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix rescore --bootstrap-servers kafka:9092 --lane screening --into replay-m2 --model m2.onnx",
      "  dcmix rescore --bootstrap-servers kafka:9092 --lane screening --into replay-m2 --model m2.onnx --plate SIM-1",
      "  dcmix rescore --bootstrap-servers kafka:9092 --lane screening --into shadow-m2 --model m2.onnx --follow",
      "  dcmix compare screening replay-m2 --bootstrap-servers kafka:9092",
      "",
      "Stopped and started again, it goes on where it was. A lane holds the results of one model."
    })
public final class RescoreCommand implements CliCommand, Checked {
  private static final Logger LOG = LoggerFactory.getLogger(RescoreCommand.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration READY_WITHIN = Duration.ofMinutes(2);
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  /** For how long calls, quality and importance are waited for. While images come all the time there is always something to be said. */
  private static final Duration JUDGED_WITHIN = Duration.ofMinutes(1);

  /** Looks without anything left before that is believed: what plates say reaches the windows that span them through a topic. */
  private static final int QUIET_LOOKS = 2;

  @Mixin private ProcessorOptions options = new ProcessorOptions();

  @Option(names = "--model", required = true, paramLabel = "FILE", description = "The ONNX model; see docs/model-contract.md.")
  private Path model = Path.of("");

  @Option(names = "--lane", defaultValue = "screening", description = "Whose images are scored. Default: ${DEFAULT-VALUE}.")
  private String lane = "screening";

  @Option(names = "--into", required = true, paramLabel = "LANE", description = "Where the results go; its topics are created.")
  private String into = "";

  @Option(names = "--plate", paramLabel = "BARCODE", description = "Score this plate alone.")
  private @Nullable String plate;

  @Option(names = "--acquisition", paramLabel = "ID", description = "Score this imaging run alone.")
  private @Nullable String acquisition;

  @Option(names = "--follow", description = "Go on with the images that come, as a shadow of the lane, until Ctrl-C.")
  private boolean follow;

  @Option(names = "--replication", defaultValue = "3", description = "Replication of created topics. Default: ${DEFAULT-VALUE}.")
  private short replication = 3;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public List<String> problems() {
    List<String> problems = new ArrayList<>(Checked.problemsOf(() -> Options.lane("--lane", lane), this::target));
    problems.addAll(options.problems(new Topics("screening")));
    return problems;
  }

  private Topics target() {
    Topics target = Options.lane("--into", into);
    if (into.equals(lane)) {
      throw new CliException("--into: the results need a lane of their own, not " + lane);
    }
    return target;
  }

  @Override
  public Integer call() throws InterruptedException {
    Topics topics = new Topics(target().lane(), Options.lane("--lane", lane).lane());
    ImageSelection selection = new ImageSelection(plate, acquisition);
    ProcessorConfig config = options.config(topics).withSelection(selection);
    try (Shutdown shutdown = new Shutdown()) {
      Devices loaded = options.load(model);
      Cluster cluster = options.cluster();
      cluster.awaitAnswer();
      try (Admin admin = cluster.admin(); EdgeSerdes serdes = EdgeSerdes.of(config.wire())) {
        Snapshot snapshot = Snapshot.of(admin, topics, Instant.now());
        if (Snapshot.describe(admin, new Topics(into).imageEvents()) != null) {
          throw new CliException("--into: lane " + into + " has images of its own; choose a new name for the results");
        }
        options.create(topics, new LaneTopics.Plan(snapshot.partitions(), replication, Duration.ofDays(7)));
        RescoredLane results = new RescoredLane(topics, selection, cluster.client(), serdes);
        ModelCard card = loaded.card();
        results.refuseAnotherModel("--into", card);
        long skipped = score(config, loaded, snapshot, admin, shutdown);
        if (follow) {
          return 0;
        }
        PrintWriter out = spec.commandLine().getOut();
        RescoredLane.Summary summary = results.summary();
        out.print(summary.text(topics, selection, card, skipped, cluster.bootstrapServers()));
        out.flush();
        return summary.wells() == 0 ? 1 : 0;
      } catch (ExecutionException e) {
        throw new CliException("Kafka at %s does not answer as it should: %s".formatted(cluster.bootstrapServers(), e.getMessage()), e);
      }
    }
  }

  /** Returns how many image events were passed over. */
  private long score(ProcessorConfig config, Devices loaded, Snapshot snapshot, Admin admin, Shutdown shutdown)
      throws InterruptedException, ExecutionException {
    long skipped;
    Unfinished left;
    try (Processor processor = shutdown.add(start(config, loaded))) {
      try (ProgressBar bar = ProgressBar.start("Rescoring images of lane " + lane, snapshot.size())) {
        left = pass(processor, snapshot, admin, shutdown, bar, false);
      }
      skipped = processor.streams().skipped();
      if (follow) {
        System.err.println("Lane " + into + " follows lane " + lane + ". Ctrl-C ends it.");
        var _ = processor.ended().thenRun(shutdown::ask);
        shutdown.await();
        throwIfEnded(processor);
        return skipped;
      }
    }
    if (left.assembling() > 0) {
      end(config.withScreening(config.screening().withWellDeadline(deadline(config, snapshot, admin))), left, snapshot, admin, shutdown);
    }
    return skipped;
  }

  /** Wells whose images will never all come end as at a deadline, which the processor keeps to after a restart. */
  private void end(ProcessorConfig config, Unfinished left, Snapshot snapshot, Admin admin, Shutdown shutdown)
      throws InterruptedException, ExecutionException {
    try (ProgressBar bar = ProgressBar.start("Ending %,d incomplete wells".formatted(left.assembling()), left.assembling());
        Processor processor = shutdown.add(start(config, options.load(model)))) {
      pass(processor, snapshot, admin, shutdown, bar, true);
    }
  }

  /**
   * Where nothing came after the snapshot, at once. Else wells that are still being imaged must not be cut short: their last image
   * is younger than the snapshot.
   */
  private static Duration deadline(ProcessorConfig config, Snapshot snapshot, Admin admin) throws ExecutionException, InterruptedException {
    Instant now = Instant.now();
    if (Snapshot.of(admin, config.topics(), now).end().equals(snapshot.end())) {
      return AT_ONCE;
    }
    Duration since = Duration.between(snapshot.takenAt(), now).plus(AT_ONCE);
    return since.compareTo(config.screening().wellDeadline()) < 0 ? since : config.screening().wellDeadline();
  }

  private static Processor start(ProcessorConfig config, Devices loaded) throws InterruptedException {
    Processor processor = Processor.start(config, loaded);
    if (!processor.streams().awaitReady(READY_WITHIN)) {
      try (processor) {
        throwIfEnded(processor);
        throw new CliException("The processor was not ready within " + READY_WITHIN.toSeconds() + " s; run again with -v to see why");
      }
    }
    return processor;
  }

  /**
   * Follows one run until the snapshot is processed, no well of it is left, or none but those that wait for images, and calls, quality
   * and importance are out.
   *
   * @param all whether to wait for the latter, too
   */
  private Unfinished pass(Processor processor, Snapshot snapshot, Admin admin, Shutdown shutdown, ProgressBar bar, boolean all)
      throws InterruptedException, ExecutionException {
    String group = new Topics(into, lane).applicationId();
    long most = 0;
    Judging judging = new Judging();
    while (true) {
      long done = snapshot.done(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get());
      Unfinished left = done < snapshot.size() ? null : processor.streams().unfinished(snapshot.takenAt());
      if (left != null && left.scoring() == 0 && (!all || left.assembling() == 0) && (follow || judging.isOver(left.judging()))) {
        bar.update(all ? most : done, "");
        return left;
      }
      if (all && left != null) {
        most = Math.max(most, left.assembling());
        bar.update(most - left.assembling(), "");
      } else {
        bar.update(done, left == null ? "" : left.scoring() == 0 ? "calls" : "%,d wells with the model".formatted(left.scoring()));
      }
      if (shutdown.await(LOOK_EVERY)) {
        throw new CliException("Stopped; started again with the same options it goes on here");
      }
      throwIfEnded(processor);
    }
  }

  /** Whether what follows from the wells is out. */
  private static final class Judging {
    private long since;
    private int looks;
    private int quiet;

    /** Whether all is said, or it was waited for long enough. */
    boolean isOver(long left) {
      if (looks++ == 0) {
        since = System.nanoTime();
      }
      quiet = left == 0 ? quiet + 1 : 0;
      boolean late = System.nanoTime() - since > JUDGED_WITHIN.toNanos();
      if (late && quiet < QUIET_LOOKS) {
        LOG.warn("Not all calls, quality and importance came within {} s; started again with --follow, the rest comes", JUDGED_WITHIN.toSeconds());
      }
      return late || quiet >= QUIET_LOOKS;
    }
  }

  private static void throwIfEnded(Processor processor) {
    if (processor.ended().isDone()) {
      throw new CliException("The processor stopped: " + processor.ended().join().getMessage());
    }
  }
}
