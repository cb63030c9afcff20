package io.dcmix.streams.plate;

import io.dcmix.schema.event.Alert;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.HitCall;
import io.dcmix.schema.event.PlateQuality;
import io.dcmix.schema.state.ImportancePartial;
import org.jspecify.annotations.Nullable;

/** What the plate stage forwards. */
public sealed interface PlateOutput {
  /**
   * The importance over one plate, for people.
   *
   * @param importance null: no well of the plate counts any more
   */
  record OfPlate(@Nullable ChannelImportance importance) implements PlateOutput {}

  /** What the plate adds to a scope that spans plates, for the rolling stage. */
  record ForScope(ImportancePartial partial) implements PlateOutput {}

  /**
   * The call of a well.
   *
   * @param call null: the well has no result any more
   */
  record Called(@Nullable HitCall call) implements PlateOutput {}

  /** Whether a timepoint of the plate can be trusted. */
  record Judged(PlateQuality quality) implements PlateOutput {}

  /** What needs a person. */
  record Alerted(Alert alert) implements PlateOutput {}
}
