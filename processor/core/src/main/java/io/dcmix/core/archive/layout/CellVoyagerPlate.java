package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlaneLocation;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Puts together one acquisition of a CellVoyager from what its index tells. For one use. */
final class CellVoyagerPlate {
  /** A channel, of one part of the protocol where several took the same plane; else of none. */
  private record Channel(int number, CellVoyagerShot.@Nullable Source source) {
    @Override
    public String toString() {
      return source == null ? "C%02d".formatted(number) : "L%02dA%02d".formatted(source.timeline(), source.action());
    }
  }

  private record Where(WellAddress well, int site, int timepoint, int z, int channel) {
    static Where of(CellVoyagerShot shot) {
      return new Where(shot.well(), shot.site(), shot.timepoint(), shot.z(), shot.channel());
    }
  }

  private record Depth(String channel, int z) {}

  private record Moment(WellAddress well, int timepoint) {}

  private final FolderScan folder;
  private final ListedFiles files;
  private final ArchiveOptions options;
  private final Findings findings;
  private final Path base;
  private final String place;
  private int renamed;

  /** @param base folder that the names of files are relative to */
  CellVoyagerPlate(FolderScan folder, ListedFiles files, ArchiveOptions options, Findings findings, Path base, String place) {
    this.folder = folder;
    this.files = files;
    this.options = options;
    this.findings = findings;
    this.base = base;
    this.place = place;
  }

  /** The plate; empty if nothing is known of any plane. */
  Optional<PlateIndex> read(
      PlateKey key, List<CellVoyagerShot> all, List<CellVoyagerIndex.Failure> failures, CellVoyagerDetail detail, @Nullable PlateFormat format)
      throws IOException {
    List<CellVoyagerShot> shots = wanted(all);
    Set<Integer> split = split(shots);
    SortedMap<Channel, String> names = new TreeMap<>(
        Comparator.comparingInt(Channel::number).thenComparing(Channel::source, Comparator.nullsFirst(Comparator.naturalOrder())));
    shots.forEach(shot -> names.put(channel(shot, split), detail.channelName(shot.channel())));
    if (names.isEmpty()) {
      detail.channels().forEach(channel -> names.put(new Channel(channel, null), detail.channelName(channel)));
    }
    Map<Channel, String> channels = Chosen.channels(names, folder, options, findings);
    PlateBuilder plate = new PlateBuilder(key, folder, findings);
    channels.values().forEach(plate::channel);
    List<PlaneId> planes = new ArrayList<>();
    for (CellVoyagerShot shot : shots) {
      PlaneId id = new PlaneId(shot.well(), shot.site(), channels.getOrDefault(channel(shot, split), ""), shot.timepoint(), shot.z());
      planes.add(id);
      add(plate, id, shot);
    }
    if (renamed > 0) {
      findings.warning("%s: %d images are PNG files, and the index calls them TIFF".formatted(place, renamed));
    }
    complete(plate, planes, failures, channels);
    return plate.isEmpty() ? Optional.empty() : Optional.of(plate.build(format, null, null, options));
  }

  /** The images without those that projections stand for, or that stand for projections. */
  private List<CellVoyagerShot> wanted(List<CellVoyagerShot> all) throws ArchiveException {
    Projections projections = Projections.of(channels(all, false), channels(all, true), options, place, findings);
    List<CellVoyagerShot> wanted = new ArrayList<>();
    for (CellVoyagerShot shot : all) {
      if (projections.reads(shot.channel(), shot.projection())) {
        wanted.add(shot);
      } else {
        try {
          find(shot.file()).ifPresent(file -> files.ignore(file, shot.projection() ? Projections.PROJECTION : Projections.FOCAL_PLANE, findings));
        } catch (IllegalArgumentException e) {
          findings.warning("%s: %s %s".formatted(place, Shown.of(shot.file()), e.getMessage()));
        }
      }
    }
    return wanted;
  }

  private static SortedSet<Integer> channels(List<CellVoyagerShot> shots, boolean projections) {
    SortedSet<Integer> channels = new TreeSet<>();
    shots.stream().filter(shot -> shot.projection() == projections).forEach(shot -> channels.add(shot.channel()));
    return channels;
  }

  /** The channels that several timelines or actions took at the same place and time: those are channels of their own. */
  private static Set<Integer> split(List<CellVoyagerShot> shots) {
    Map<Where, CellVoyagerShot.Source> first = new HashMap<>();
    Set<Integer> split = new HashSet<>();
    for (CellVoyagerShot shot : shots) {
      CellVoyagerShot.Source before = first.putIfAbsent(Where.of(shot), shot.source());
      if (before != null && !before.equals(shot.source())) {
        split.add(shot.channel());
      }
    }
    return split;
  }

