package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.demo.FaultPlate.Poison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.GroupProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers with three copies of everything, two of them in sync, and three instances, each with a copy of what the others hold. One
 * instance is killed, one added, one drained, and the broker that coordinates them is killed and comes back, while plates go through.
 */
class ClusterIT {
  /** Wells of a plate that are under way when something happens to an instance. */
  private static final int FEW = 10;

  /** Of what an instance would have to read without a copy of the state, the share that it may have to read with one. */
  private static final double LITTLE = 0.2;

  /** The state of the wells has the partitions of the images. */
  private static final String WELL_STATE = "-well-state-changelog";

  @TempDir Path folder;

  @Test
  void shouldEndEachWellOnceWhileInstancesAreKilledAddedAndDrainedAndABrokerDies() throws Exception {
    try (BrokerCluster brokers = BrokerCluster.start(folder, 3);
        FaultLane lane = new FaultLane(folder, brokers, "cluster", GroupProtocol.CLASSIC, Poison.CORRUPT, Poison.CORRUPT, Poison.CORRUPT);
        Instance first = Instance.start(lane, "first");
        Instance second = Instance.start(lane, "second");
        Instance third = Instance.start(lane, "third")) {
      lane.untilSharedBy(3, first.process());

      lane.plate(0).publishAll();
      lane.untilEnded(FaultLane.WELLS, first.process());
      for (Instance instance : List.of(first, second, third)) {
        assertThat(instance.partitions()).as("work of " + instance.name()).isNotEmpty();
        assertThat(instance.meter("dcmix_predictions_total")).as("predictions of " + instance.name()).isPositive();
      }

      untilCopied(lane, first, second, third);
      lane.plate(1).publishUpTo(FEW * FaultLane.PLANES_PER_WELL + 2);
      lane.untilEnded(FaultLane.WELLS + FEW / 2, first.process());
      Takeover ofKilled = Takeover.of(third, first, second);
      third.process().killNow();
      lane.plate(1).publishAll();
      try (Instance fourth = Instance.start(lane, "fourth")) {
        lane.untilEnded(2 * FaultLane.WELLS, first.process());
        ofKilled.shouldHaveUsedTheCopies();

        untilCopied(lane, second, fourth);
        lane.plate(2).publishUpTo(FEW * FaultLane.PLANES_PER_WELL + 2);
        lane.untilEnded(2 * FaultLane.WELLS + FEW / 2, second.process());
        Takeover ofDrained = Takeover.of(first, second, fourth);
        first.process().shouldStopCleanly();
        assertThat(lane.members()).as("who is drained leaves the group and does not wait for the end of its session").doesNotContainKey(first.client());
        lane.plate(2).publishUpTo(FaultLane.PLANES / 2 + 3);
        lane.untilEnded(2 * FaultLane.WELLS + FaultLane.WELLS / 3, second.process());
        lane.until("predictions of the added instance", fourth.process(), () -> fourth.meter("dcmix_predictions_total") > 0);
        ofDrained.shouldHaveUsedTheCopies();

        int victim = lane.coordinator();
        assertThat(partitions(lane.admin())).as("partitions that the victim leads").anyMatch(partition -> partition.leader().id() == victim);
        brokers.broker(victim).killNow();
        lane.plate(2).publishAll();
        lane.untilEnded(3 * FaultLane.WELLS, second.process());
        brokers.broker(victim).startAgain();
        lane.until("three copies in sync of every partition", second.process(), () -> partitions(lane.admin()).stream().allMatch(p -> p.isr().size() == 3));
        lane.shouldEndExactlyOnce(second.process(), fourth.process());
      }
      assertThat(partitions(lane.admin())).allSatisfy(partition -> assertThat(partition.replicas()).hasSize(3));
      assertThat(settings(lane.admin(), TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)).containsOnly("2");
    }
  }

  /** An instance of the lane whose clients bear its name. */
  private record Instance(FaultLane lane, String name, ChildProcess process) implements AutoCloseable {
    static Instance start(FaultLane lane, String name) throws IOException {
      // By default, reading 10,000 records counts as nothing, which here is more than there is, and an instance that is added copies
      // the state of two tasks every ten minutes. With fewer copies than others Kafka Streams (4.3.1) may take all of an instance's away
      // and give it new ones, on which its thread would end (KAFKA-20731).
      return new Instance(lane, name, lane.run(
          name, "standby-replicas: 2", "kafka:", "  acceptable.recovery.lag: 100", "  max.warmup.replicas: 20", "  client.id: " + name));
    }

    String client() {
      return name + "-StreamThread-1-consumer";
    }

    Set<Integer> partitions() throws ExecutionException, InterruptedException {
      return lane.members().getOrDefault(client(), Set.of());
    }

    double meter(String name) {
      return Scrape.of(process.page(FaultLane.PATIENCE)).sum(name);
    }

    @Override
    public void close() {
      process.close();
    }
  }

  private static void untilCopied(FaultLane lane, Instance... instances) {
    for (Instance instance : instances) {
      lane.until("complete copies of others' state at " + instance.name(), instance.process(),
          () -> instance.meter("dcmix_standby_tasks") > 0 && instance.meter("dcmix_standby_lag_records") == 0);
    }
  }

  /**
   * What others must read when they take over an instance's work.
   *
   * @param whole records of the state of its wells
   * @param before records that the heirs had read before
   */
  private record Takeover(String from, List<Instance> heirs, long whole, double before) {
    static Takeover of(Instance from, Instance... heirs) throws ExecutionException, InterruptedException {
      Set<Integer> partitions = from.partitions();
      long whole = from.lane().stateRecords(changelog -> changelog.topic().endsWith(WELL_STATE) && partitions.contains(changelog.partition()));
      assertThat(whole).as("records of the state of " + from.name()).isGreaterThan(200);
      return new Takeover(from.name(), List.of(heirs), whole, read(List.of(heirs)));
    }

    void shouldHaveUsedTheCopies() {
      assertThat(read(heirs) - before).as("records read to take over %s, whose state has %d", from, whole).isLessThan(LITTLE * whole);
    }

    private static double read(List<Instance> instances) {
      return instances.stream().mapToDouble(instance -> instance.meter("dcmix_restored_records_total")).sum();
    }
  }

  /** Of all topics, Kafka's own and ours. */
  private static List<TopicPartitionInfo> partitions(Admin admin) {
    try {
      return admin.describeTopics(topics(admin)).allTopicNames().get().values().stream().flatMap(topic -> topic.partitions().stream()).toList();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The values that a setting has on any topic. */
  private static Set<String> settings(Admin admin, String setting) throws ExecutionException, InterruptedException {
    List<ConfigResource> resources = topics(admin).stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    return admin.describeConfigs(resources).all().get().values().stream().map(config -> config.get(setting).value()).collect(Collectors.toSet());
  }

  private static Set<String> topics(Admin admin) throws ExecutionException, InterruptedException {
    return admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
  }
}
