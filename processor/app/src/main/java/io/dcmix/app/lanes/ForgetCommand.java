package io.dcmix.app.lanes;

import io.dcmix.app.Version;
import io.dcmix.app.cluster.Cluster;
import io.dcmix.app.cluster.ClusterOptions;
import io.dcmix.core.cli.CliException;
import io.dcmix.streams.ImageSelection;
import io.dcmix.streams.Topics;
import io.dcmix.streams.results.Forgetting;
import io.dcmix.streams.results.LaneReader.QuietBrokerException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix lane forget}: takes back what was said of plates. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Take back what a lane has said of a plate, or of all: a tombstone for each key in its results and announcements, so that the page and",
      "other readers forget. Images, layouts and dead letters stay. docs/lanes.md says what a running processor still knows."
    },
    footer = {
      "",
      "Examples:",
      "  dcmix lane forget --lane screening --plate BR00117 --bootstrap-servers kafka:9092 --dry-run",
      "  dcmix lane forget --lane screening --plate BR00117 --acquisition run1 --publish-again --bootstrap-servers kafka:9092 --yes",
      "  dcmix lane forget --lane replay-2025 --all --images --bootstrap-servers kafka:9092"
    })
final class ForgetCommand implements Callable<Integer> {
  @Mixin private ClusterOptions options = new ClusterOptions();
  @Mixin private LaneOption lane = new LaneOption();
  @Mixin private Consent consent = new Consent();

  @Option(names = "--plate", paramLabel = "BARCODE", description = "Forget this plate.")
  private @Nullable String plate;

  @Option(names = "--acquisition", paramLabel = "ID", description = "Of this imaging run alone.")
  private @Nullable String acquisition;

  @Option(names = "--all", description = "Forget all plates of the lane.")
  private boolean all;

  @Option(names = "--results-only", description = "Leave the announcements: for a lane that is reset next, and scores its images again.")
  private boolean resultsOnly;

  @Option(names = "--publish-again", description = "Publishers forget the plate, too, and publish it again if they are asked.")
  private boolean publishAgain;

  @Option(names = "--images", description = "With --all: delete the lane's images, too, which cannot be had again from Kafka.")
  private boolean images;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Topics topics = lane.topics();
    if (all == (plate != null)) {
      throw new ParameterException(spec.commandLine(), "Name the plate with --plate, or say --all");
    }
    if (acquisition != null && plate == null) {
      throw new ParameterException(spec.commandLine(), "--acquisition is a run of a --plate");
    }
    if (resultsOnly && (publishAgain || images)) {
      throw new ParameterException(spec.commandLine(), "--results-only leaves what --publish-again and --images take away");
    }
    if (images && !all) {
      throw new CliException("--images: Kafka deletes the beginning of a topic and no plate of it. Leave the images to retention, or give --all");
    }
    if (images && topics.borrowsImages()) {
      throw new CliException("--images: lane %s scores the images of %s; they are that one's".formatted(topics.lane(), topics.source()));
    }
    Cluster cluster = options.cluster();
    ImageSelection selection = new ImageSelection(plate, acquisition);
    Forgetting forgetting = new Forgetting(topics, selection, !resultsOnly, publishAgain);
    cluster.awaitAnswer();
    PrintWriter out = spec.commandLine().getOut();
    out.println("Lane %s%s".formatted(topics.lane(), selection.isAll() ? "" : ", " + selection));
    SequencedMap<String, Integer> counts = run(cluster, forgetting, true);
    counts.forEach((topic, keys) -> out.println("  %-40s  %,d %s".formatted(topic, keys, keys == 1 ? "key" : "keys")));
    if (images) {
      out.println("  %-40s  all images".formatted(topics.imageEvents()));
    }
    out.flush();
    boolean nothing = !images && counts.values().stream().allMatch(keys -> keys == 0);
    if (nothing) {
      out.println("Nothing is known of it.");
    }
    if (!nothing && !consent.isDryRun()) {
      consent.require(topics.lane(), out);
      run(cluster, forgetting, false);
      if (images) {
        deleteImages(cluster, topics);
      }
      out.println("Forgotten.");
    }
    out.flush();
    return 0;
  }

  private static SequencedMap<String, Integer> run(Cluster cluster, Forgetting forgetting, boolean dryRun) {
    try {
      return forgetting.run(cluster.client(), dryRun);
    } catch (QuietBrokerException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    } catch (KafkaException e) {
      throw Administration.refused(cluster, e);
    }
  }

  private static void deleteImages(Cluster cluster, Topics topics) throws InterruptedException {
    Administration.run(cluster, admin -> {
      Map<TopicPartition, RecordsToDelete> everything = new HashMap<>();
      admin.describeTopics(List.of(topics.imageEvents())).allTopicNames().get().values().forEach(images -> images.partitions().forEach(p ->
          everything.put(new TopicPartition(images.name(), p.partition()), RecordsToDelete.beforeOffset(-1)))); // -1: to the end
      admin.deleteRecords(everything).all().get();
      return true;
    });
  }
}
