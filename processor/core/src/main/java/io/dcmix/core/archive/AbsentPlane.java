package io.dcmix.core.archive;

import io.dcmix.schema.event.Absence;

/**
 * A plane that belongs to the plate's grid and that the archive does not hold.
 *
 * @param id which plane
 * @param reason why, in words: {@code file Channel1-05-A-05.tif is missing}
 * @param kind what that means: only what was promised is missed
 */
public record AbsentPlane(PlaneId id, String reason, Absence kind) {
  /** A plane that the archive promises and that is not there. */
  public AbsentPlane(PlaneId id, String reason) {
    this(id, reason, Absence.MISSING);
  }
}
