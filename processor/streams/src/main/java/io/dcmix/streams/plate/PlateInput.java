package io.dcmix.streams.plate;

import io.dcmix.schema.event.PlateLayout;
import io.dcmix.schema.state.PlateRow;
import org.jspecify.annotations.Nullable;

/** What comes to the plate stage, keyed by plate. */
public sealed interface PlateInput {
  /** The result of a well, or that it has none. */
  record Row(PlateRow row) implements PlateInput {}

  /**
   * What is in the plate's wells, from now on.
   *
   * @param layout null: nobody knows any more
   */
  record Layout(@Nullable PlateLayout layout) implements PlateInput {}
}
