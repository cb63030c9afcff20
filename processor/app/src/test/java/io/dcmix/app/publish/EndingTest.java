package io.dcmix.app.publish;

import static io.dcmix.schema.event.AcquisitionStatus.ABORTED;
import static io.dcmix.schema.event.AcquisitionStatus.FINISHED;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EndingTest {
  private static final Ending DEFAULT = new Ending(null, Duration.ofMinutes(30));

  @Test
  void aPlateIsFinishedWhenAllThatIsPromisedIsOutAndItHasBeenQuiet() {
    assertThat(DEFAULT.of(promised(0, 59))).isEmpty();
    assertThat(DEFAULT.of(promised(0, 60))).contains(FINISHED);
    assertThat(new Ending(Duration.ZERO, Duration.ofMinutes(30)).of(promised(0, 0))).contains(FINISHED);
  }

  @Test
  void aPlateOfWhichOnlyTheFilesTellIsFinishedAfterALongerSilenceThoughItHasGaps() {
    assertThat(DEFAULT.of(new Ending.State(true, false, false, false, 3, Duration.ofMinutes(9)))).isEmpty();
    assertThat(DEFAULT.of(new Ending.State(true, false, false, false, 3, Duration.ofMinutes(10)))).contains(FINISHED);
  }

  @Test
  void aPlateThatLacksWhatWasPromisedIsAbortedAfterThePatience() {
    assertThat(DEFAULT.of(promised(1, 29 * 60))).isEmpty();
    assertThat(DEFAULT.of(promised(1, 30 * 60))).contains(ABORTED);
    assertThat(new Ending(null, Duration.ZERO).of(promised(1, 1_000_000))).as("0 is never").isEmpty();
  }

  @Test
  void theDoneFileEndsAPlateAtOnceButNotWhileFilesAreOnTheirWay() {
    assertThat(DEFAULT.of(new Ending.State(true, true, true, false, 5, Duration.ZERO))).contains(FINISHED);
    assertThat(DEFAULT.of(new Ending.State(false, true, true, false, 0, Duration.ofHours(1)))).isEmpty();
  }

  @Test
  void aPlateThatWasFinishedBeforeIsNotWaitedFor() {
    assertThat(DEFAULT.of(new Ending.State(true, false, true, true, 0, Duration.ZERO))).contains(FINISHED);
    assertThat(DEFAULT.of(new Ending.State(true, false, true, true, 2, Duration.ZERO))).isEmpty();
  }

  private static Ending.State promised(int left, long quietSeconds) {
    return new Ending.State(true, false, true, false, left, Duration.ofSeconds(quietSeconds));
  }
}
