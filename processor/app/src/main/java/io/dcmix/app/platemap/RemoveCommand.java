package io.dcmix.app.platemap;

import io.dcmix.app.Version;
import io.dcmix.app.cluster.Cluster;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dcmix plate-map remove}: takes layouts back. */
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Take back what was published of plates: their wells are unmapped again.",
    footer = {"", "Example:", "  dcmix plate-map remove BR00117 --bootstrap-servers kafka:9092"})
final class RemoveCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "PLATE", description = "Barcodes of plates.")
  private List<String> plates = new ArrayList<>();

  @Mixin private KafkaOptions kafka = new KafkaOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Cluster target = kafka.cluster().orElseThrow(
        () -> new ParameterException(spec.commandLine(), "Where from? Name the brokers with --bootstrap-servers"));
    kafka.publish(target, publisher -> publisher.remove(plates));
    PrintWriter out = spec.commandLine().getOut();
    out.println("Removed from %s: %s.".formatted(KafkaOptions.TOPICS.plateLayouts(), String.join(", ", plates)));
    out.flush();
    return 0;
  }
}
