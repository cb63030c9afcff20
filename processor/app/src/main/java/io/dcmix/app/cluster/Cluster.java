package io.dcmix.app.cluster;

import io.dcmix.app.config.Secrets;
import io.dcmix.core.cli.CliException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka cluster as the options name it.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param kafka further settings of every client, such as security; they may hold passwords, so they are never printed
 */
public record Cluster(String bootstrapServers, Map<String, String> kafka) {
  /** Longer than a broker's election; shorter than a person's patience. */
  public static final Duration PATIENCE = Duration.ofSeconds(15);

  /** A broker that is there answers sooner. */
  private static final Duration PROBE_AFTER = Duration.ofSeconds(3);

  public Cluster {
    kafka = Map.copyOf(kafka);
    Secrets.remember(kafka);
  }

  /** The settings of a client. */
  public Map<String, Object> client() {
    Map<String, Object> client = new HashMap<>(kafka);
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return client;
  }

  /**
   * A client that looks after topics and groups; connects when it is first asked.
   *
   * @throws CliException if it refuses the settings; names the one
   */
  public Admin admin() {
    return admin(client());
  }

  private static Admin admin(Map<String, Object> client) {
    try {
      return Admin.create(client);
    } catch (KafkaException e) {
      throw new CliException(
          "The Kafka settings cannot be used: %s. Check --bootstrap-servers and --kafka"
              .formatted(reason(e)), e);
    }
  }

  /** Kafka quotes the value that it refuses, which may be a secret in the wrong place. */
  private static String reason(Exception e) {
    return Secrets.hide(String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
  }

  /** Asks with the usual patience; see {@link #awaitAnswer(Duration)}. */
  public void awaitAnswer() throws InterruptedException {
    awaitAnswer(PATIENCE);
  }

  /** Begins to ask, for whom has something else to do meanwhile. */
  public Question ask() {
    FutureTask<@Nullable Void> asking = new FutureTask<>(() -> {
      awaitAnswer();
      return null;
    });
    Thread.ofVirtual().name("ask-cluster").start(asking);
    return new Question(asking);
  }

  /** What brokers were asked. */
  public static final class Question {
    private final FutureTask<@Nullable Void> asking;

    private Question(FutureTask<@Nullable Void> asking) {
      this.asking = asking;
    }

    /**
     * Returns once a broker answers.
     *
     * @throws CliException as {@link Cluster#awaitAnswer(Duration)}
     */
    public void awaitAnswer() throws InterruptedException {
      try {
        asking.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof CliException refusal) {
          throw refusal;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  /**
   * Asks the brokers for a sign of life, since the clients themselves would try for ever and only fill the log; returns once one
   * answers.
   *
   * @throws CliException naming the address if none does in this time, or if the client refuses the settings
   */
  public void awaitAnswer(Duration within) throws InterruptedException {
    Map<String, Object> client = client();
    client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) within.toMillis());
    client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) within.toMillis());
    Admin admin = admin(client);
    try {
      KafkaFuture<Collection<Node>> nodes = admin.describeCluster().nodes();
      try {
        nodes.get(PROBE_AFTER.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (isPlain() && TlsProbe.speaksTls(bootstrapServers)) {
          throw new CliException(
              "Kafka at %s speaks TLS, and this client does not: set security.protocol to SSL or SASL_SSL among --kafka".formatted(bootstrapServers), e);
        }
        nodes.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthenticationException refusal) {
        throw refused(refusal);
      }
      throw new CliException(
          "No Kafka broker answers at %s within %d s (%s): check --bootstrap-servers, and the security settings among --kafka"
              .formatted(bootstrapServers, within.toSeconds(), reason(e)), e);
    } finally {
      admin.close(Duration.ZERO); // what is still asked for would be waited for
    }
  }

  private boolean isPlain() {
    return !kafka.getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT").toUpperCase(Locale.ROOT).endsWith("SSL");
  }

  private CliException refused(AuthenticationException refusal) {
    if (refusal instanceof SslAuthenticationException) {
      Throwable deepest = refusal;
      while (deepest.getCause() != null) {
        deepest = deepest.getCause();
      }
      return new CliException(
          "TLS with Kafka at %s fails (%s): check that ssl.truststore.location holds the authority of its certificate, that the certificate names this host, and that the port speaks TLS"
              .formatted(bootstrapServers, Secrets.hide(String.valueOf(deepest.getMessage()))), refusal);
    }
    return new CliException("Kafka at %s refuses this user (%s): check user and password in sasl.jaas.config, and sasl.mechanism"
        .formatted(bootstrapServers, Secrets.hide(String.valueOf(refusal.getMessage()))), refusal);
  }

  /** Names the settings and hides what they are. */
  @Override
  public String toString() {
    return "Cluster[" + bootstrapServers + ", " + kafka.keySet().stream().sorted().toList() + "]";
  }
}
