package io.dcmix.demo;

import io.dcmix.app.run.Shutdown;
import io.dcmix.core.cli.CliCommand;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dcmix broker}: a Kafka broker for trying things out, in a process of its own. */
@Command(
    name = "broker",
    description = {
      "Run a single Kafka broker on loopback, to try things out or to develop against. It keeps one copy of everything:",
      "never use it for data that matter."
    },
    footer = {
      "",
      "Example:",
      "  dcmix broker --data kafka --port 19092",
      "",
      "It prints its address when it answers, and ends on Ctrl-C. What it stored is there again at the next start."
    })
public final class BrokerCommand implements CliCommand {
  @Option(names = "--data", required = true, paramLabel = "DIR", description = "Where it stores.")
  private Path data = Path.of("");

  @Option(names = "--port", defaultValue = "19092", description = "Its port; 0: any free one. Default: ${DEFAULT-VALUE}.")
  private int port = 19092;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the broker. Repeatable.")
  private @Nullable Map<String, String> settings;

  @Override
  public Integer call() throws InterruptedException {
    try (Shutdown shutdown = new Shutdown()) {
      EmbeddedBroker broker = shutdown.add(EmbeddedBroker.start(data, port, settings == null ? Map.of() : settings));
      System.out.println("Kafka answers at " + broker.bootstrapServers());
      shutdown.await();
      return 0;
    }
  }
}
