package io.dcmix.app.cluster;

import io.dcmix.app.config.Secrets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.UseDefaultConverter;

/** {@code --kafka}: what every client of Kafka is told. A mixin of the mixins here. */
final class ClientSettings {
  @Option(names = "--kafka", paramLabel = "KEY=VALUE", converter = {UseDefaultConverter.class, Secrets.class},
      description = "A setting for every Kafka client, such as security.protocol=SSL; a secret by where it stands: ssl.key.password=$${file:/run/secrets/key}. Repeatable.")
  private @Nullable Map<String, String> kafka;

  Map<String, String> all() {
    return kafka == null ? Map.of() : kafka;
  }
}
