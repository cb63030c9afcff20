package io.dcmix.app.model;

import io.dcmix.app.Version;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.streams.control.ModelOrders;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dcmix model status}: what shall serve a lane, and what does. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Say which version of the model shall serve a lane, which one was last put to work, and which one was last refused.",
    footer = {"", "Example:", "  dcmix model status --lane screening --bootstrap-servers kafka:9092", "",
      "Ends with 1 if the version that shall serve was refused. Of several instances the last one speaks; /health/readiness of each tells its own."})
final class StatusCommand implements Callable<Integer> {
  @Mixin private LaneOptions lane = new LaneOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    return lane.read((topics, cluster, serdes, reader) -> {
      ModelOrders orders = reader.orders();
      PrintWriter out = spec.commandLine().getOut();
      out.printf("Lane %s%n", topics.lane());
      out.printf("  Shall serve  %s%n", text(orders.activated(), "nobody activated a version"));
      out.printf("  Serves       %s%n", text(orders.confirmed(), "no instance has said so"));
      ModelControl refused = orders.refused();
      if (refused != null) {
        out.printf("  Refused      %s%n               %s%n", text(refused, ""), refused.getReason());
      }
      out.flush();
      return isRefused(orders) ? 1 : 0;
    });
  }

  /** Whether what shall serve was refused, and was not put to work by anybody since, by the clocks of those who say so. */
  static boolean isRefused(ModelOrders orders) {
    ModelControl wanted = orders.activated();
    ModelControl refused = orders.refused();
    ModelControl confirmed = orders.confirmed();
    return wanted != null && refused != null && refused.getModelSha256().equals(wanted.getModelSha256())
        && (confirmed == null || !confirmed.getModelSha256().equals(wanted.getModelSha256()) || confirmed.getAt().isBefore(refused.getAt()));
  }

  private static String text(@Nullable ModelControl record, String otherwise) {
    return record == null ? otherwise
        : "%s %s (%s...), %s, by %s".formatted(record.getModelName(), record.getModelVersion(),
            record.getModelSha256().substring(0, Math.min(12, record.getModelSha256().length())), record.getAt(), record.getBy());
  }
}
