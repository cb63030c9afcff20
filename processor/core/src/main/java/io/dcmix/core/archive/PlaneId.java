package io.dcmix.core.archive;

import io.dcmix.schema.WellAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
  /** The order in which archives list their planes: well by well, timepoint, site, channel as here, focal plane. */
  public static Comparator<PlaneId> order(List<String> channels) {
    Map<String, Integer> rank = new HashMap<>();
    channels.forEach(channel -> rank.putIfAbsent(channel, rank.size()));
    return Comparator.comparing(PlaneId::well)
        .thenComparingInt(PlaneId::timepoint)
        .thenComparingInt(PlaneId::site)
        .thenComparingInt(id -> rank.getOrDefault(id.channel(), rank.size()))
        .thenComparingInt(PlaneId::z);
  }

  /** For people: {@code B02 site 1 channel DNA}, with timepoint and z where they are not 0. */
  @Override
  public String toString() {
    return well + " site " + site + " channel " + channel + (timepoint > 0 ? " timepoint " + timepoint : "") + (z > 0 ? " z " + z : "");
  }
}
