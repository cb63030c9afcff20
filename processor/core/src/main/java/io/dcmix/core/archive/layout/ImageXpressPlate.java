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
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one acquisition of an ImageXpress: what its files are, and what its HTD promised. For one use. */
final class ImageXpressPlate {
  private static final Pattern EXPORT = Pattern.compile("(?i).+_plate_(\\d+)");
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /** A file that names a plane. */
  record Image(Path file, ImageXpressName name) {}

  /** When and how deep; 0-based. */
  private record Moment(int timepoint, int z) {}

  private record Taken(int wave, Moment moment) {}

  private final FolderScan folder;
  private final ListedFiles files;
  private final ArchiveOptions options;
  private final Findings findings;
  private final Path base;
  private final String barcode;
  private final List<Image> images;
  private final List<Path> htds;
  private final String place;

  /**
   * @param base folder of the acquisition
   * @param barcode how its files begin
   * @param htds all copies of the HTD
   */
  ImageXpressPlate(
      FolderScan folder, ListedFiles files, ArchiveOptions options, Findings findings, Path base, String barcode, List<Image> images, List<Path> htds) {
    this.folder = folder;
    this.files = files;
    this.options = options;
    this.findings = findings;
    this.base = base;
    this.barcode = barcode;
    this.images = images;
    this.htds = htds;
    String at = base.startsWith(folder.root()) ? folder.name(base) : "";
    place = Shown.of(at.isEmpty() ? barcode : at + '/' + barcode);
  }

  /** The plate; empty if there is neither an image nor a promise. */
  Optional<PlateIndex> read(DistinctKeys keys) throws IOException {
    Htd htd = Chosen.reading(options, "htd", "read", "ignore").equals("ignore") ? null : htd();
    if (images.isEmpty() && htd == null) {
      return Optional.empty();
    }
    if (htd == null) {
      findings.warning(place + ": no HTD is read, so waves have no names, and only what other wells have is counted as missing");
      htd = Htd.NONE;
    }
    List<Image> read = wanted();
    boolean flat = !read.isEmpty() && read.stream().allMatch(image -> image.name.place().projection());
    SortedSet<Integer> sites = sites(htd, read);
    Htd promise = htd;
    int found = read.size();
    if (read.removeIf(image -> !promises(promise, sites, image.name))) {
      findings.choice("%s: %d files are not of the wells, sites, waves, timepoints and focal planes of the HTD; they are not read".formatted(
          place, found - read.size()), "htd=ignore");
    }
    SortedMap<Integer, String> names = htd.waves() == null ? new TreeMap<>() : new TreeMap<>(htd.waves());
    read.forEach(image -> names.putIfAbsent(image.name.wave(), "w" + image.name.wave()));
    Map<Integer, String> channels = Chosen.channels(names, folder, options, findings);

    PlateBuilder plate = new PlateBuilder(keys.of(barcode, acquisition(), base), folder, findings);
    channels.values().forEach(plate::channel);
    for (Image image : read) {
      add(plate, image, channels.getOrDefault(image.name.wave(), ""));
    }
    complete(plate, htd, read, sites, channels, flat);
    return plate.isEmpty() ? Optional.empty() : Optional.of(plate.build(htd.format(), null, null, options));
  }

  /** The HTD of the acquisition; an export has a copy of it in every folder, of which the uppermost counts. */
  private @Nullable Htd htd() throws IOException {
    List<Path> uppermost = htds.stream().sorted(Comparator.comparingInt(Path::getNameCount).thenComparing(Function.identity())).toList();
    if (uppermost.isEmpty()) {
      return null;
    }
    Path first = uppermost.getFirst();
    byte[] bytes = Htd.bytes(first);
    for (Path copy : uppermost.subList(1, uppermost.size())) {
      if (!Arrays.equals(bytes, Htd.bytes(copy))) {
        findings.warning("%s differs from %s, which counts".formatted(folder.name(copy), folder.name(first)));
      }
    }
    return Htd.parse(bytes, folder.name(first), findings).orElse(null);
  }

  /** The number that MetaXpress gave the acquisition, which is in the folder's name; else that name. */
  private String acquisition() {
    String name = ListedFiles.fileName(base);
    Matcher export = EXPORT.matcher(name);
    if (export.matches()) {
      return export.group(1);
    }
    String id = name.isBlank() ? "1" : name.strip();
    if (!NUMBER.matcher(id).matches() && options.acquisition() == null) {
      findings.choice("%s: the folder's name has no number of the acquisition, so '%s' is its id".formatted(place, Shown.of(id)), "another acquisition");
    }
    return id;
  }

  /** The images without those that projections stand for, or that stand for projections. */
  private List<Image> wanted() throws ArchiveException {
    Projections projections = Projections.of(waves(false), waves(true), options, place, findings);
    List<Image> wanted = new ArrayList<>();
    for (Image image : images) {
      boolean projection = image.name.place().projection();
      if (projections.reads(image.name.wave(), projection)) {
        wanted.add(image);
      } else {
        files.ignore(image.file, projection ? Projections.PROJECTION : Projections.FOCAL_PLANE, findings);
      }
    }
    return wanted;
  }

  private SortedSet<Integer> waves(boolean projections) {
    SortedSet<Integer> waves = new TreeSet<>();
    images.stream().filter(image -> image.name.place().projection() == projections).forEach(image -> waves.add(image.name.wave()));
    return waves;
  }

