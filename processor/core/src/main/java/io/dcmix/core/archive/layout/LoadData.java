package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Csv;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlaneLocation;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Cell Painting Gallery: a {@code load_data.csv}, as CellProfiler reads it, with a line a site and a file a channel. Its paths
 * are those of another machine or of S3; what follows in them below the archive's folder is taken, and nothing else is reached.
 */
public final class LoadData implements ArchiveLayout {
  /** The plain ones first: they name the same images as those with illumination functions. */
  private static final List<String> NAMES =
      List.of("load_data.csv", "load_data.csv.gz", "load_data_with_illum.csv", "load_data_with_illum.csv.gz");

  private static final String ORIGINAL = "Orig";
  private static final String PLATE = "Metadata_Plate";
  private static final String BARCODE = "barcode";
  private static final String CHANNELS = "channels";
  private static final String SITES = "sites";
  private static final String PATHS = "paths";
  private static final String SHARED = "shared";

  @Override
  public String name() {
    return "load_data";
  }

  @Override
  public String description() {
    return "Cell Painting Gallery: load_data.csv or load_data_with_illum.csv, plain or gzipped";
  }

  @Override
  public Set<String> choices() {
    return Set.of(BARCODE, CHANNELS, SITES, PATHS, SHARED, PlateBuilder.WELLS);
  }

  @Override
  public boolean recognises(FolderScan folder) {
    return folder.files().stream().anyMatch(file -> NAMES.contains(ListedFiles.fileName(file)));
  }

  @Override
  public ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException {
    Run run = new Run(folder, options);
    List<String> problems = new ArrayList<>();
    Map<Path, List<Path>> tables = folder.files().stream().filter(file -> NAMES.contains(ListedFiles.fileName(file)))
        .collect(Collectors.groupingBy(file -> file.resolveSibling(""), TreeMap::new, Collectors.toList()));
    for (List<Path> beside : tables.values()) {
      Path taken = null;
      for (String name : NAMES) {
        for (Path file : beside.stream().filter(f -> ListedFiles.fileName(f).equals(name)).toList()) {
          run.files.find(file);
          if (taken != null) {
            run.findings.choice("%s is not read, because %s lies beside it".formatted(folder.name(file), folder.name(taken)),
                "moving away the one that is not to be read");
            continue;
          }
          try {
            run.read(file);
            taken = file;
          } catch (ArchiveException e) {
            problems.add(String.valueOf(e.getMessage()));
          }
        }
      }
    }
    if (run.plates.values().stream().allMatch(PlateBuilder::isEmpty)) {
      problems.addAll(run.findings.warnings());
      throw new ArchiveException("Archive " + folder.root(), problems.isEmpty() ? List.of("has no load_data.csv") : problems);
    }
    problems.forEach(run.findings::warning);
    run.tell();
    List<PlateIndex> plates = new ArrayList<>();
    for (PlateBuilder plate : run.plates.values()) {
      if (!plate.isEmpty()) {
        plates.add(plate.build(null, null, null, options));
      }
    }
    return new ArchiveIndex(name(), Chosen.plates(plates, folder, options, run.findings), run.findings);
  }

  /** What a row tells of a channel, and what is there of it. */
  private record Told(PlaneId id, String path, @Nullable Path found, @Nullable FullPlate full, String time) {}

  /** The plane that has a file. */
  private record Owner(PlateBuilder plate, PlaneId id) {}

  /** One reading of a folder. */
  private static final class Run {
    private final FolderScan folder;
    private final ArchiveOptions options;
    private final Findings findings = new Findings();
    private final ListedFiles files;
    private final Map<PlateKey, PlateBuilder> plates = new LinkedHashMap<>();
    private final Map<Path, Owner> taken = new HashMap<>();
    private final Set<Path> corrections = new HashSet<>();
    private final Examples beginnings = new Examples();
    private final Examples outside = new Examples();
    private final Examples oddSites = new Examples();
    private final Examples sharedFiles = new Examples();
    private final Examples otherPlates = new Examples();
    private final boolean byFolder;
    private final boolean ranked;
    private final boolean exact;
    private final boolean both;
    private final boolean fullNames;
    private final @Nullable FullPlate root;

