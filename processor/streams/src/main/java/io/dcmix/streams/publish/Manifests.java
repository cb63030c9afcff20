package io.dcmix.streams.publish;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Acquisition;
import io.dcmix.schema.event.AcquisitionStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an archive announces, as events. Pure. */
public final class Manifests {
  private Manifests() {}

  /**
   * The announcement of an archive.
   *
   * @param absent the planes that will never come
   * @param finishedAt null while it runs
   */
  public static Acquisition acquisition(
      PlateArchive archive, String acquisition, List<AbsentPlane> absent, AcquisitionStatus status, Instant startedAt, @Nullable Instant finishedAt) {
    return acquisition(archive, acquisition, List.of(), absent, status, startedAt, finishedAt);
  }

  /**
   * The announcement of an archive that is still filled.
   *
   * @param awaited planes that are promised and will come
   * @param absent the planes that will never come
   * @param finishedAt null while it runs
   */
  static Acquisition acquisition(
      PlateArchive archive, String acquisition, List<AbsentPlane> awaited, List<AbsentPlane> absent, AcquisitionStatus status, Instant startedAt,
      @Nullable Instant finishedAt) {
    SortedMap<WellAddress, SortedSet<Integer>> sites = new TreeMap<>();
    int timepoints = 1;
    int zPlanes = 1;
    List<PlaneId> promised = new ArrayList<>(archive.planes());
    awaited.forEach(plane -> promised.add(plane.id()));
    absent.forEach(plane -> promised.add(plane.id()));
    for (PlaneId plane : promised) {
      sites.computeIfAbsent(plane.well(), well -> new TreeSet<>()).add(plane.site());
      timepoints = Math.max(timepoints, plane.timepoint() + 1);
      zPlanes = Math.max(zPlanes, plane.z() + 1);
    }
    SortedSet<Integer> usual = usual(sites);
    Map<String, List<Integer>> exceptions = new HashMap<>();
    sites.forEach((well, own) -> {
      if (!own.equals(usual)) {
        exceptions.put(well.toString(), List.copyOf(own));
      }
    });
    return Acquisition.newBuilder()
        .setPlate(archive.key().plate())
        .setAcquisition(acquisition)
        .setStatus(status)
        .setRows(archive.format().rows())
        .setColumns(archive.format().columns())
        .setWells(sites.keySet().stream().map(WellAddress::toString).toList())
        .setSites(List.copyOf(usual))
        .setWellSites(exceptions)
        .setChannels(archive.channels())
        .setTimepoints(timepoints)
        .setZPlanes(zPlanes)
        .setAbsent(absent.stream().map(Manifests::event).toList())
        .setInstrument(archive.instrument())
        .setStartedAt(startedAt.truncatedTo(ChronoUnit.MICROS))
        .setFinishedAt(finishedAt == null ? null : finishedAt.truncatedTo(ChronoUnit.MICROS))
        .build();
  }

  /** The set of sites that most wells have. */
  private static SortedSet<Integer> usual(SortedMap<WellAddress, SortedSet<Integer>> sites) {
    Map<SortedSet<Integer>, Integer> counts = new HashMap<>();
    sites.values().forEach(own -> counts.merge(own, 1, Integer::sum));
    return counts.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(new TreeSet<>());
  }

  private static io.dcmix.schema.event.AbsentPlane event(AbsentPlane plane) {
    PlaneId id = plane.id();
    return new io.dcmix.schema.event.AbsentPlane(id.well().toString(), id.site(), id.channel(), id.timepoint(), id.z(), plane.reason(), plane.kind());
  }
}
