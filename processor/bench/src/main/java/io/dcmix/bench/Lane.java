package io.dcmix.bench;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import io.dcmix.streams.publish.ArchivePublisher;
import io.dcmix.streams.publish.Referral;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.TopicListing;

/** A lane of its own for one pass: topics, publisher, processor. Closing deletes its topics. Used by one thread. */
final class Lane implements AutoCloseable {
  /** The JVM options that the launcher gives {@code dcmix run} and not every command. */
  static final List<String> PROCESSOR_OPTIONS = List.of("-Xmx1g", "-XX:+UseParallelGC", "-XX:NewRatio=1");

  private final Broker broker;
  private final Topics topics;
  private final ImagePool pool;
  private final Settings settings;

  private Lane(Broker broker, Topics topics, ImagePool pool, Settings settings) {
    this.broker = broker;
    this.topics = topics;
    this.pool = pool;
    this.settings = settings;
  }

  static Lane create(Broker broker, String name, ImagePool pool, Settings settings) throws InterruptedException {
    Topics topics = new Topics(name);
    try {
      LaneTopics.create(broker.admin(), topics, new LaneTopics.Plan(settings.partitions(), (short) 1, Duration.ofDays(1)));
    } catch (ExecutionException | LaneTopics.UnusableTopicsException e) {
      throw new CliException("The topics of lane %s cannot be created: %s".formatted(name, e.getMessage()), e);
    }
    return new Lane(broker, topics, pool, settings);
  }

  /**
   * Publishes plates one after the other, as {@code dcmix publish} would.
   *
   * @param progress is told the number of images of the present plate
   */
  void publish(List<BenchPlate> plates, LongConsumer progress) throws InterruptedException {
    Referral referral = pool.images().byReference() ? Referral.to(pool.folder(), 0) : null;
    try (ArchivePublisher publisher = new ArchivePublisher(topics, broker.client(), InstantSource.system(), referral, ArchivePublisher.TRANSACTION_TIMEOUT)) {
      for (BenchPlate plate : plates) {
        List<AbsentPlane> absent = publisher.publish(plate, plate.key().acquisition(), null, progress::accept).absent();
        if (!absent.isEmpty()) {
          throw new CliException("An image could not be published: " + absent.getFirst().reason());
        }
      }
    } catch (IOException e) {
      throw new CliException("Publishing failed: " + e.getMessage(), e);
    }
  }

  /** Starts {@code dcmix run} on this lane. */
  Child startProcessor(Path model, Path state, Path log, List<String> jvmOptions) {
    return startProcessor(model, state, log, System.getProperty("java.class.path"), Child.TERM, jvmOptions);
  }

  /**
   * The same with the jar files of another build.
   *
   * @param patience how long it may take to end when it is told to
   */
  Child startProcessor(Path model, Path state, Path log, String classPath, Duration patience, List<String> jvmOptions) {
    List<String> arguments = new ArrayList<>(List.of(
        "run", "--bootstrap-servers", broker.bootstrapServers(), "--model", model.toString(), "--lane", topics.lane(),
        "--state-dir", state.toString(), "--port", "0", "--explain", "none", "--device", settings.device()));
    if (pool.images().byReference()) {
      arguments.addAll(List.of("--reference-root", pool.folder().toString()));
    }
    arguments.addAll(settings.options());
    List<String> jvm = new ArrayList<>(PROCESSOR_OPTIONS);
    jvm.addAll(settings.jvmOptions());
    jvm.addAll(jvmOptions);
    return Child.start("processor", log, classPath, patience, jvm, arguments);
  }

  /** Reads the lane's results from its beginning. */
  ResultTail results() {
    return new ResultTail(topics, settings.partitions(), broker.client());
  }

  /** Bytes that the lane's changelogs have on the broker's disk. */
  long changelogBytes() throws InterruptedException {
    try {
      return broker.admin().describeLogDirs(Set.of(1)).allDescriptions().get().values().stream()
          .flatMap(folders -> folders.values().stream())
          .flatMap(folder -> folder.replicaInfos().entrySet().stream())
          .filter(replica -> isChangelog(replica.getKey().topic()))
          .mapToLong(replica -> replica.getValue().size()).sum();
    } catch (ExecutionException e) {
      throw new CliException("The broker does not tell the size of its topics: " + e.getMessage(), e);
    }
  }

  private boolean isChangelog(String topic) {
    return topic.startsWith(topics.applicationId() + "-") && topic.endsWith("-changelog");
  }

  @Override
  public void close() {
    try {
      Set<String> own = broker.admin().listTopics().listings().toCompletionStage().toCompletableFuture().join().stream().map(TopicListing::name)
          .filter(name -> name.startsWith(topics.lane() + ".") || name.startsWith(topics.applicationId() + "-"))
          .collect(Collectors.toSet());
      broker.admin().deleteTopics(own).all().toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new CliException("The topics of lane %s cannot be deleted: %s".formatted(topics.lane(), e.getMessage()), e);
    }
  }
}
