package io.dcmix.core.archive;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One imaging run of one plate, as an archive's index has it.
 *
 * @param key plate and acquisition
 * @param instrument name of the microscope, where known
 * @param channels names in the archive's order
 * @param planes those that are there: well by well, timepoint, site, channel in the archive's order, focal plane
 * @param absent those that were promised and are not
 * @param map what is in the wells, where the archive says; else null
 */
public record PlateIndex(
    PlateKey key, PlateFormat format, @Nullable String instrument, List<String> channels, List<IndexedPlane> planes, List<AbsentPlane> absent,
    @Nullable PlateMap map) {
  public PlateIndex {
    channels = List.copyOf(channels);
    planes = List.copyOf(planes);
    absent = List.copyOf(absent);
  }
}
