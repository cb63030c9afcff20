package io.dcmix.app.publish;

import io.dcmix.schema.event.AcquisitionStatus;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a plate that is followed has ended. An index that grows agrees with the disk again and again before it is done, so
 * that everything is there is not enough: it must have been quiet, too. Pure.
 *
 * @param finishAfter silence after which a plate is finished; null takes a default that depends on what is known of it
 * @param abandonAfter silence after which one that lacks planes is aborted; zero never does that
 */
record Ending(@Nullable Duration finishAfter, Duration abandonAfter) {
  private static final Duration PROMISED = Duration.ofMinutes(1);
  private static final Duration UNPROMISED = Duration.ofMinutes(10);

  /**
   * What is known of a plate now.
   *
   * @param resting whether no file is on its way, and the share is there
   * @param done whether the microscope said that nothing more comes
   * @param promised whether an index or a plate map says what comes
   * @param finishedBefore whether it was finished before this publisher began, and nothing has come since
   * @param left number of planes that are expected and not published
   * @param quiet since something came or became known
   */
  record State(boolean resting, boolean done, boolean promised, boolean finishedBefore, int left, Duration quiet) {}

  /** Finished, aborted, or neither yet. */
  Optional<AcquisitionStatus> of(State plate) {
    if (!plate.resting) {
      return Optional.empty();
    }
    if (plate.done || (plate.left == 0 && plate.finishedBefore)) {
      return Optional.of(AcquisitionStatus.FINISHED);
    }
    if (plate.left == 0 || !plate.promised) {
      Duration silence = finishAfter != null ? finishAfter : plate.promised ? PROMISED : UNPROMISED;
      return plate.quiet.compareTo(silence) >= 0 ? Optional.of(AcquisitionStatus.FINISHED) : Optional.empty();
    }
    return isAbandoned(plate.quiet) ? Optional.of(AcquisitionStatus.ABORTED) : Optional.empty();
  }

  /** Whether nobody waits any longer. */
  boolean isAbandoned(Duration quiet) {
    return !abandonAfter.isZero() && quiet.compareTo(abandonAfter) >= 0;
  }
}
