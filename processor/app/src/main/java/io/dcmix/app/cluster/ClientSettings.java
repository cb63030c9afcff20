package io.dcmix.app.cluster;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --kafka}: what every client of Kafka is told. A mixin of the mixins here. */
final class ClientSettings {
  @Option(names = "--kafka", paramLabel = "KEY=VALUE", description = "A setting for every Kafka client, such as security.protocol=SSL. Repeatable.")
  private @Nullable Map<String, String> kafka;

  Map<String, String> all() {
    return kafka == null ? Map.of() : kafka;
  }
}
