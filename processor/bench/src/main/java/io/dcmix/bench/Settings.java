package io.dcmix.bench;

import io.dcmix.app.run.Durations;
import io.dcmix.core.scoring.ScorerConfig;
import io.dcmix.streams.ProcessorConfig;
import io.dcmix.streams.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run is told.
 *
 * @param device as {@code --device} says
 * @param plates drained by each workload; null for the workload's own number
 * @param wells of a plate; null for the workload's own number
 * @param repeat how often bare loop and pipeline are measured
 * @param memoryPlates drained one after the other to see memory; 0 leaves that out
 * @param partitions of the lane's topics
 * @param options further arguments of {@code dcmix run}
 * @param jvmOptions further options of the processor's JVM
 * @param profile folder for recordings; null for none
 */
record Settings(
    String device,
    long seed,
    @Nullable Integer plates,
    @Nullable Integer wells,
    int repeat,
    int memoryPlates,
    int partitions,
    List<String> options,
    List<String> jvmOptions,
    @Nullable Path profile) {

  int plates(Workload workload) {
    return plates == null ? workload.plates() : plates;
  }

  int wells(Workload workload) {
    return wells == null ? workload.wells() : wells;
  }

  /** The first half of the wells: on two busy cores the JVM compiles for half a minute before it is at its speed. */
  int warmUp(Workload workload) {
    return Math.max(1, plates(workload) * wells(workload) / 2);
  }

  /** How long the processor lets a site wait for its batch. */
  Duration maxDelay() {
    return option("--max-delay", ScorerConfig.DEFAULT.maxDelay());
  }

  /** How often the processor commits. */
  Duration commitInterval() {
    return option("--commit-interval", ProcessorConfig.of(new Topics("bench"), "", Path.of("")).commitInterval());
  }

  private Duration option(String name, Duration otherwise) {
    Duration found = otherwise;
    for (int i = 0; i < options.size(); i++) {
      if (options.get(i).startsWith(name + "=")) {
        found = new Durations().convert(options.get(i).substring(name.length() + 1));
      } else if (options.get(i).equals(name) && i + 1 < options.size()) {
        found = new Durations().convert(options.get(i + 1));
      }
    }
    return found;
  }
}
