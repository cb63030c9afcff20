package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.demo.FaultPlate.Poison;
import io.dcmix.schema.event.AlertState;
import io.dcmix.streams.LaneTopics;
import io.dcmix.streams.Topics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.GroupProtocol;

/**
 * A lane of its own on brokers, one plate or several that are published as far as the test allows, the processors that score them,
 * and what must be true in the end whatever happened: every well once, the importance over exactly these wells, before and after a
 * revision.
 */
final class FaultLane implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(2);
  static final int WELLS = FaultPlate.WELLS;
  static final int PLANES_PER_WELL = FaultPlate.PLANES_PER_WELL;
  static final int PLANES = FaultPlate.PLANES;
  private static final int PARTITIONS = 4;

  private final Path folder;
  private final Brokers brokers;
  private final GroupProtocol protocol;
  private final Topics topics;
  private final Admin admin;
  private final LaneResults results;
  private final List<FaultPlate> plates = new ArrayList<>();

  /**
   * A lane whose topics lie on all brokers.
   *
   * @param poisons one a plate, 1 or more
   */
  FaultLane(Path folder, Brokers brokers, String name, GroupProtocol protocol, Poison... poisons) throws Exception {
    this.folder = Files.createDirectories(folder.resolve(name));
    this.brokers = brokers;
    this.protocol = protocol;
    this.topics = new Topics(name);
    this.admin = Admin.create(brokers.client());
    LaneTopics.createAll(admin, topics, new LaneTopics.Plan(PARTITIONS, brokers.replication(), Duration.ofDays(1)));
    this.results = new LaneResults(topics, brokers.client());
    for (Poison poison : poisons) {
      plates.add(new FaultPlate(topics, brokers.client(), name.toUpperCase(Locale.ROOT) + "-" + (plates.size() + 1), poison));
    }
  }

  Admin admin() {
    return admin;
  }

  LaneResults results() {
    return results;
  }

  Path folder() {
    return folder;
  }

  /** The plates in the order of their making, from 0. */
  FaultPlate plate(int number) {
    return plates.get(number);
  }

  /** {@link FaultPlate#publishUpTo} of a lane with one plate. */
  void publishUpTo(int planes) {
    plates.getFirst().publishUpTo(planes);
  }

  /** {@link FaultPlate#publishAll} of a lane with one plate. */
  void publishAll() {
    plates.getFirst().publishAll();
  }

  // ---- processors ----

  /**
   * {@code dcmix run} with its own state, told by a file what others are told by options.
   *
   * @param more of this file
   */
  ChildProcess run(String instance, String... more) throws IOException {
    Path config = Files.writeString(folder.resolve(instance + ".yaml"), """
        bootstrap-servers: %s
        model: %s
        lane: %s
        state-dir: %s
        port: 0
        well-deadline: 5m
        transaction-timeout: %ds
        abort-sweep: %dms
        session-timeout: %ds
        group-protocol: %s
        %s
        """.formatted(brokers.bootstrapServers(), model(), topics.lane(), state(instance), brokers.transaction().toSeconds(),
        BrokerProcess.SWEEP.toMillis(), brokers.session().toSeconds(), protocol.name().toLowerCase(Locale.ROOT), String.join("\n", more)));
    return ChildProcess.dcmix(folder, "run", "--config", config.toString());
  }

  /** A {@link FaultyProcessor} with its own state and switches. */
  ChildProcess runFaulty(String instance, int poolSites) throws IOException {
    return ChildProcess.java(folder, FaultyProcessor.class.getName(), brokers.bootstrapServers(), topics.lane(), protocol.name(),
        state(instance).toString(), model().toString(), switches(instance).toString(), Integer.toString(poolSites));
  }

  Path state(String instance) {
    return folder.resolve("state-" + instance);
  }

  /** Where the switches of a faulty instance are. */
  Path switches(String instance) throws IOException {
    return Files.createDirectories(folder.resolve("switches-" + instance));
  }

  private Path model() throws IOException {
    Path model = folder.resolve("model.onnx");
    if (!Files.exists(model)) {
      try (InputStream in = DemoCommand.class.getResourceAsStream("/models/demo-dcmix.onnx")) {
        Files.write(model, in.readAllBytes());
      }
    }
    return model;
  }

  // ---- what is seen from outside ----

  /** Waits for a condition on the results, which are read meanwhile. */
  void until(String what, ChildProcess process, BooleanSupplier condition) {
    try {
      process.until(what, PATIENCE, () -> {
        results.poll();
        return condition.getAsBoolean();
      });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\nSeen of the results: " + results, e);
    }
  }

  void untilEnded(int wells, ChildProcess process) {
    until(wells + " wells", process, () -> results.ended() >= wells);
  }

  /** Waits until this many instances have work assigned. */
  void untilSharedBy(int instances, ChildProcess process) {
    until(instances + " instances with tasks", process, () -> instancesWithTasks() == instances);
  }

  /** Under the classic protocol: which partitions of the images each member of the lane's group holds, by the member's client. */
  Map<String, Set<Integer>> members() throws ExecutionException, InterruptedException {
    Map<String, Set<Integer>> members = new HashMap<>();
    group().members().forEach(member -> members.put(member.clientId(), member.assignment().topicPartitions().stream()
        .filter(partition -> partition.topic().equals(topics.imageEvents())).map(TopicPartition::partition).collect(Collectors.toSet())));
    return members;
  }

  /** Under the classic protocol: the broker that coordinates the lane's group. */
  int coordinator() throws ExecutionException, InterruptedException {
    return group().coordinator().id();
  }

  private ClassicGroupDescription group() throws ExecutionException, InterruptedException {
    return admin.describeClassicGroups(List.of(topics.applicationId())).describedGroups().get(topics.applicationId()).get();
  }

  private long instancesWithTasks() {
    try {
      if (protocol == GroupProtocol.STREAMS) {
        String group = topics.applicationId();
        return admin.describeStreamsGroups(List.of(group)).describedGroups().get(group).get().members().stream()
            .filter(member -> !member.assignment().activeTasks().isEmpty()).count();
      }
      return group().members().stream().filter(member -> !member.assignment().topicPartitions().isEmpty()).count();
    } catch (ExecutionException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until this many images were taken in and their offsets committed. */
  void untilTakenIn(int images, ChildProcess process) {
    until(images + " images taken in", process, () -> {
      try {
        return admin.listConsumerGroupOffsets(topics.applicationId()).partitionsToOffsetAndMetadata().get().entrySet().stream()
            .filter(entry -> entry.getKey().topic().equals(topics.imageEvents()))
            .mapToLong(entry -> entry.getValue().offset()).sum() >= images;
      } catch (ExecutionException e) {
        return false;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  /** Counts the committed records in these changelogs of the lane: what must be read without a copy. Transactions still open are waited for. */
  long stateRecords(Predicate<TopicPartition> which) throws ExecutionException, InterruptedException {
    List<String> topicsOfState = admin.listTopics().names().get().stream()
        .filter(topic -> topic.startsWith(topics.internal("")) && topic.endsWith("-changelog")).toList();
    List<TopicPartition> changelogs = admin.describeTopics(topicsOfState).allTopicNames().get().values().stream()
        .flatMap(topic -> topic.partitions().stream().map(partition -> new TopicPartition(topic.name(), partition.partition()))).filter(which).toList();
    return Committed.count(brokers.client(), changelogs, PATIENCE);
  }

  // ---- what must be true ----

  /** The rest of the plates comes out, then a revision of each; every well ends once per revision. Ends the instances, the first one last. */
  void shouldEndExactlyOnce(ChildProcess survivor, ChildProcess... others) throws Exception {
    int wells = plates.size() * WELLS;
    int predicted = plates.size() * (WELLS - 1);
    untilEnded(wells, survivor);
    plates.forEach(FaultPlate::awaitPublished);
    until("importance over all wells", survivor, () -> results.importance != null && results.importance.getWells() == predicted && results.importanceAgrees());
    for (FaultPlate plate : plates) {
      plate.publishLateImage();
    }
    until("second revisions in the importance", survivor, () -> eachPlate(FaultPlate::isRevised) && results.importanceAgrees());
    until("final calls of the newest results", survivor, () -> eachPlate(FaultPlate::callsAgree));
    for (ChildProcess other : others) {
      other.shouldStopCleanly();
    }
    survivor.shouldStopCleanly();
    results.readToTheEnd(PATIENCE);

    assertThat(results.plates).hasSize(plates.size());
    plates.forEach(plate -> plate.shouldHaveEndedExactlyOnce(results.plate(plate.barcode())));
    assertThat(results.deadLetters).isZero();
    assertThat(results.alerts).allSatisfy((id, states) -> {
      for (int i = 0; i < states.size(); i++) {
        assertThat(states.get(i)).as("raised once before it is resolved once").isEqualTo(i % 2 == 0 ? AlertState.RAISED : AlertState.RESOLVED);
      }
    });
    assertThat(results.importance.getWells()).as("unchanged by the revisions").isEqualTo(predicted);
    assertThat(results.importance.getChannels()).hasSize(PLANES_PER_WELL)
        .allSatisfy(c -> assertThat(c.getImportance().getCount()).isEqualTo(predicted));
  }

  private boolean eachPlate(BiPredicate<FaultPlate, PlateResults> condition) {
    return plates.stream().allMatch(plate -> condition.test(plate, results.plate(plate.barcode())));
  }

  @Override
  public void close() {
    results.close();
    admin.close(Duration.ofSeconds(5));
  }
}
