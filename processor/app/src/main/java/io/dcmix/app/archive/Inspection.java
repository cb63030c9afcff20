package io.dcmix.app.archive;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.Findings.Group;
import io.dcmix.core.archive.IndexedArchive;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.Shown;
import io.dcmix.core.archive.layout.FoundArchive;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a careful person should know of an archive before it is published.
 *
 * @param folder where it lies
 * @param files how many files it holds
 * @param others layouts that it looks like, too
 * @param checked whether the headers of all planes were read, and not those of one a channel
 * @param refused links and folders that were not looked into, and why
 */
record Inspection(
    String folder, int files, ArchiveLayout layout, List<String> others, boolean checked, List<Plate> plates, Findings findings, List<String> refused) {

  /** Planes of a channel that were not readable are looked past this often, when one a channel is enough. */
  private static final int TRIES = 5;

  /**
   * One imaging run.
   *
   * @param wells that are imaged or should be
   * @param sites numbers as the instrument counts
   * @param timepoints 0-based
   * @param zs focal planes, 0-based
   * @param planes how many are there
   * @param mapped wells of the plate map that the archive brings; null where it brings none
   * @param absent planes that should be there, by kind
   * @param unreadable planes whose files cannot be used
   * @param differing planes of another size or pixel type than most of their channel
   */
  record Plate(
      String plate, String acquisition, @Nullable String instrument, PlateFormat format, SortedSet<WellAddress> wells, SortedSet<Integer> sites,
      SortedSet<Integer> timepoints, SortedSet<Integer> zs, int planes, List<Channel> channels, Times times, @Nullable Integer mapped,
      Map<Absence, Group> absent, Group unreadable, Group differing) {

    boolean complete() {
      return absent.keySet().stream().allMatch(kind -> kind == Absence.NOT_ACQUIRED) && unreadable.count() == 0 && differing.count() == 0;
    }
  }

  /**
   * A channel of a plate.
   *
   * @param planes how many are there
   * @param image size and pixel type of most of those that were looked at; null where none could be read
   */
  record Channel(String name, int planes, @Nullable Image image) {}

  /** What an image is, however it is encoded. */
  record Image(int width, int height, PixelType pixelType) {}

  /**
   * When planes were acquired.
   *
   * @param first of those whose time is known; null if none is
   * @param firstLocal of those whose time names no zone; null if there are none
   * @param local planes whose time names no zone
   * @param unknown planes without any time
   */
  record Times(@Nullable Instant first, @Nullable Instant last, @Nullable String firstLocal, @Nullable String lastLocal, int local, int unknown) {}

  /** Whether everything is there and can be read, as far as it was looked at. */
  boolean complete() {
    return plates.stream().allMatch(Plate::complete);
  }

  /**
   * Looks at an archive.
   *
   * @param check reads the headers of all planes, and shows how far it is
   */
  static Inspection of(FoundArchive found, boolean check) throws IOException {
    long planes = found.index().plates().stream().mapToLong(plate -> plate.planes().size()).sum();
    List<Plate> plates = new ArrayList<>();
    if (check) {
      try (ProgressBar bar = ProgressBar.start("Checking planes", planes)) {
        long[] done = {0};
        for (PlateIndex plate : found.index().plates()) {
          plates.add(plate(plate, found.archive(plate), true, () -> bar.update(++done[0], "")));
        }
      }
    } else {
      for (PlateIndex plate : found.index().plates()) {
        plates.add(plate(plate, found.archive(plate), false, () -> {}));
      }
    }
    return new Inspection(found.folder().root().toString(), found.folder().files().size(), found.layout(),
        found.others().stream().map(ArchiveLayout::name).toList(), check, plates, found.index().findings(), found.folder().refused());
  }

  private static Plate plate(PlateIndex plate, IndexedArchive archive, boolean check, Runnable step) {
    TreeSet<WellAddress> wells = new TreeSet<>();
    TreeSet<Integer> sites = new TreeSet<>();
    TreeSet<Integer> timepoints = new TreeSet<>();
    TreeSet<Integer> zs = new TreeSet<>();
    Map<String, List<PlaneId>> byChannel = new LinkedHashMap<>();
    plate.channels().forEach(channel -> byChannel.put(channel, new ArrayList<>()));
    plate.planes().forEach(plane -> byChannel.computeIfAbsent(plane.id().channel(), c -> new ArrayList<>()).add(plane.id()));
    Stream.concat(plate.planes().stream().map(IndexedPlane::id), plate.absent().stream().map(AbsentPlane::id)).forEach(id -> {
      wells.add(id.well());
      sites.add(id.site());
      timepoints.add(id.timepoint());
      zs.add(id.z());
    });
    Map<Absence, Some> absent = new EnumMap<>(Absence.class);
    plate.absent().forEach(a -> absent.computeIfAbsent(a.kind(), k -> new Some()).add(a.id() + ": " + a.reason()));
    Map<Absence, Group> absentGroups = new EnumMap<>(Absence.class);
    absent.forEach((kind, some) -> absentGroups.put(kind, some.group()));
    Some unreadable = new Some();
    Some differing = new Some();
    List<Channel> channels = new ArrayList<>();
    byChannel.forEach((name, ids) -> channels.add(new Channel(name, ids.size(), look(archive, ids, check, unreadable, differing, step))));
    return new Plate(plate.key().plate(), plate.key().acquisition(), plate.instrument(), plate.format(), wells, sites, timepoints, zs,
        plate.planes().size(), channels, times(plate.planes()), plate.map() == null ? null : plate.map().wells().size(), absentGroups,
        unreadable.group(), differing.group());
  }

  /** What most planes of a channel are; of those that are not, the first few are named. */
  private static @Nullable Image look(
      IndexedArchive archive, List<PlaneId> ids, boolean check, Some unreadable, Some differing, Runnable step) {
    Map<Image, Some> images = new LinkedHashMap<>();
    int tries = 0;
    for (PlaneId id : ids) {
      if (!check && (!images.isEmpty() || tries++ == TRIES)) {
        break;
      }
      try {
        PlaneFormat format = archive.probe(id);
        Image image = new Image(format.width(), format.height(), format.pixelType());
        images.computeIfAbsent(image, i -> new Some()).add("%s: %s".formatted(id, text(image)));
      } catch (IOException e) {
        unreadable.add(id + ": " + e.getMessage());
      }
      step.run();
    }
    Image usual = images.entrySet().stream().max(Comparator.comparingInt(e -> e.getValue().count())).map(Map.Entry::getKey).orElse(null);
    images.forEach((image, some) -> {
      if (!image.equals(usual)) {
        differing.addAll(some);
      }
    });
    return usual;
  }

  static String text(Image image) {
    return "%d x %d, %s".formatted(image.width(), image.height(), image.pixelType() == PixelType.UINT8 ? "8 bits" : "16 bits");
  }

  private static Times times(List<IndexedPlane> planes) {
    Instant first = null;
    Instant last = null;
    String firstLocal = null;
    String lastLocal = null;
    int local = 0;
    int unknown = 0;
    for (IndexedPlane plane : planes) {
      Instant at = plane.acquiredAt();
      String text = plane.acquiredAtText();
      if (at != null) {
        first = first == null || at.isBefore(first) ? at : first;
        last = last == null || at.isAfter(last) ? at : last;
      } else if (text != null) {
        local++;
        firstLocal = firstLocal == null || text.compareTo(firstLocal) < 0 ? text : firstLocal;
        lastLocal = lastLocal == null || text.compareTo(lastLocal) > 0 ? text : lastLocal;
      } else {
        unknown++;
      }
    }
    return new Times(first, last, firstLocal, lastLocal, local, unknown);
  }

  /** Counts, and keeps the first few. */
  private static final class Some {
    private int count;
    private final List<String> examples = new ArrayList<>();

    void add(String example) {
      if (count++ < Findings.EXAMPLES) {
        examples.add(Shown.whole(example));
      }
    }

    void addAll(Some others) {
      others.examples.forEach(this::add);
      count += others.count - others.examples.size();
    }

    int count() {
      return count;
    }

    Group group() {
      return new Group(count, List.copyOf(examples));
    }
  }
}
