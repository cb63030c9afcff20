package io.dcmix.core.archive;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A plane that an archive holds.
 *
 * @param acquiredAt when the microscope took it; null where that cannot be known for sure
 * @param acquiredAtText the time as the archive writes it, where it names no zone; else null
 */
public record IndexedPlane(PlaneId id, PlaneLocation location, @Nullable Instant acquiredAt, @Nullable String acquiredAtText) {
  /** The archive tells no time. */
  public IndexedPlane(PlaneId id, PlaneLocation location) {
    this(id, location, null, null);
  }
}
