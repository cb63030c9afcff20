package io.dcmix.demo;

import io.dcmix.demo.FaultPlate.Poison;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.apache.kafka.streams.GroupProtocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code dcmix run} as a process that is killed (-9) again and again in the middle of a plate with a poison well in it. */
class ProcessorKillsIT {
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

  /** A moment is a number of results: so many are out, and the images of a few more wells, the last of them in part. */
  @ParameterizedTest
  @CsvSource({"CLASSIC, 10", "STREAMS, 3"})
  void shouldPredictEachWellOnceWhenTheProcessorIsKilledAtRandomMoments(GroupProtocol protocol, int kills) throws Exception {
    long seed = System.nanoTime();
    System.out.println("Moments of the kills are drawn from seed " + seed);
    Random random = new Random(seed);
    int[] moments = random.ints(1, FaultLane.WELLS - 1).distinct().limit(kills).sorted().toArray();
    try (FaultLane lane = new FaultLane(folder, broker, "killed-" + protocol.name().toLowerCase(Locale.ROOT), protocol, Poison.CORRUPT)) {
      for (int moment : moments) {
        lane.publishUpTo(moment * FaultLane.PLANES_PER_WELL + 1 + random.nextInt(5 * FaultLane.PLANES_PER_WELL));
        try (ChildProcess killed = lane.run("only")) {
          lane.untilEnded(moment, killed);
          killed.killNow();
        }
      }
      lane.publishAll();
      try (ChildProcess last = lane.run("only")) {
        lane.shouldEndExactlyOnce(last);
      }
    } catch (AssertionError e) {
      throw new AssertionError("With seed " + seed + ": " + e.getMessage(), e);
    }
  }
}
