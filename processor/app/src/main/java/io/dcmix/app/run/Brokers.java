package io.dcmix.app.run;

import io.dcmix.core.cli.CliException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** Asks the brokers for a sign of life, since the clients themselves would try for ever and only fill the log. */
public final class Brokers {
  /** Longer than a broker's election; shorter than a person's patience. */
  public static final Duration PATIENCE = Duration.ofSeconds(15);

  private Brokers() {}

  /**
   * Returns once a broker answers.
   *
   * @param kafka further client settings, such as security
   * @throws CliException naming the address if none does in this time, or if the client refuses the settings
   */
  public static void awaitAnswer(String bootstrapServers, Map<String, String> kafka, Duration within) throws InterruptedException {
    Map<String, Object> client = new HashMap<>(kafka);
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) within.toMillis());
    client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) within.toMillis());
    try (Admin admin = Admin.create(client)) {
      admin.describeCluster().nodes().get();
    } catch (ExecutionException e) {
      throw new CliException(
          "No Kafka broker answers at %s within %d s (%s): check --bootstrap-servers, and the security settings among --kafka"
              .formatted(bootstrapServers, within.toSeconds(), e.getCause() == null ? e.getMessage() : e.getCause().getMessage()), e);
    } catch (KafkaException e) {
      throw new CliException(
          "The Kafka settings cannot be used: %s. Check --bootstrap-servers and --kafka"
              .formatted(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()), e);
    }
  }
}
