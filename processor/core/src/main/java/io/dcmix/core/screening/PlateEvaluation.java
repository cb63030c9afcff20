package io.dcmix.core.screening;

import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import java.util.List;

/**
 * What is said of one timepoint of a plate's acquisition.
 *
 * @param quality whether it can be trusted
 * @param calls one for each well with a result, in the order of the rows
 */
public record PlateEvaluation(PlateQuality quality, List<HitCall> calls) {
  public PlateEvaluation {
    calls = List.copyOf(calls);
  }
}
