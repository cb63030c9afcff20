package io.dcmix.demo;

import io.dcmix.demo.FaultPlate.Poison;
import java.nio.file.Path;
import org.apache.kafka.streams.GroupProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kill -9 of the broker in the middle of a plate, while processor and publisher live on. */
class BrokerRestartIT {
  @TempDir Path folder;

  @Test
  void shouldPredictEachWellOnceWhenTheBrokerIsKilledAndStartedAgain() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start(folder);
        FaultLane lane = new FaultLane(folder, broker, "restart", GroupProtocol.CLASSIC, Poison.CORRUPT);
        ChildProcess processor = lane.run("only")) {
      lane.publishUpTo(60 * FaultLane.PLANES_PER_WELL + 3);
      lane.untilEnded(30, processor);
      broker.restart();
      lane.publishAll();
      lane.shouldEndExactlyOnce(processor);
    }
  }
}
