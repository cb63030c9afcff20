package io.dcmix.app.platemap;

import io.dcmix.app.Version;
import io.dcmix.app.cluster.Cluster;
import io.dcmix.core.archive.PlateMapPlan;
import io.dcmix.schema.event.PlateLayout;
import io.dcmix.streams.publish.Layouts;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix plate-map import}: publishes what is in the wells. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Publish what is in the wells of plates, before, while or after they are imaged: calls and quality are corrected when it comes.",
      "A file with errors is not published, nor is any other of the same command. Publishing the same again changes nothing."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix plate-map import map.csv --plate BR00117 --dry-run",
      "  dcmix plate-map import map.csv --plate BR00117 --plate BR00118 --bootstrap-servers kafka:9092",
      "  dcmix plate-map import barcode_platemap.csv --treatments compounds.tsv --bootstrap-servers kafka:9092",
      "  dcmix plate-map import metadata.csv.gz --format 384 --bootstrap-servers kafka:9092      RxRx: many plates in one file",
      "  dcmix plate-map import grid.csv --plate P7 --controls DMSO=negative,Taxol=positive --dry-run",
      "",
      "Ends with 0 if all is published (with --dry-run: if all could be), 1 if anything is wrong, 2 on wrong usage."
    })
final class ImportCommand implements Callable<Integer> {
  @Mixin private MapOptions maps = new MapOptions();

  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Option(names = "--skip-bad-rows", description = "Publish what is right of files with errors; wells of bad rows are unmapped.")
  private boolean skipBadRows;

  @Option(names = "--dry-run", description = "Say what would be published, and publish nothing.")
  private boolean dryRun;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<Cluster> target = dryRun ? Optional.empty() : kafka.cluster();
    if (!dryRun && target.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "Where to? Name the brokers with --bootstrap-servers, or look first with --dry-run");
    }
    PlateMapPlan plan = maps.read();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Messages.print(plan, err);
    out.print(PlateMapText.table(plan.plates()));
    out.flush();
    if (plan.plates().isEmpty() || (!plan.problems().isEmpty() && !skipBadRows)) {
      err.println(plan.plates().isEmpty()
          ? "Nothing is published: no plate could be read."
          : "Nothing is published. Mend the file, or publish the rest of it with --skip-bad-rows.");
      err.flush();
      return 1;
    }
    List<PlateLayout> layouts = new ArrayList<>();
    plan.plates().forEach((plate, planned) -> layouts.add(Layouts.of(plate, planned.map(), planned.orientation())));
    if (target.isEmpty()) {
      out.println("Nothing is published: this is a dry run.");
    } else {
      kafka.publish(target.get(), publisher -> publisher.publish(layouts));
      out.println("Published on %s: %d layout%s.".formatted(KafkaOptions.TOPICS.plateLayouts(), layouts.size(), layouts.size() == 1 ? "" : "s"));
    }
    out.flush();
    return 0;
  }
}
