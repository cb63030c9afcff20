package io.dcmix.core.archive;

/**
 * A plane that the archive promises and does not hold.
 *
 * @param id which plane
 * @param reason why, in words: {@code file Channel1-05-A-05.tif is missing}
 */
public record AbsentPlane(PlaneId id, String reason) {}
