package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;

/**
 * All planes that an acquisition announces: each channel, timepoint and focal plane of each site. What of it is not there must
 * be told, for else it is waited for.
 *
 * @param sites of each well
 */
record WholeGrid(
    Map<WellAddress, ? extends Collection<Integer>> sites, Collection<String> channels, Collection<Integer> timepoints, Collection<Integer> zs) {
  private static final long MAX_PLANES = 5_000_000;

  /** Why a plane is not there. */
  record Gone(Absence kind, String reason) {}

  /** Makes every plane of the grid that the plate does not know absent. Of a grid of more than five million planes nothing is told but that. */
  void complete(PlateBuilder plate, String place, Findings findings, Function<PlaneId, Gone> why) {
    long places = sites.values().stream().mapToLong(Collection::size).sum();
    if (places * channels.size() * Math.multiplyFull(timepoints.size(), zs.size()) > MAX_PLANES) {
      findings.warning("%s: what is missing is not listed: %d sites x %d channels x %d timepoints x %d focal planes are more than %d planes".formatted(
          place, places, channels.size(), timepoints.size(), zs.size(), MAX_PLANES));
      return;
    }
    sites.forEach((well, own) -> own.forEach(site -> channels.forEach(channel -> timepoints.forEach(t -> zs.forEach(z -> {
      PlaneId id = new PlaneId(well, site, channel, t, z);
      if (!plate.knows(id)) {
        Gone gone = why.apply(id);
        plate.absent(id, gone.reason, gone.kind);
      }
    })))));
  }
}
