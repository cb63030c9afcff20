package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.WellPrediction;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a running processor still knows of a plate whose announcement and results were taken back ('dcmix lane forget'). */
class ForgottenPlateTest {
  @Test
  void aFinishedPlateIsNotSpokenOfAgainUntilSomethingComesOfIt() {
    try (TestLane lane = new TestLane()) {
      lane.announce(AcquisitionStatus.FINISHED, List.of("A01"), 1);
      lane.publishSite("A01", 1, 20);
      lane.pass(Duration.ofSeconds(30));
      assertThat(lane.predictions()).hasSize(1);
      assertThat(lane.plateQuality()).isNotEmpty();
      lane.hitCalls();
      lane.alerts();
      lane.importance();

      lane.takeBack(new PlateKey("P", "1"));
      lane.pass(Duration.ofMinutes(30));
      assertThat(lane.predictions()).isEmpty();
      assertThat(lane.failures()).isEmpty();
      assertThat(lane.plateQuality()).isEmpty();
      assertThat(lane.hitCalls()).isEmpty();
      assertThat(lane.alerts()).isEmpty();

      lane.publishSite("A01", 2, 20);
      lane.pass(TestLane.DEADLINE.plusSeconds(30));
      assertThat(lane.predictions()).as("a late image brings the well back, under its next revision")
          .singleElement().extracting(WellPrediction::getRevision).isEqualTo(2);
    }
  }
}
