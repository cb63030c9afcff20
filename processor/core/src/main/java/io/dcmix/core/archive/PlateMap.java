package io.dcmix.core.archive;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is in the wells of a plate.
 *
 * @param format the plate
 * @param wells the wells that the map describes, by address; a well that is not here is unmapped
 * @param source where the map comes from, for messages
 */
public record PlateMap(PlateFormat format, Map<WellAddress, Content> wells, String source) {
  public PlateMap {
    wells = Map.copyOf(wells);
  }

  /**
   * What is in one well.
   *
   * @param role what the well is for
   * @param treatment compound, siRNA or other perturbation
   * @param concentration in {@code unit}
   * @param unit unit of the concentration
   */
  public record Content(WellRole role, @Nullable String treatment, @Nullable Double concentration, @Nullable String unit) {}
}
