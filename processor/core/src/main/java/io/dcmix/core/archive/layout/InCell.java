package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What IN Cell Analyzers write: an {@code .xdce} that tells of each image, and files such as {@code A - 01(fld 1 wv DAPI - DAPI).tif}.
 * Where there is no {@code .xdce}, the names of the files tell.
 */
public final class InCell implements ArchiveLayout {
  @Override
  public String name() {
    return "incell";
  }

  @Override
  public String description() {
    return "IN Cell Analyzer: an .xdce, and files A - 01(fld 1 wv DAPI - DAPI).tif";
  }

  @Override
  public Set<String> choices() {
    return Set.of("index", PlateBuilder.WELLS);
  }

  @Override
  public boolean recognises(FolderScan folder) {
    return folder.files().stream().anyMatch(file -> isIndex(file) || parse(file).isPresent());
  }

  @Override
  public ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException {
    Findings findings = new Findings();
    ListedFiles files = new ListedFiles(folder);
    DistinctKeys keys = new DistinctKeys(folder, findings);
    List<PlateIndex> plates = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<Path> indexes = Chosen.reading(options, "index", "read", "ignore").equals("ignore")
        ? List.of() : folder.files().stream().filter(InCell::isIndex).toList();
    for (Path xdce : indexes) {
      files.find(xdce);
      try {
        indexed(xdce, folder, files, keys, options, findings).ifPresent(plates::add);
      } catch (ArchiveException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    List<Path> folders = indexes.stream().map(file -> file.resolveSibling("")).toList();
    SortedMap<Path, List<Path>> named = new TreeMap<>();
    for (Path file : folder.files()) {
      if (folders.stream().noneMatch(file::startsWith) && parse(file).isPresent()) {
        named.computeIfAbsent(file.resolveSibling(""), at -> new ArrayList<>()).add(file);
      }
    }
    for (Map.Entry<Path, List<Path>> group : named.entrySet()) {
      unindexed(group.getKey(), group.getValue(), folder, files, keys, options, findings).ifPresent(plates::add);
    }
    if (plates.isEmpty()) {
      throw new ArchiveException("Archive " + folder.root(), problems.isEmpty() ? List.of("holds no plate of an IN Cell") : problems);
    }
    problems.forEach(findings::warning);
    files.tellOthers(findings);
    return new ArchiveIndex(name(), Chosen.plates(plates, folder, options, findings), findings);
  }

  private static Optional<PlateIndex> indexed(
      Path xdce, FolderScan folder, ListedFiles files, DistinctKeys keys, ArchiveOptions options, Findings findings) throws IOException {
    String place = folder.name(xdce);
    InCellIndex index = InCellIndex.read(xdce, place, findings);
    List<InCellIndex.Image> images = index.images();
    if (images.isEmpty()) {
      throw new ArchiveException(place, index.broken() == null ? "has no image; index=ignore reads the names of the files" : index.broken());
    }
    if (index.broken() != null) {
      findings.warning("%s; the %d images before that are read".formatted(index.broken(), images.size()));
    } else if (!index.count().isEmpty() && !index.count().equals(Integer.toString(images.size()))) {
      findings.warning("%s says that it has %s images, and tells of %d".formatted(place, Shown.of(index.count()), images.size()));
    }
    Path base = xdce.resolveSibling("");
    String stem = ListedFiles.fileName(xdce).replaceFirst("(?i)\\.xdce$", "");
    String plate = stem.isBlank() ? folderName(base, place, options, findings) : stem.strip();
    String acquisition = index.created().isEmpty() ? folderName(base, place, options, findings) : index.created();
    return plate(keys.of(plate, acquisition, base), base, place, images, index.created(), index.format(), index.instrument(), folder, files, options, findings);
  }

  private static Optional<PlateIndex> unindexed(
      Path base, List<Path> paths, FolderScan folder, ListedFiles files, DistinctKeys keys, ArchiveOptions options, Findings findings) throws IOException {
    String place = folder.name(base).isEmpty() ? ListedFiles.fileName(base) : folder.name(base);
    findings.warning(Shown.of(place) + ": no .xdce is read, so the files' names tell all, and nothing is known of what is missing");
    // Waves get numbers in the order of their names, which the files alone tell.
    TreeSet<String> names = new TreeSet<>();
    paths.forEach(path -> parse(path).ifPresent(name -> names.add(name.channel())));
    List<InCellIndex.Image> images = new ArrayList<>();
    for (Path path : paths) {
      parse(path).ifPresent(name -> images.add(new InCellIndex.Image(ListedFiles.fileName(path), names.headSet(name.channel()).size(), name)));
    }
    String plate = folderName(base, place, options, findings);
    return plate(keys.of(plate, "1", base), base, place, images, "", null, null, folder, files, options, findings);
  }

  private static Optional<PlateIndex> plate(
      PlateKey key, Path base, String place, List<InCellIndex.Image> images, String created, @Nullable PlateFormat format, @Nullable String instrument,
      FolderScan folder, ListedFiles files, ArchiveOptions options, Findings findings) throws IOException {
    Map<Integer, String> channels = Chosen.channels(waves(images), folder, options, findings);
    PlateBuilder plate = new PlateBuilder(key, folder, findings);
    channels.values().forEach(plate::channel);
    AcquiredAt time = AcquiredAt.of(created, options);
    SortedMap<WellAddress, SortedSet<Integer>> sites = new TreeMap<>();
    SortedSet<Integer> timepoints = new TreeSet<>();
    SortedSet<Integer> zs = new TreeSet<>();
    int elsewhere = 0;
    for (InCellIndex.Image image : images) {
      InCellName at = image.plane();
      PlaneId id = new PlaneId(at.well(), at.site(), channels.getOrDefault(image.wave(), ""), at.timepoint(), at.z());
      sites.computeIfAbsent(id.well(), well -> new TreeSet<>()).add(id.site());
      timepoints.add(id.timepoint());
      zs.add(id.z());
      elsewhere += parse(lastPart(image.file())).filter(name -> !name.well().equals(at.well()) || name.site() != at.site()).isPresent() ? 1 : 0;
      add(plate, id, image.file(), base, place, time, files, findings);
    }
    if (elsewhere > 0) {
      findings.warning("%s: %d files are of another well or field by their names; the index counts".formatted(place, elsewhere));
    }
    WholeGrid.Gone notTaken = new WholeGrid.Gone(Absence.NOT_ACQUIRED, "nothing tells of it");
    new WholeGrid(sites, channels.values(), timepoints, zs).complete(plate, place, findings, id -> notTaken);
    return plate.isEmpty() ? Optional.empty() : Optional.of(plate.build(format, instrument, null, options));
  }

  /** Names of the waves: the filters that the index tells, else those of the files' names. */
  private static SortedMap<Integer, String> waves(List<InCellIndex.Image> images) {
    Map<Integer, String> told = new HashMap<>();
    Map<Integer, String> named = new HashMap<>();
    for (InCellIndex.Image image : images) {
      told.merge(image.wave(), image.plane().channel(), (first, next) -> first.isEmpty() ? next : first);
      named.merge(image.wave(), parse(lastPart(image.file())).map(InCellName::channel).orElse(""), (first, next) -> first.isEmpty() ? next : first);
    }
    SortedMap<Integer, String> waves = new TreeMap<>();
    told.forEach((wave, name) -> {
      String other = named.getOrDefault(wave, "");
      waves.put(wave, !name.isEmpty() ? name : !other.isEmpty() ? other : "wave " + (wave + 1L));
    });
    return waves;
  }

  private static void add(
      PlateBuilder plate, PlaneId id, String name, Path base, String place, AcquiredAt time, ListedFiles files, Findings findings) throws IOException {
    Optional<Path> file;
    try {
      if (name.isBlank() || name.codePoints().anyMatch(Shown::isControl)) {
        throw new IllegalArgumentException("is no name of a file");
      }
      file = files.find(base, name);
    } catch (IllegalArgumentException e) {
      findings.warning("%s: '%s' %s; only files of the archive are read".formatted(place, Shown.of(name), e.getMessage()));
      plate.absent(id, "'%s' is not read: it %s".formatted(Shown.of(name), e.getMessage()), Absence.MISSING);
      return;
    }
    if (file.isEmpty()) {
      plate.absent(id, "file %s is missing".formatted(Shown.of(name)), Absence.MISSING);
    } else if (Files.size(file.get()) == 0) {
      plate.absent(id, "file %s is empty".formatted(Shown.of(name)), Absence.MISSING);
    } else if (name.endsWith(".im")) {
      plate.absent(id, "file %s is in the IN Cell's own format; export it as TIFF".formatted(Shown.of(name)), Absence.MISSING);
    } else {
      plate.add(new IndexedPlane(id, new PlaneLocation.WholeFile(file.get()), time.instant(), time.text()));
    }
  }

  private static String folderName(Path base, String place, ArchiveOptions options, Findings findings) {
    String name = ListedFiles.fileName(base).strip();
    String id = name.isEmpty() ? "1" : name;
    if (options.plate() == null || options.acquisition() == null) {
      findings.choice("%s: nothing tells the plate or acquisition, so the folder's name '%s' is taken".formatted(place, Shown.of(id)), "another plate or acquisition");
    }
    return id;
  }

  private static Optional<InCellName> parse(Path file) {
    return parse(ListedFiles.fileName(file));
  }

  private static Optional<InCellName> parse(String name) {
    try {
      return InCellName.of(name);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String lastPart(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  private static boolean isIndex(Path file) {
    return ListedFiles.fileName(file).toLowerCase(Locale.ROOT).endsWith(".xdce");
  }
}
