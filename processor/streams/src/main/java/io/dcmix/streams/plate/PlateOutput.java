package io.dcmix.streams.plate;

import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.state.ImportancePartial;

/** What the plate stage forwards. */
public sealed interface PlateOutput {
  /** The importance over one plate, for people. */
  record OfPlate(ChannelImportance importance) implements PlateOutput {}

  /** What the plate adds to a scope that spans plates, for the rolling stage. */
  record ForScope(ImportancePartial partial) implements PlateOutput {}
}
