package io.dcmix.app.publish;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.run.Options;
import io.dcmix.app.run.Shutdown;
import io.dcmix.core.cli.CliCommand;
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
      "Stopped, killed and started again, it goes on behind the last whole well."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix publish /data/plate7 --bootstrap-servers kafka:9092",
      "  dcmix publish /data/plate7 /data/plate8 --bootstrap-servers kafka:9092 --lane screening --plate-map map.csv",
      "",
      "Exit codes: 0 all is published; 1 failed, or an archive holds something else now than was published of it;",
      "2 wrong usage. docs/replay.md says what is promised."
    })
public final class PublishCommand implements CliCommand {
  @Mixin private PublishOptions options = new PublishOptions();

  @Option(names = "--lane", defaultValue = "screening", description = "Prefix of the topics. Default: ${DEFAULT-VALUE}.")
  private String lane = "screening";

  @Option(names = "--speed", defaultValue = "max", paramLabel = "max|Nx", converter = Speed.Converter.class,
      description = "max, or N times as fast as the plate was acquired. Default: ${DEFAULT-VALUE}.")
  private Speed speed = Speed.MAX;

  @Option(names = "--json", description = "Write the summary as JSON.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Topics topics = Options.lane(lane);
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
}
