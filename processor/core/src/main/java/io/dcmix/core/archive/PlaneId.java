package io.dcmix.core.archive;

import io.dcmix.schema.WellAddress;

/**
 * Which plane of an acquisition.
 *
 * @param well where on the plate
 * @param site site number as the instrument counts
 * @param channel channel name
 * @param timepoint 0-based
 * @param z focal plane, 0-based
 */
public record PlaneId(WellAddress well, int site, String channel, int timepoint, int z) {
  /** For people: {@code B02 site 1 channel DNA}, with timepoint and z where they are not 0. */
  @Override
  public String toString() {
    return well + " site " + site + " channel " + channel + (timepoint > 0 ? " timepoint " + timepoint : "") + (z > 0 ? " z " + z : "");
  }
}
