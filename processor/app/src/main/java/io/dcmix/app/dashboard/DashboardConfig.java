package io.dcmix.app.dashboard;

import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Where the dashboard listens and what it reads.
 *
 * @param host address to bind, 127.0.0.1 unless others should see the page: it asks nobody for a password
 * @param port 0 takes any free port
 * @param bootstrapServers of the broker, {@code host:port,host:port}
 * @param lane whose results are shown
 * @param kafkaOverrides further settings of the Kafka consumer (security, timeouts)
 * @param ready whether the process does its work; answered at {@code /health}
 */
public record DashboardConfig(
    String host, int port, String bootstrapServers, String lane, Map<String, String> kafkaOverrides, BooleanSupplier ready) {
  public DashboardConfig {
    kafkaOverrides = Map.copyOf(kafkaOverrides);
  }

  /** A dashboard that is ready as soon as it listens. */
  public DashboardConfig(String host, int port, String bootstrapServers, String lane, Map<String, String> kafkaOverrides) {
    this(host, port, bootstrapServers, lane, kafkaOverrides, () -> true);
  }

  /** The same, with another answer to whether the process does its work. */
  public DashboardConfig withReady(BooleanSupplier supplier) {
    return new DashboardConfig(host, port, bootstrapServers, lane, kafkaOverrides, supplier);
  }
}
