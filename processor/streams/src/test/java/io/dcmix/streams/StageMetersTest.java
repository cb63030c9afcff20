package io.dcmix.streams;

import static io.dcmix.streams.TestLane.image;
import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.event.FailureReason;
import io.dcmix.streams.metrics.Meters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the well stage tells its meters, through the real topology. */
class StageMetersTest {
  private final TestLane lane = new TestLane();

  @AfterEach
  void close() {
    lane.close();
  }

  @Test
  void countsWellsWhileTheyArePendingAndTheirPredictionsWithTheTimeSinceTheLastImage() {
    lane.scorer.releaseAtOnce = false;
    lane.announce(List.of("B02", "B03"), 1);
    lane.publish(image("B02", 1, "DNA", 14));
    lane.publishSite("B03", 1, 12);
    assertThat(pending(lane)).isEqualTo(2);
    lane.pass(Duration.ofSeconds(3));

    lane.scorer.releaseAll();
    lane.moment();
    assertThat(pending(lane)).as("B02 waits for GFP").isEqualTo(1);
    assertThat(counter(Meters.PREDICTIONS)).isEqualTo(1);
    var latency = lane.meters.get(Meters.LATENCY.id()).timer();
    assertThat(latency.count()).isEqualTo(1);
    assertThat(latency.totalTime(TimeUnit.MILLISECONDS)).isBetween(3000.0, 3500.0);
  }

  @Test
  void countsCompleteSitesForWhichTheScorerHasNoRoom() {
    lane.scorer.releaseAtOnce = false;
    lane.scorer.room = 1;
    lane.publishSite("B02", 1, 14);
    lane.publishSite("B03", 1, 14);
    lane.publishSite("B04", 1, 14);
    assertThat(lane.meters.get(Meters.SITES_WAITING.id()).gauge().value()).isEqualTo(2);
  }

  @Test
  void countsFailuresByReasonAndScopeAndDeadLettersByKind() {
    lane.announce(List.of("B02"), 1);
    lane.publish(image("B02", 1, "DNA", 14).setWidth(3));
    lane.publish(image("B02", 1, "GFP", 7));
    lane.moment();
    assertThat(failures("site", FailureReason.WRONG_SIZE)).isEqualTo(1);
    assertThat(failures("well", FailureReason.NO_SITES)).isEqualTo(1);
    assertThat(failures("well", FailureReason.WRONG_SIZE)).isZero();

    lane.publishRaw("P/1/B02/0", new byte[] {1, 2, 3});
    lane.publishRaw(null, new byte[] {1});
    assertThat(deadLetters("unreadable")).isEqualTo(1);
    assertThat(deadLetters("no_key_or_value")).isEqualTo(1);
    assertThat(deadLetters("wrong_partition")).isZero();
    assertThat(counter(Meters.PREDICTIONS)).isZero();
  }

  @Test
  void forgetsTheWellsOfATaskThatLeaves() {
    TestLane leaving = new TestLane();
    leaving.publish(image("B02", 1, "DNA", 14));
    assertThat(pending(leaving)).isEqualTo(1);
    leaving.close();
    assertThat(pending(leaving)).isZero();
  }

  private static double pending(TestLane lane) {
    return lane.meters.get(Meters.WELLS_PENDING.id()).gauge().value();
  }

  private double counter(Meters meter) {
    return lane.meters.get(meter.id()).counter().count();
  }

  private double failures(String scope, FailureReason reason) {
    return lane.meters.get(Meters.FAILURES.id()).tags("scope", scope, "reason", reason.name().toLowerCase(java.util.Locale.ROOT)).counter().count();
  }

  private double deadLetters(String reason) {
    return lane.meters.get(Meters.DEAD_LETTERS.id()).tag("reason", reason).counter().count();
  }
}
