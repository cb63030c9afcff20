package io.dcmix.app.lanes;

import io.dcmix.app.run.Durations;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.LaneTopics;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How topics are to be: a mixin. */
final class TopicOptions {
  @Option(names = "--partitions", defaultValue = "8",
      description = "Partitions of topics keyed by well, fixed for the life of the lane; where the images exist, theirs count. Default: ${DEFAULT-VALUE}.")
  private int partitions = 8;

  @Option(names = "--replication", defaultValue = "3", description = "Copies of each partition. Default: ${DEFAULT-VALUE}.")
  private short replication = 3;

  @Option(names = "--retention", defaultValue = "7d", paramLabel = "TIME", converter = Durations.class,
      description = "How long images and dead letters are kept; more than the late window and your longest outage. Default: ${DEFAULT-VALUE}.")
  private Duration retention = Duration.ofDays(7);

  LaneTopics.Plan plan() {
    if (partitions < 1 || replication < 1) {
      throw new CliException("--partitions and --replication must be 1 or more");
    }
    if (retention.compareTo(Duration.ofMinutes(1)) < 0) {
      throw new CliException("--retention: images that are kept for " + retention + " are gone before they are scored; give it at least 1m");
    }
    return new LaneTopics.Plan(partitions, replication, retention);
  }
}
