package io.dcmix.streams.well;

import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.WellFailure;
import io.dcmix.schema.event.WellPrediction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the well stage forwards: predictions, failures and dead letters are three streams out of one transaction. */
public sealed interface WellOutput {
  /**
   * The result of a well.
   *
   * @param weights of the model that made it: how much each channel is worth in its blend, in the order of channels; they sum to 1
   * @param refused what was wrong with images that were refused, by channel; the result does not rest on them
   */
  record Predicted(WellPrediction prediction, List<Double> weights, Map<String, FailureReason> refused) implements WellOutput {}

  /**
   * Why a well or a site has none.
   *
   * @param refused of a well: what was wrong with images that were refused, by channel
   */
  record Failed(WellFailure failure, Map<String, FailureReason> refused) implements WellOutput {
    /** No image was refused for what it shows. */
    public Failed(WellFailure failure) {
      this(failure, Map.of());
    }
  }

  /**
   * A record that could not be read, as it came; the reason is in the headers.
   *
   * @param value the original bytes
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Dead(byte @Nullable [] value) implements WellOutput {}
}
