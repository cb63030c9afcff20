package io.dcmix.core.wells;

import io.dcmix.schema.WellKey;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which planes make a site, by the announcement and the policy. Pure.
 *
 * @param policy which focal planes count
 * @param manifest what was announced; null if nothing was
 * @param well the well
 * @param site number of the site
 * @param ended whether nothing more is waited for, so that without an announcement what came is what there is
 */
public record SitePlan(FocalPolicy policy, @Nullable Manifest manifest, WellKey well, int site, boolean ended) {

  /**
   * The focal planes that make the image of a channel, ascending.
   *
   * @param came what came of the site: by channel, by focal plane
   * @return null if that is not known yet; empty if the microscope does not take what is wanted
   */
  public <T> @Nullable List<Integer> focalPlanes(String channel, Map<String, SortedMap<Integer, T>> came) {
    SortedMap<Integer, T> here = came.get(channel);
    if (manifest == null) {
      return unannounced(here, came);
    }
    SortedSet<Integer> acquired = manifest.acquired(well.well(), site, well.timepoint(), channel);
    if (here == null || acquired.containsAll(here.headMap(manifest.zPlanes()).keySet())) {
      return policy.choose(acquired);
    }
    // What came was acquired, whatever the announcement says; beyond its focal planes it is not waited for, so it cannot count.
    SortedSet<Integer> all = new TreeSet<>(acquired);
    all.addAll(here.headMap(manifest.zPlanes()).keySet());
    return policy.choose(all);
  }

  private <T> @Nullable List<Integer> unannounced(@Nullable SortedMap<Integer, T> here, Map<String, SortedMap<Integer, T>> came) {
    if (ended && here != null && !here.isEmpty()) {
      SortedSet<Integer> all = new TreeSet<>();
      came.values().forEach(planes -> all.addAll(planes.keySet()));
      // One focal plane of all channels, or those of each; never different ones by accident.
      if (policy.projection() || all.size() == 1) {
        return List.copyOf(here.keySet());
      }
    }
    return policy.projection() ? null : List.of(policy.plane());
  }

  /** Why a plane will never come; null if it may. */
  Manifest.@Nullable Absent absence(String channel, int z) {
    return manifest == null ? null : manifest.absence(well.well(), site, well.timepoint(), channel, z);
  }
}
