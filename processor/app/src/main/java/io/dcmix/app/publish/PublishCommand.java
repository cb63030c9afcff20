package io.dcmix.app.publish;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.run.Options;
import io.dcmix.app.run.Shutdown;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.Topics;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dcmix publish}: plates from disk into a lane, once. */
@Command(
    name = "publish",
    description = {
      "Publish plates from disk into a lane: announcement, layout, and every image once, whatever happens meanwhile.",
      "Stopped, killed and started again, it goes on behind the last whole well.",
      "With --watch it follows folders that a microscope still fills, and publishes each plane once it is whole."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix publish /data/plate7 --bootstrap-servers kafka:9092",
      "  dcmix publish /data/plate7 /data/plate8 --bootstrap-servers kafka:9092 --lane screening --plate-map map.csv",
      "  dcmix publish --watch /mnt/phenix/plate7 --bootstrap-servers kafka:9092 --create-topics",
      "  dcmix publish --watch /mnt/phenix --keep-watching --done-file DONE --bootstrap-servers kafka:9092",
      "",
      "Exit codes: 0 all is published; 1 failed, or an archive holds something else now than was published of it;",
      "2 wrong usage; 4 planes that were promised did not come within --abandon-after.",
      "docs/replay.md and docs/live-folders.md say what is promised."
    })
public final class PublishCommand implements CliCommand {
  @Mixin private PublishOptions options = new PublishOptions();

  @Option(names = "--lane", defaultValue = "screening", description = "Prefix of the topics. Default: ${DEFAULT-VALUE}.")
  private String lane = "screening";

  @Option(names = "--speed", defaultValue = "max", paramLabel = "max|Nx", converter = Speed.Converter.class,
      description = "max, or N times as fast as the plate was acquired. Default: ${DEFAULT-VALUE}.")
  private Speed speed = Speed.MAX;

  @Mixin private WatchOptions watch = new WatchOptions();

  @Option(names = "--json", description = "Write the summary as JSON.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Topics topics = Options.lane(lane);
    if (watch.isOn()) {
      return follow(topics);
    }
    List<PlateSource> plates = options.plates();
    try (Shutdown shutdown = new Shutdown()) {
      options.prepare(topics);
      PublishSummary summary = new Publishing(lane, shutdown.add(options.publisher(topics)), speed, null, shutdown).publish(plates);
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? summary.json(new ObjectMapper()).toPrettyString() + "\n" : summary.text());
      out.flush();
      return summary.hasChanges() ? 1 : 0;
    }
  }

  private int follow(Topics topics) throws InterruptedException {
    if (!speed.isMax()) {
      throw new CliException("--watch publishes what comes when it comes: leave out --speed");
    }
    List<WatchedFolder> folders = options.watched(watch);
    try (Shutdown shutdown = new Shutdown()) {
      options.prepare(topics);
      WatchSummary summary = new Watching(lane, shutdown.add(options.publisher(topics)), watch, shutdown).watch(folders);
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? summary.json(new ObjectMapper()).toPrettyString() + "\n" : summary.text());
      out.flush();
      return summary.exitCode();
    }
  }
}
