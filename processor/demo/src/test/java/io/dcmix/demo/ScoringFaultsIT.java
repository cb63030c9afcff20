package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.demo.FaultPlate.Poison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.apache.kafka.streams.GroupProtocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults behind the stream thread: a model that is slow, refuses a site or fails, in processes that the test can freeze. */
class ScoringFaultsIT {
  private static final int POOL = 64;

  /** Wells whose images are all there and which have no result: fewer than the scorer takes at once. */
  private static final int PENDING = 3;

  @TempDir static Path folder;
  private static BrokerProcess broker;

  @BeforeAll
  static void start() throws Exception {
    broker = BrokerProcess.start(folder);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  /**
   * The instance that is frozen took over wells whose images another had consumed, so its transactions carry no offset of its
   * own by which the broker could tell that it was put out of the group meanwhile.
   */
  @ParameterizedTest
  @EnumSource
  void shouldFenceAnInstanceThatWasFrozenAfterTheLastImage(GroupProtocol protocol) throws Exception {
    try (FaultLane lane = new FaultLane(folder, broker, "last-" + protocol.name().toLowerCase(Locale.ROOT), protocol, Poison.REFUSED)) {
      Path shut = Files.createFile(lane.switches("zombie").resolve(FaultyProcessor.SHUT));
      lane.publishUpTo((FaultLane.WELLS - PENDING) * FaultLane.PLANES_PER_WELL);
      try (ChildProcess first = lane.runFaulty("first", POOL)) {
        lane.untilEnded(FaultLane.WELLS - PENDING, first);
        lane.until("importance of what is there", first, lane.results()::importanceAgrees);
        Files.createFile(lane.switches("first").resolve(FaultyProcessor.SHUT));
        lane.publishAll();
        lane.untilTakenIn(FaultLane.PLANES, first);
        first.killNow();
      }
      try (ChildProcess zombie = lane.runFaulty("zombie", POOL)) {
        lane.until("site in the model", zombie, () -> zombie.output().contains(FaultyProcessor.SCORING));
        zombie.freeze();
        assertThat(lane.results().ended()).as("the last wells are pending").isEqualTo(FaultLane.WELLS - PENDING);
        try (ChildProcess heir = lane.runFaulty("heir", POOL)) {
          lane.untilEnded(FaultLane.WELLS, heir);
          Files.delete(shut);
          zombie.thaw();
          lane.untilSharedBy(2, zombie);
          lane.shouldEndExactlyOnce(heir, zombie);
        }
      }
    }
  }

  @Test
  void shouldFailTheSiteThatTheModelRefusesWhenTheQueueIsFullAndNoOther() throws Exception {
    try (FaultLane lane = new FaultLane(folder, broker, "full", GroupProtocol.CLASSIC, Poison.REFUSED)) {
      Path shut = Files.createFile(lane.switches("only").resolve(FaultyProcessor.SHUT));
      lane.publishAll();
      try (ChildProcess only = lane.runFaulty("only", 2)) {
        // Room for two sites, and no answer: images are taken in all the same, slowly, and their sites wait in the store.
        lane.untilTakenIn(8 * FaultLane.PLANES_PER_WELL, only);
        assertThat(only.output()).contains(FaultyProcessor.SCORING);
        Files.delete(shut);
        lane.shouldEndExactlyOnce(only);
      }
    }
  }

  @Test
  void shouldEndWithAFailureAndPublishNothingWhenTheDeviceIsSickSoThatAnotherTakesOver() throws Exception {
    try (FaultLane lane = new FaultLane(folder, broker, "sick", GroupProtocol.CLASSIC, Poison.REFUSED)) {
      lane.publishUpTo(40 * FaultLane.PLANES_PER_WELL + 2);
      try (ChildProcess sick = lane.runFaulty("sick", POOL)) {
        lane.untilEnded(20, sick);
        Files.createFile(lane.switches("sick").resolve(FaultyProcessor.SICK));
        lane.publishUpTo(60 * FaultLane.PLANES_PER_WELL + 2);
        assertThat(sick.exitCode(Duration.ofSeconds(60))).as(sick.output()).isEqualTo(1);
        assertThat(sick.output()).contains("fails on a blank site too");
      }
      try (ChildProcess heir = lane.runFaulty("heir", POOL)) {
        lane.publishAll();
        lane.shouldEndExactlyOnce(heir);
      }
    }
  }
}
