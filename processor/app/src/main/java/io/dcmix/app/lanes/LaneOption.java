package io.dcmix.app.lanes;

import io.dcmix.app.run.Options;
import io.dcmix.streams.Topics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which lane: a mixin. */
final class LaneOption {
  @Option(names = "--lane", defaultValue = "screening", description = "The lane. Default: ${DEFAULT-VALUE}.")
  private String lane = "screening";

  @Option(names = "--images-of", paramLabel = "LANE", description = "For a lane that 'rescore' made: the lane whose images it scores. Default: its own.")
  private @Nullable String source;

  Topics topics() {
    Topics topics = Options.lane(lane);
    return source == null ? topics : new Topics(topics.lane(), Options.lane("--images-of", source).lane());
  }
}
