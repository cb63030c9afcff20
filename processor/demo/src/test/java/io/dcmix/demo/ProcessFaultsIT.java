package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.demo.FaultPlate.Poison;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.streams.GroupProtocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code dcmix run} as processes that are frozen, joined, left and robbed of their state in the middle of a plate with a poison well in it. */
class ProcessFaultsIT {
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

  private static FaultLane lane(String name, GroupProtocol protocol) throws Exception {
    return new FaultLane(folder, broker, name + "-" + protocol.name().toLowerCase(Locale.ROOT), protocol, Poison.CORRUPT);
  }

  @ParameterizedTest
  @EnumSource
  void shouldPredictEachWellOnceWhenAnotherInstanceJoinsAndLeaves(GroupProtocol protocol) throws Exception {
    try (FaultLane lane = lane("joined", protocol)) {
      lane.publishUpTo(30 * FaultLane.PLANES_PER_WELL + 2);
      try (ChildProcess first = lane.run("first")) {
        lane.untilEnded(20, first);
        try (ChildProcess guest = lane.run("guest")) {
          lane.untilSharedBy(2, guest);
          lane.publishUpTo(70 * FaultLane.PLANES_PER_WELL + 3);
          lane.untilEnded(50, guest);
          guest.shouldStopCleanly();
        }
        lane.publishAll();
        lane.shouldEndExactlyOnce(first);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldPredictEachWellOnceWhenAnInstanceIsFrozenPastItsSessionAndWoken(GroupProtocol protocol) throws Exception {
    try (FaultLane lane = lane("frozen", protocol)) {
      lane.publishUpTo(50 * FaultLane.PLANES_PER_WELL + 2);
      try (ChildProcess zombie = lane.run("zombie")) {
        lane.untilEnded(25, zombie);
        zombie.freeze();
        try (ChildProcess heir = lane.run("heir")) {
          lane.publishAll();
          lane.untilEnded(FaultLane.WELLS, heir);
          zombie.thaw();
          lane.untilSharedBy(2, zombie);
          lane.shouldEndExactlyOnce(heir, zombie);
        }
      }
    }
  }

  @Test
  void shouldGoOnWhereItWasWhenTheStateFolderIsGone() throws Exception {
    try (FaultLane lane = lane("wiped", GroupProtocol.CLASSIC)) {
      lane.publishUpTo(60 * FaultLane.PLANES_PER_WELL + 3);
      try (ChildProcess first = lane.run("only")) {
        lane.untilEnded(50, first);
        first.killNow();
      }
      delete(lane.state("only"));
      long state = lane.stateRecords(changelog -> true);
      try (ChildProcess second = lane.run("only")) {
        String page = second.page(FaultLane.PATIENCE);
        lane.until("tasks", second, () -> Scrape.of(page).sum("dcmix_ready") == 1 && Scrape.of(page).sum("dcmix_tasks") > 0);
        assertThat(Scrape.of(page).sum("dcmix_restored_records_total")).as("records read, there being no copy of the state").isEqualTo((double) state);
        lane.publishAll();
        lane.shouldEndExactlyOnce(second);
      }
    }
  }

  private static void delete(Path state) throws IOException {
    try (Stream<Path> files = Files.walk(state)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> {
        try {
          Files.delete(file);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    }
    assertThat(state).doesNotExist();
  }
}
