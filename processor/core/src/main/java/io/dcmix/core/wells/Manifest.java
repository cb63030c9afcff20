package io.dcmix.core.wells;

import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.AbsentPlane;
import io.dcmix.schema.event.Acquisition;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What an acquisition announced, in the form in which the well stage asks for it. Immutable. */
public final class Manifest {
  private record Site(String well, int site, int timepoint) {}

  private record Plane(String channel, int z) {}

  private record Well(String well, int timepoint) {}

  /**
   * Why a plane will never come.
   *
   * @param reason in the publisher's words; may be empty
   */
  public record Absent(Absence kind, String reason) {}

  private final Set<String> wells;
  private final SortedSet<Integer> sites;
  private final Map<String, SortedSet<Integer>> wellSites = new HashMap<>();
  private final Set<String> channels;
  private final int timepoints;
  private final SortedSet<Integer> focalPlanes;
  private final Map<Site, Map<Plane, Absent>> absent = new HashMap<>();
  private final Set<Well> focusFailures = new HashSet<>();

  private Manifest(Acquisition acquisition) {
    int zPlanes = acquisition.getZPlanes();
    if (zPlanes < 1 || zPlanes > FocalPolicy.MAX_PLANE + 1) {
      throw new IllegalArgumentException("zPlanes is " + zPlanes + "; it must be 1 to " + (FocalPolicy.MAX_PLANE + 1));
    }
    focalPlanes = Collections.unmodifiableSortedSet(new TreeSet<>(IntStream.range(0, zPlanes).boxed().toList()));
    timepoints = acquisition.getTimepoints();
    wells = Set.copyOf(acquisition.getWells());
    sites = Collections.unmodifiableSortedSet(new TreeSet<>(acquisition.getSites()));
    acquisition.getWellSites().forEach((well, own) -> wellSites.put(well, Collections.unmodifiableSortedSet(new TreeSet<>(own))));
    channels = Set.copyOf(acquisition.getChannels());
    for (AbsentPlane plane : acquisition.getAbsent()) {
      absent
          .computeIfAbsent(new Site(plane.getWell(), plane.getSite(), plane.getTimepoint()), site -> new HashMap<>())
          .put(new Plane(plane.getChannel(), plane.getZ()), new Absent(plane.getKind(), plane.getReason()));
      if (plane.getKind() == Absence.FOCUS_FAILURE) {
        focusFailures.add(new Well(plane.getWell(), plane.getTimepoint()));
      }
    }
  }

  /**
   * Reads an announcement.
   *
   * @throws IllegalArgumentException if it announces what cannot be; the message names the field
   */
  public static Manifest of(Acquisition acquisition) {
    return new Manifest(acquisition);
  }

  /**
   * The sites that will come of a well, ascending: without those of which no focal plane of these channels is acquired. Empty if
   * the well or the timepoint was not announced.
   */
  public SortedSet<Integer> sitesOf(WellAddress well, int timepoint, Collection<String> modelChannels) {
    String name = well.toString();
    if (!wells.contains(name) || timepoint >= timepoints) {
      return Collections.emptySortedSet();
    }
    SortedSet<Integer> announced = wellSites.getOrDefault(name, sites);
    if (absent.isEmpty() || announced.stream().noneMatch(site -> absent.containsKey(new Site(name, site, timepoint)))) {
      return announced;
    }
    // Only what is taken elsewhere can be left out here; a channel that is announced nowhere makes its sites fail, not disappear.
    List<String> taken = modelChannels.stream().filter(this::takes).toList();
    SortedSet<Integer> acquired = new TreeSet<>(announced);
    acquired.removeIf(site -> !taken.isEmpty() && taken.stream().allMatch(channel -> acquired(well, site, timepoint, channel).isEmpty()));
    return acquired;
  }

  /** The focal planes of a channel that the microscope takes at a site, whether or not they come; ascending. */
  public SortedSet<Integer> acquired(WellAddress well, int site, int timepoint, String channel) {
    if (!takes(channel)) {
      return Collections.emptySortedSet();
    }
    Map<Plane, Absent> here = absentAt(well, site, timepoint);
    if (here.isEmpty()) {
      return focalPlanes;
    }
    SortedSet<Integer> acquired = new TreeSet<>(focalPlanes);
    acquired.removeIf(z -> {
      Absent gone = here.get(new Plane(channel, z));
      return gone != null && gone.kind() == Absence.NOT_ACQUIRED;
    });
    return Collections.unmodifiableSortedSet(acquired);
  }

  private boolean takes(String channel) {
    return channels.isEmpty() || channels.contains(channel);
  }

  private Map<Plane, Absent> absentAt(WellAddress well, int site, int timepoint) {
    return absent.isEmpty() ? Map.of() : absent.getOrDefault(new Site(well.toString(), site, timepoint), Map.of());
  }

  /** Why a plane will never come; null if it may. */
  public @Nullable Absent absence(WellAddress well, int site, int timepoint, String channel, int z) {
    return absentAt(well, site, timepoint).get(new Plane(channel, z));
  }

  /** Number of focal planes, numbered from 0. */
  public int zPlanes() {
    return focalPlanes.size();
  }

  /** Whether the autofocus failed on a plane of a well, used or not. */
  public boolean focusFailed(WellAddress well, int timepoint) {
    return focusFailures.contains(new Well(well.toString(), timepoint));
  }

  /** Whether the microscope takes channels that the model does not know. */
  public boolean hasChannelsBeyond(Collection<String> modelChannels) {
    return !modelChannels.containsAll(channels);
  }
}