  private static Channel channel(CellVoyagerShot shot, Set<Integer> split) {
    return new Channel(shot.channel(), split.contains(shot.channel()) ? shot.source() : null);
  }

  private void add(PlateBuilder plate, PlaneId id, CellVoyagerShot shot) throws IOException {
    Optional<Path> file;
    try {
      file = find(shot.file());
    } catch (IllegalArgumentException e) {
      findings.warning("%s: %s %s; only files of the archive are read".formatted(place, Shown.of(shot.file()), e.getMessage()));
      plate.absent(id, "'%s' is not read: it %s".formatted(Shown.of(shot.file()), e.getMessage()), Absence.MISSING);
      return;
    }
    if (file.isEmpty()) {
      plate.absent(id, "file %s is missing".formatted(Shown.of(shot.file())), Absence.MISSING);
    } else if (Files.size(file.get()) == 0) {
      plate.absent(id, "file %s is empty".formatted(Shown.of(shot.file())), Absence.MISSING);
    } else {
      AcquiredAt time = AcquiredAt.of(shot.time(), options);
      plate.add(new IndexedPlane(id, new PlaneLocation.WholeFile(file.get()), time.instant(), time.text()));
    }
  }

  /** The file of that name. The index says .tif even where the instrument was told to write PNG. */
  private Optional<Path> find(String name) {
    if (name.isBlank() || name.codePoints().anyMatch(Shown::isControl)) {
      throw new IllegalArgumentException("is no name of a file");
    }
    Optional<Path> file = files.find(base, name);
    if (file.isEmpty() && name.endsWith(".tif")) {
      file = files.find(base, name.substring(0, name.length() - 4) + ".png");
      renamed += file.isPresent() ? 1 : 0;
    }
    return file;
  }

  /** Tells why planes are not there that an acquisition of these channels and depths would have. */
  private void complete(PlateBuilder plate, List<PlaneId> planes, List<CellVoyagerIndex.Failure> failures, Map<Channel, String> channels) {
    SortedMap<WellAddress, SortedSet<Integer>> sites = new TreeMap<>();
    SortedSet<Integer> timepoints = new TreeSet<>();
    SortedSet<Integer> zs = new TreeSet<>();
    Set<Depth> depths = new HashSet<>();
    for (PlaneId id : planes) {
      sites.computeIfAbsent(id.well(), well -> new TreeSet<>()).add(id.site());
      timepoints.add(id.timepoint());
      zs.add(id.z());
      depths.add(new Depth(id.channel(), id.z()));
    }
    Map<Moment, String> failed = new HashMap<>();
    SortedSet<Integer> usual = usual(sites);
    for (CellVoyagerIndex.Failure failure : failures) {
      failed.putIfAbsent(new Moment(failure.well(), failure.timepoint()), failure.message());
      sites.computeIfAbsent(failure.well(), well -> new TreeSet<>()).addAll(usual);
      timepoints.add(failure.timepoint());
    }
    if (zs.isEmpty()) {
      zs.add(0);
      channels.values().forEach(channel -> depths.add(new Depth(channel, 0)));
    }
    if (!failures.isEmpty()) {
      findings.warning("%s: the autofocus failed %d times, such as: %s".formatted(place, failures.size(), Shown.of(failures.getFirst().message())));
    }
    WholeGrid.Gone notTaken = new WholeGrid.Gone(Absence.NOT_ACQUIRED, "the index has no record of it");
    new WholeGrid(sites, channels.values(), timepoints, zs).complete(plate, place, findings, id -> {
      String message = failed.get(new Moment(id.well(), id.timepoint()));
      return message == null || !depths.contains(new Depth(id.channel(), id.z()))
          ? notTaken : new WholeGrid.Gone(Absence.FOCUS_FAILURE, Shown.of(message.isEmpty() ? "the autofocus failed" : message));
    });
  }

  /** The fields that most wells have; of several such sets that of the first well. */
  private static SortedSet<Integer> usual(SortedMap<WellAddress, SortedSet<Integer>> sites) {
    Map<SortedSet<Integer>, Integer> counts = new HashMap<>();
    sites.values().forEach(own -> counts.merge(own, 1, Integer::sum));
    SortedSet<Integer> usual = new TreeSet<>(List.of(1));
    int most = 0;
    for (SortedSet<Integer> own : sites.values()) {
      int count = counts.getOrDefault(own, 0);
      if (count > most) {
        most = count;
        usual = new TreeSet<>(own);
      }
    }
    return usual;
  }
}
