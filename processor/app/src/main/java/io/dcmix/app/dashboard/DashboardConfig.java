package io.dcmix.app.dashboard;

import io.dcmix.app.access.Access;
import io.dcmix.streams.Readiness;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where the dashboard listens, what it reads, and what it answers for the process around it.
 *
 * @param host address to bind, 127.0.0.1 unless others should see the page
 * @param port 0 takes any free port
 * @param bootstrapServers of the broker, {@code host:port,host:port}
 * @param lane whose results are shown
 * @param kafkaOverrides further settings of the Kafka consumer (security, timeouts)
 * @param readiness whether the process does its work; answered at {@code /health}
 * @param metrics the process's metrics in Prometheus's text format; answered at {@code /prometheus}
 * @param access who may come in
 */
public record DashboardConfig(
    String host,
    int port,
    String bootstrapServers,
    String lane,
    Map<String, String> kafkaOverrides,
    Supplier<Readiness> readiness,
    Supplier<String> metrics,
    Access access) {
  public DashboardConfig {
    kafkaOverrides = Map.copyOf(kafkaOverrides);
  }

  /** A dashboard that is ready as soon as it listens, has no metrics, and asks nobody who they are. */
  public DashboardConfig(String host, int port, String bootstrapServers, String lane, Map<String, String> kafkaOverrides) {
    this(host, port, bootstrapServers, lane, kafkaOverrides, () -> new Readiness(List.of()), () -> "", Access.OPEN);
  }

  /** The same, with another answer to whether the process does its work. */
  public DashboardConfig withReadiness(Supplier<Readiness> supplier) {
    return new DashboardConfig(host, port, bootstrapServers, lane, kafkaOverrides, supplier, metrics, access);
  }

  /** The same, with metrics. */
  public DashboardConfig withMetrics(Supplier<String> supplier) {
    return new DashboardConfig(host, port, bootstrapServers, lane, kafkaOverrides, readiness, supplier, access);
  }

  /** The same, for those who may come in. */
  public DashboardConfig withAccess(Access who) {
    return new DashboardConfig(host, port, bootstrapServers, lane, kafkaOverrides, readiness, metrics, who);
  }

  /** Without the settings: they may hold passwords. */
  @Override
  public String toString() {
    return "DashboardConfig[" + host + ":" + port + ", lane " + lane + " at " + bootstrapServers + "]";
  }
}
