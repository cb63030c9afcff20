package io.dcmix.core.archive;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One imaging run of one plate, read plane by plane. An implementation holds its index and never more than the plane that
 * is being read. Not thread-safe unless it says so.
 */
public interface PlateArchive {
  /** Plate and acquisition. */
  PlateKey key();

  PlateFormat format();

  /** Name of the microscope, where known. */
  @Nullable String instrument();

  /** Channel names, in the archive's order. */
  List<String> channels();

  /** The planes that are there, well by well, site by site, in the archive's order of channels. */
  List<PlaneId> planes();

  /** The planes that should be there and are not. */
  List<AbsentPlane> absent();

  /**
   * Reads one plane.
   *
   * @throws IOException if it cannot be read; the message names the file
   */
  ArchivePlane read(PlaneId id) throws IOException;

  /** The file that holds a plane's payload and nothing else, so that events may refer to it; null if there is none. */
  default @Nullable Path file(PlaneId id) {
    return null;
  }
}
