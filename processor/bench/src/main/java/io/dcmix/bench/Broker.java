package io.dcmix.bench;

import io.dcmix.app.run.Shutdown;
import io.dcmix.core.cli.CliException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/**
 * {@code dcmix broker} in a process of its own, and a connection to it.
 *
 * @param child the process
 * @param bootstrapServers its address
 * @param admin closed by whoever started it
 */
record Broker(Child child, String bootstrapServers, Admin admin) {
  /**
   * A broker runs for months and a bench for minutes: without this, half of its time would be the JVM's compiler's, on cores that
   * the processor needs.
   */
  private static final List<String> FRESH = List.of("-XX:TieredStopAtLevel=1");

  private static final Pattern ADDRESS = Pattern.compile("Kafka answers at (\\S+)");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Starts it; everything that has to be ended is given to the shutdown. */
  static Broker start(Path folder, Path log, Shutdown shutdown) throws InterruptedException {
    // Deleted topics make room at once, so that the next workload does not share the page cache with them.
    Child child = shutdown.add(Child.start("broker", log, FRESH,
        List.of("broker", "--data", folder.toString(), "--port", "0", "--set", "log.segment.delete.delay.ms=100")));
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Matcher m = ADDRESS.matcher(child.output());
      if (m.find()) {
        Admin admin = shutdown.add(Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, m.group(1))));
        return new Broker(child, m.group(1), admin);
      }
      child.checkAlive();
      if (System.nanoTime() > end) {
        throw new CliException("The broker does not answer within " + PATIENCE.toSeconds() + " s; what it says is in " + log);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  Map<String, Object> client() {
    return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
  }
}
