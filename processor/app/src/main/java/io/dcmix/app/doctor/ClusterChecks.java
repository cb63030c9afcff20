package io.dcmix.app.doctor;

import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.RegistryOptions;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.LaneTopics.ImageTopic;
import io.dcmix.streams.LaneTopics.UnusableTopicsException;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** What a processor talks to: the brokers, the lane's topics, the registry. */
final class ClusterChecks {
  private static final String CLUSTER = "Cluster";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private ClusterChecks() {}

  /**
   * Asks the brokers, and for the lane's topics if one is named.
   *
   * @param lateWindow how long images should be kept at least
   */
  static List<Finding> brokers(Cluster cluster, @Nullable Topics lane, Duration lateWindow) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    try {
      cluster.awaitAnswer(PATIENCE);
    } catch (CliException e) {
      findings.add(Finding.failed(CLUSTER, "Kafka", String.valueOf(e.getMessage()), "Start the brokers, or correct the address or the settings"));
      return findings;
    }
    try (Admin admin = cluster.admin()) {
      int nodes = admin.describeCluster().nodes().get().size();
      findings.add(Finding.ok(CLUSTER, "Kafka", "%d broker%s at %s".formatted(nodes, nodes == 1 ? "" : "s", cluster.bootstrapServers())));
      if (lane != null) {
        findings.add(lane(admin, lane, lateWindow));
      }
    } catch (ExecutionException e) {
      findings.add(Finding.failed(CLUSTER, "Kafka", "answers, and then fails: " + e.getMessage(), "Check the rights of this user on the cluster"));
    }
    return findings;
  }

  private static Finding lane(Admin admin, Topics lane, Duration lateWindow) throws ExecutionException, InterruptedException {
    try {
      ImageTopic images = LaneTopics.check(admin, lane, lateWindow);
      return Finding.ok(CLUSTER, "lane " + lane.lane(), "all topics are there; " + lane.imageEvents() + " has " + images.partitions() + " partitions");
    } catch (UnusableTopicsException e) {
      return Finding.failed(CLUSTER, "lane " + lane.lane(), String.join("; ", e.problems()), "dcmix run --create-topics creates what does not exist");
    }
  }

  /** Asks an Apicurio Registry who it is. */
  static Finding registry(RegistryOptions registry, URI url) throws InterruptedException {
    if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme())) || url.getHost() == null) {
      return Finding.failed(CLUSTER, "schema registry", "'" + url + "' is no http or https URL", "Give it as http://host:8080/apis/registry/v3");
    }
    URI info = URI.create(url.toString().replaceAll("/+$", "") + "/system/info");
    try {
      HttpResponse<String> answer = registry.get(info, PATIENCE);
      if (answer.statusCode() == 200) {
        return Finding.ok(CLUSTER, "schema registry", url + " answers");
      }
      return Finding.failed(CLUSTER, "schema registry", "%s answers with HTTP status %d".formatted(info, answer.statusCode()),
          answer.statusCode() == 404
              ? "Give the address of Apicurio's own API: http://host:8080/apis/registry/v3"
              : "Check the registry and its permissions");
    } catch (IOException e) {
      String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return Finding.failed(CLUSTER, "schema registry", url + " does not answer: " + cause, "Start the registry, or correct --schema-registry");
    }
  }
}