    Run(FolderScan folder, ArchiveOptions options) throws ArchiveException {
      this.folder = folder;
      this.options = options;
      files = new ListedFiles(folder);
      byFolder = Chosen.reading(options, BARCODE, PLATE, "folder").equals("folder");
      ranked = Chosen.reading(options, SITES, "numbers", "ranked").equals("ranked");
      exact = Chosen.reading(options, PATHS, "ending", "exact").equals("exact");
      both = Chosen.reading(options, SHARED, "first", "both").equals("both");
      fullNames = Chosen.reading(options, CHANNELS, "short", "exact").equals("exact");
      root = FullPlate.in(List.of(folder.root().toString().split("[/\\\\]"))).orElse(null);
    }

    void read(Path file) throws IOException {
      String place = folder.name(file);
      LoadDataTable table = LoadDataTable.read(file, place);
      Map<String, String> names = new LinkedHashMap<>();
      table.channels().keySet().forEach(name -> names.put(
          name, !fullNames && name.startsWith(ORIGINAL) && name.length() > ORIGINAL.length() ? name.substring(ORIGINAL.length()) : name));
      if (!List.copyOf(names.values()).equals(List.copyOf(names.keySet()))) {
        findings.choice("%s: the channels %s go by %s".formatted(place, names.keySet(), names.values()), CHANNELS + "=exact");
      }
      Map<String, String> channels = Chosen.channels(names, folder, options, findings);
      Map<String, Map<String, Integer>> ranks = new HashMap<>();
      for (Csv.Row row : table.rows()) {
        try {
          row(table, row, channels, ranks, file, place);
        } catch (IllegalArgumentException e) {
          findings.warning("%s: line %d: a site is left out: %s".formatted(place, row.line(), Shown.of(String.valueOf(e.getMessage()))));
        }
      }
    }

    private void row(
        LoadDataTable table, Csv.Row row, Map<String, String> channels, Map<String, Map<String, Integer>> ranks, Path file, String place) {
      WellAddress well = WellAddress.parse(table.cell(row, "Metadata_Well", "Metadata_CPD_WELL_POSITION"));
      String site = table.cell(row, "Metadata_Site");
      String plateText = table.cell(row, PLATE);
      int number;
      if (ranked) {
        Map<String, Integer> ofWell = ranks.computeIfAbsent(plateText + '/' + well, any -> new HashMap<>());
        number = ofWell.computeIfAbsent(site, any -> ofWell.size() + 1);
      } else if (site.matches("\\d{1,6}")) {
        number = Integer.parseInt(site);
      } else {
        oddSites.add("%s: line %d: '%s'".formatted(place, row.line(), Shown.of(site)));
        return;
      }
      List<Told> planes = new ArrayList<>();
      table.channels().forEach((name, columns) -> {
        String path = LoadDataTable.path(row, columns);
        Path found = path.isEmpty() ? null : locate(path, file);
        planes.add(new Told(new PlaneId(well, number, channels.getOrDefault(name, name), 0, 0), path, found, fullPlate(path, found),
            table.cell(row, "Metadata_AbsTime_" + name, "Metadata_AbsTime")));
      });
      // A channel without a file belongs to where the others of its row are.
      FullPlate full = planes.stream().map(Told::full).filter(Objects::nonNull).findFirst().orElse(root);
      for (Told plane : planes) {
        FullPlate of = plane.full == null ? full : plane.full;
        add(plane, of, plate(plateText, of, file, place));
      }
      for (LoadDataTable.Channel correction : table.corrections()) {
        String path = LoadDataTable.path(row, correction);
        Path found = path.isEmpty() ? null : locate(path, file);
        if (found != null && corrections.add(found)) {
          findings.ignored("illumination correction", folder.name(found));
        }
      }
    }

    private void add(Told plane, @Nullable FullPlate full, PlateBuilder plate) {
      Path found = plane.found;
      if (found == null) {
        boolean named = !plane.path.isEmpty();
        plate.absent(plane.id, named ? "file %s is missing".formatted(Shown.of(last(plane.path))) : "the index names no file",
            named ? Absence.MISSING : Absence.NOT_RECORDED);
        return;
      }
      Owner owner = new Owner(plate, plane.id);
      Owner before = taken.putIfAbsent(found, owner);
      if (before != null && !before.equals(owner)) {
        sharedFiles.add(folder.name(found));
        if (!both) {
          plate.absent(plane.id, "its file %s is %s already".formatted(Shown.of(folder.name(found)), before.id), Absence.MISSING);
          return;
        }
      }
      AcquiredAt time = AcquiredAt.of(plane.time.isEmpty() && full != null ? full.start() : plane.time, options);
      plate.add(new IndexedPlane(plane.id, new PlaneLocation.WholeFile(found), time.instant(), time.text()));
    }

