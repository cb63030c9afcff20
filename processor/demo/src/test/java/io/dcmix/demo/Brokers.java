package io.dcmix.demo;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/** Where a lane under faults lies, and how long who falls silent there is waited for. */
interface Brokers extends AutoCloseable {
  String bootstrapServers();

  default Map<String, Object> client() {
    return Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
  }

  /** Copies of each partition. */
  short replication();

  /** After which a silent instance's transaction is given up; whole seconds. */
  Duration transaction();

  /** After which a silent instance's work is given to others; whole seconds. */
  Duration session();

  @Override
  void close();
}
