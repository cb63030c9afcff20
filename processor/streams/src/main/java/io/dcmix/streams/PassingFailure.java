package io.dcmix.streams;

import io.dcmix.core.scoring.SiteScorer.DeviceSickException;
import io.dcmix.streams.wire.RegistryUnavailableException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.jspecify.annotations.Nullable;

/** Failures of a stream thread after which another can begin at the last commit in the same process. */
final class PassingFailure {
  private PassingFailure() {}

  /**
   * Why it passes; null if it does not.
   *
   * <p>A transaction whose coordinator dies between its commit and the answer is in a state that the producer does not expect, and Kafka
   * Streams (4.3.1) takes that for fatal. Whether it was committed the broker knows, and the offsets in it say where to begin.
   */
  static @Nullable String reason(Throwable failure) {
    for (Throwable c = failure; c != null && !(c instanceof DeviceSickException); c = c.getCause()) {
      if (c instanceof RegistryUnavailableException) {
        return "The schema registry does not answer";
      }
      if (c instanceof InvalidTxnStateException) {
        return "What became of a transaction is not known here, as when the broker that coordinates it dies";
      }
    }
    return null;
  }
}
