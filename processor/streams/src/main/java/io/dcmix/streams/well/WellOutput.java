package io.dcmix.streams.well;

import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import org.jspecify.annotations.Nullable;

/** What the well stage forwards: predictions, failures and dead letters are three streams out of one transaction. */
public sealed interface WellOutput {
  /** The result of a well. */
  record Predicted(WellPrediction prediction) implements WellOutput {}

  /** Why a well or a site has none. */
  record Failed(WellFailure failure) implements WellOutput {}

  /**
   * A record that could not be read, as it came; the reason is in the headers.
   *
   * @param value the original bytes
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Dead(byte @Nullable [] value) implements WellOutput {}
}
