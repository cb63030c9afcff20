package io.dcmix.core.wells;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.AbsentPlane;
import io.dcmix.schema.event.Acquisition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What an acquisition announced, in the form in which the well stage asks for it. Immutable. */
public final class Manifest {
  private record Site(String well, int site, int timepoint) {}

  private final Set<String> wells;
  private final SortedSet<Integer> sites;
  private final Map<String, SortedSet<Integer>> wellSites = new HashMap<>();
  private final List<String> channels;
  private final Map<Site, Set<String>> absent = new HashMap<>();

  private Manifest(Acquisition acquisition) {
    wells = Set.copyOf(acquisition.getWells());
    sites = Collections.unmodifiableSortedSet(new TreeSet<>(acquisition.getSites()));
    acquisition.getWellSites().forEach((well, own) -> wellSites.put(well, Collections.unmodifiableSortedSet(new TreeSet<>(own))));
    channels = List.copyOf(acquisition.getChannels());
    for (AbsentPlane plane : acquisition.getAbsent()) {
      // Other focal planes are not scored, so nobody waits for them.
      if (plane.getZ() == 0) {
        absent
            .computeIfAbsent(new Site(plane.getWell(), plane.getSite(), plane.getTimepoint()), site -> new HashSet<>())
            .add(plane.getChannel());
      }
    }
  }

  public static Manifest of(Acquisition acquisition) {
    return new Manifest(acquisition);
  }

  /** The sites that will come of a well, ascending; empty if the well was not announced. */
  public SortedSet<Integer> sitesOf(WellAddress well) {
    String name = well.toString();
    return wells.contains(name) ? wellSites.getOrDefault(name, sites) : Collections.emptySortedSet();
  }

  /** The channels of a site that will never come. */
  public Set<String> absentChannels(WellAddress well, int site, int timepoint) {
    return absent.getOrDefault(new Site(well.toString(), site, timepoint), Set.of());
  }

  /** Whether the microscope takes channels that the model does not know. */
  public boolean hasChannelsBeyond(List<String> modelChannels) {
    List<String> beyond = new ArrayList<>(channels);
    beyond.removeAll(modelChannels);
    return !beyond.isEmpty();
  }
}