    private PlateBuilder plate(String told, @Nullable FullPlate full, Path file, String place) {
      Path beside = file.resolveSibling("");
      String name = full != null && (byFolder || told.isEmpty()) ? full.plate() : told.isEmpty() ? ListedFiles.fileName(beside) : told;
      if (full != null && !told.isEmpty() && !told.equals(full.plate())) {
        otherPlates.add("%s: '%s' lies in %s".formatted(place, Shown.of(told), Shown.of(full.folder())));
      }
      PlateKey key = new PlateKey(PlateBuilder.text(name, "plate"), full == null ? "1" : PlateBuilder.text(full.measurement(), "measurement"));
      return plates.computeIfAbsent(key, any -> new PlateBuilder(key, folder, findings));
    }

    private @Nullable FullPlate fullPlate(String path, @Nullable Path found) {
      return FullPlate.in(parts(path)).or(() -> FullPlate.in(found == null ? List.of() : parts(folder.name(found)))).orElse(null);
    }

    /** The file whose path below the archive's folder, or beside the table, is the longest ending of the path that is told. */
    private @Nullable Path locate(String path, Path table) {
      List<String> parts = parts(path);
      if (parts.contains("..") || parts.isEmpty()) {
        outside.add(path);
        return null;
      }
      for (int from = 0; from < (exact ? 1 : parts.size()); from++) {
        List<String> cut = parts.subList(0, from);
        FullPlate of = FullPlate.in(cut).orElse(null);
        if (of != null && (root == null || !root.folder().equals(of.folder()))) {
          // The same name in the folder of another plate.
          return null;
        }
        String ending = String.join("/", parts.subList(from, parts.size()));
        for (Path base : List.of(folder.root(), table.resolveSibling(""))) {
          Path found = files.find(base.resolve(ending)).orElse(null);
          if (found != null) {
            if (from > 0) {
              beginnings.add(String.join("/", cut));
            }
            return found;
          }
        }
      }
      return null;
    }

    /** Parts of a path of either kind of slash, or of a URL behind its scheme. */
    private static List<String> parts(String path) {
      String plain = path.replace('\\', '/').replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*:", "");
      List<String> parts = new ArrayList<>();
      for (String part : plain.split("/", -1)) {
        if (!part.isEmpty() && !part.equals(".")) {
          parts.add(part);
        }
      }
      return parts;
    }

    private static String last(String path) {
      List<String> parts = parts(path);
      return parts.isEmpty() ? path : parts.getLast();
    }

    void tell() {
      if (outside.count > 0) {
        findings.warning("%d images are not read: their paths lead out of the archive, as %s".formatted(outside.count, outside));
      }
      tell(beginnings, "the paths of %d images begin elsewhere, as with %s; what follows below this folder is taken", PATHS + "=exact");
      tell(oddSites, "%d sites are left out because Metadata_Site is not a number, such as %s", SITES + "=ranked");
      tell(sharedFiles, "%d files stand for two planes, and " + (both ? "both are" : "the first is") + " taken, such as %s",
          SHARED + (both ? "=first" : "=both"));
      tell(otherPlates, "%d planes lie in the folder of another plate than the one told; the plate is taken from "
          + (byFolder ? "the folder" : PLATE) + ", such as %s", BARCODE + (byFolder ? "=" + PLATE : "=folder"));
      files.tellOthers(findings);
    }

    private void tell(Examples all, String text, String otherwise) {
      if (all.count > 0) {
        findings.choice(text.formatted(all.count, all), otherwise);
      }
    }
  }

  /** How often something was met, and the first few different ones. */
  private static final class Examples {
    private final Set<String> first = new LinkedHashSet<>();
    private int count;

    void add(String example) {
      count++;
      if (first.size() < Findings.EXAMPLES) {
        first.add(Shown.of(example));
      }
    }

    @Override
    public String toString() {
      return first.toString();
    }
  }
}
