package io.dcmix.core.archive;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An archive that is ready to be read.
 *
 * @param archive the planes
 * @param map what is in the wells; null when the archive has no plate map
 * @param warnings what a person should know of it: refused and ignored files, wells without a map entry
 */
public record OpenedArchive(PlateArchive archive, @Nullable PlateMap map, List<String> warnings) {
  public OpenedArchive {
    warnings = List.copyOf(warnings);
  }
}
