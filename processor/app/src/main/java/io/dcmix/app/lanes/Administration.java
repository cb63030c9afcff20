package io.dcmix.app.lanes;

import io.dcmix.app.cluster.Cluster;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.LaneTopics.UnusableTopicsException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;

/** Asks the brokers for something, and says in one line what they refuse. */
final class Administration {
  private Administration() {}

  /** What is asked. */
  @FunctionalInterface
  interface Work<T> {
    T run(Admin admin) throws ExecutionException, InterruptedException, UnusableTopicsException;
  }

  /**
   * Waits for a broker and works.
   *
   * @throws CliException if no broker answers, or one refuses
   */
  static <T> T run(Cluster cluster, Work<T> work) throws InterruptedException {
    cluster.awaitAnswer();
    try (Admin admin = cluster.admin()) {
      return work.run(admin);
    } catch (UnusableTopicsException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (ExecutionException e) {
      throw refused(cluster, e.getCause() == null ? e : e.getCause());
    } catch (KafkaException e) {
      throw refused(cluster, e);
    }
  }

  static CliException refused(Cluster cluster, Throwable cause) {
    return new CliException(cause instanceof AuthorizationException
        ? "This user may not do that at %s: %s. 'dcmix acls --admin' prints the rights".formatted(cluster.bootstrapServers(), cause.getMessage())
        : "Kafka at %s does not do that: %s".formatted(cluster.bootstrapServers(), cause.getMessage()), cause);
  }
}