  /**
   * The numbers of sites that are expected of each well. Of a grid that is taken in part they may be those of the places, or
   * count what is taken; the files tell if they can.
   */
  private SortedSet<Integer> sites(Htd htd, List<Image> read) throws ArchiveException {
    SortedSet<Integer> seen = new TreeSet<>(read.stream().map(image -> image.name.site()).toList());
    Htd.Sites sites = htd.sites();
    if (sites == null) {
      return seen;
    }
    SortedSet<Integer> counted = sites.counted();
    SortedSet<Integer> grid = sites.grid();
    if (counted.equals(grid)) {
      return grid;
    }
    boolean asGrid = grid.containsAll(seen) && !counted.containsAll(seen);
    String reading = asGrid ? Chosen.reading(options, "sites", "grid", "counted") : Chosen.reading(options, "sites", "counted", "grid");
    boolean chosen = reading.equals("grid");
    findings.choice("%s: some sites of the grid are not selected; the numbers of sites are taken to %s".formatted(
        place, chosen ? "be those of the grid" : "count the selected ones"), "sites=" + (chosen ? "counted" : "grid"));
    return chosen ? grid : counted;
  }

  /** Whether the HTD tells of a plane. What it says nothing of, it does not deny. */
  private static boolean promises(Htd htd, SortedSet<Integer> sites, ImageXpressName name) {
    SortedSet<Integer> steps = htd.steps();
    return (htd.wells() == null || htd.wells().contains(name.well()))
        && sites.contains(name.site())
        && (htd.waves() == null || htd.waves().containsKey(name.wave()))
        && (htd.timepoints() == null || htd.timepoints().contains(name.timepoint() + 1))
        && (steps == null || (steps.isEmpty() ? name.z() == 0 : steps.contains(name.z() + 1)));
  }

  private void add(PlateBuilder plate, Image image, String channel) throws IOException {
    files.find(image.file);
    PlaneId id = new PlaneId(image.name.well(), image.name.site(), channel, image.name.timepoint(), image.name.z());
    if (Files.size(image.file) == 0) {
      plate.absent(id, "file " + folder.name(image.file) + " is empty", Absence.MISSING);
    } else {
      plate.add(new IndexedPlane(id, new PlaneLocation.WholeFile(image.file)));
    }
  }

  /** Tells what the HTD promises and the disk lacks; without an HTD, what other wells have. */
  private void complete(PlateBuilder plate, Htd htd, List<Image> read, SortedSet<Integer> sites, Map<Integer, String> channels, boolean flat)
      throws ArchiveException {
    SortedMap<WellAddress, SortedSet<Integer>> wells = new TreeMap<>();
    SortedSet<Integer> timepoints = new TreeSet<>();
    SortedSet<Integer> zs = new TreeSet<>();
    Set<Taken> taken = new HashSet<>();
    Set<Moment> moments = new HashSet<>();
    Set<Integer> waves = new HashSet<>();
    for (Image image : read) {
      Moment moment = new Moment(image.name.timepoint(), image.name.z());
      wells.put(image.name.well(), sites);
      timepoints.add(moment.timepoint);
      zs.add(moment.z);
      taken.add(new Taken(image.name.wave(), moment));
      moments.add(moment);
      waves.add(image.name.wave());
    }
    if (htd.wells() != null) {
      htd.wells().forEach(well -> wells.put(well, sites));
    }
    if (htd.timepoints() != null) {
      htd.timepoints().forEach(t -> timepoints.add(t - 1));
    }
    if (htd.steps() != null && !flat) {
      (htd.steps().isEmpty() ? List.of(1) : htd.steps()).forEach(z -> zs.add(z - 1));
    }

    boolean sparse = Chosen.reading(options, "sparse", "not-acquired", "missing").equals("not-acquired");
    WholeGrid.Gone missing = new WholeGrid.Gone(Absence.MISSING, htd.equals(Htd.NONE)
        ? "there is no file, and other wells have one" : "there is no file, and the HTD promises it");
    WholeGrid.Gone unclear = new WholeGrid.Gone(Absence.NOT_ACQUIRED, "the HTD does not promise this wave at every timepoint");
    WholeGrid.Gone notTaken = new WholeGrid.Gone(Absence.NOT_ACQUIRED, "no well has this channel at this timepoint and focal plane");
    SortedMap<String, Integer> numbers = new TreeMap<>();
    channels.forEach((wave, channel) -> numbers.put(channel, wave));
    SortedSet<String> sparsely = new TreeSet<>();
    new WholeGrid(wells, channels.values(), timepoints, zs).complete(plate, place, findings, id -> {
      int wave = numbers.getOrDefault(id.channel(), 0);
      if (htd.irregular().contains(wave)) {
        return unclear;
      }
      Moment moment = new Moment(id.timepoint(), id.z());
      if (!waves.contains(wave) || !moments.contains(moment) || taken.contains(new Taken(wave, moment))) {
        return missing;
      }
      sparsely.add(id.channel());
      return sparse ? notTaken : missing;
    });
    if (!sparsely.isEmpty()) {
      findings.choice("%s: no well has %s at some timepoints or focal planes where other channels have files; that is taken as %s".formatted(
          place, Shown.of(String.join(", ", sparsely)), sparse ? "not acquired" : "missing"), "sparse=" + (sparse ? "missing" : "not-acquired"));
    }
  }
}
