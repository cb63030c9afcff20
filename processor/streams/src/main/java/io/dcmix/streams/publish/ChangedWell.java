package io.dcmix.streams.publish;

import io.dcmix.schema.WellKey;

/**
 * A well whose planes are not those that were published. Nothing of it is published again.
 *
 * @param before number of planes that were published
 * @param now number of planes that can be read now
 */
public record ChangedWell(WellKey well, int before, int now) {
  @Override
  public String toString() {
    String where = well.well() + (well.timepoint() == 0 ? "" : " timepoint " + well.timepoint());
    return before == now ? "%s: other images than the %d published".formatted(where, before) : "%s: %d planes, %d were published".formatted(where, now, before);
  }
}
