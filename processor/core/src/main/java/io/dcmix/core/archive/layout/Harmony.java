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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What Harmony, the software of Operetta and Opera Phenix, exports: TIFFs and an {@code Index.idx.xml}, {@code Index.xml} or
 * {@code Index.ref.xml} that says which is which. The index alone decides; the files' names, which differ between versions, say
 * nothing here.
 */
public final class Harmony implements ArchiveLayout {
  /** The more complete ones first. */
  private static final List<String> INDEXES = List.of("index.idx.xml", "index.xml", "index.ref.xml");

  private static final String IMAGES = "Images";
  private static final String BARCODE = "barcode";
  private static final String TIMEPOINT_BASE = "timepointBase";
  private static final String AUTO = "auto";

  @Override
  public String name() {
    return "harmony";
  }

  @Override
  public String description() {
    return "Harmony (Operetta, Opera Phenix): Index.idx.xml, Index.xml or Index.ref.xml beside TIFFs";
  }

  @Override
  public Set<String> choices() {
    return Set.of(BARCODE, TIMEPOINT_BASE, PlateBuilder.WELLS);
  }

  @Override
  public boolean recognises(FolderScan folder) throws IOException {
    for (Path file : folder.files()) {
      int rank = rank(file);
      // The other two names are Harmony's own, so a broken one is reported as such.
      if (rank >= 0 && (rank != 1 || SafeXml.root(file).filter(root -> root.name().equals(HarmonyIndex.ROOT)).isPresent())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException {
    Findings findings = new Findings();
    ListedFiles files = new ListedFiles(folder);
    Map<PlateKey, PlateIndex> plates = new HashMap<>();
    List<String> problems = new ArrayList<>();
    Map<Path, List<Path>> indexes = folder.files().stream().filter(file -> rank(file) >= 0)
        .collect(Collectors.groupingBy(file -> file.resolveSibling(""), TreeMap::new, Collectors.toList()));
    for (List<Path> beside : indexes.values()) {
      beside.sort(Comparator.comparingInt(Harmony::rank));
      Path taken = null;
      for (Path file : beside) {
        files.find(file);
        if (taken != null) {
          findings.choice("%s is not read, because %s lies beside it".formatted(folder.name(file), folder.name(taken)),
              "moving away the one that is not to be read");
        } else if (read(file, folder, files, options, findings, plates, problems)) {
          taken = file;
        }
      }
    }
    if (plates.isEmpty()) {
      throw new ArchiveException("Archive " + folder.root(), problems.isEmpty() ? List.of("has no index of Harmony") : problems);
    }
    problems.forEach(findings::warning);
    files.tellOthers(findings);
    return new ArchiveIndex(name(), Chosen.plates(List.copyOf(plates.values()), folder, options, findings), findings);
  }

  private static boolean read(
      Path file, FolderScan folder, ListedFiles files, ArchiveOptions options, Findings findings, Map<PlateKey, PlateIndex> plates,
      List<String> problems) throws IOException {
    try {
      HarmonyIndex index = HarmonyIndex.read(file, folder.name(file), findings);
      PlateIndex plate = plate(index, file, folder, files, options, findings);
      if (plates.putIfAbsent(plate.key(), plate) != null) {
        findings.warning("%s is not read: another index has plate %s, acquisition %s already".formatted(
            folder.name(file), Shown.of(plate.key().plate()), Shown.of(plate.key().acquisition())));
      }
      return true;
    } catch (ArchiveException e) {
      problems.add(String.valueOf(e.getMessage()));
      return false;
    }
  }

  private static PlateIndex plate(
      HarmonyIndex index, Path file, FolderScan folder, ListedFiles files, ArchiveOptions options, Findings findings) throws IOException {
    String place = index.place();
    if (index.broken() != null) {
      findings.warning("%s; the %d images before that are read".formatted(index.broken(), index.images().size()));
    }
    if (index.images().isEmpty()) {
      throw new ArchiveException(place, "describes no image");
    }
    if (index.plates().size() > 1) {
      throw new ArchiveException(place, "describes %d plates, and does not say which image is of which".formatted(index.plates().size()));
    }
    Map<String, String> told = index.plates().isEmpty() ? Map.of() : index.plates().getFirst();
    PlateBuilder plate = new PlateBuilder(key(told, file, place, options, findings), folder, findings);
    Map<Integer, String> names = new TreeMap<>();
    index.images().forEach(image -> names.computeIfAbsent(image.channel(), id -> index.channels().getOrDefault(id, "channel " + id)));
    Map<Integer, String> channels = Chosen.channels(names, folder, options, findings);
    channels.values().forEach(plate::channel);

    int base = timepointBase(
        index, SafeXml.root(file).filter(root -> root.namespace().endsWith("HarmonyV5")).isPresent(), options, findings);
    Map<String, Integer> refused = new TreeMap<>();
    Set<WellAddress> imaged = new HashSet<>();
    for (HarmonyIndex.Image image : index.images()) {
      try {
        PlaneId id = new PlaneId(
            new WellAddress(image.row() - 1, image.column() - 1), image.field(), channels.getOrDefault(image.channel(), ""),
            fromBase(image.timepoint() < 0 ? base : image.timepoint(), base, "TimepointID"), fromBase(image.plane(), 1, "PlaneID"));
        imaged.add(id.well());
        add(id, image, file, files, plate, refused, options, findings);
      } catch (IllegalArgumentException e) {
        findings.warning("%s: line %d: an image is left out: %s".formatted(place, image.line(), e.getMessage()));
      }
    }
    refused.forEach((what, count) -> findings.warning("%s: %d images are not read: %s".formatted(place, count, what)));
    if (plate.isEmpty()) {
      throw new ArchiveException(place, "describes no image that could be read");
    }
    tellWells(index, imaged, findings);
    return plate.build(format(told, place, findings), index.instrument().isEmpty() ? null : index.instrument(), null, options);
  }

  private static void add(
      PlaneId id, HarmonyIndex.Image image, Path index, ListedFiles files, PlateBuilder plate, Map<String, Integer> refused,
      ArchiveOptions options, Findings findings) {
    boolean ok = image.state().isEmpty() || image.state().equalsIgnoreCase("ok");
    String state = ok ? "" : ", and its state is '" + Shown.of(image.state()) + "'";
    boolean focus = image.state().toLowerCase(Locale.ROOT).contains("focus");
    if (image.url().isEmpty()) {
      plate.absent(id, "the index names no file" + state, focus ? Absence.FOCUS_FAILURE : Absence.NOT_RECORDED);
      return;
    }
    Optional<Path> file;
    try {
      Path folder = index.resolveSibling("");
      file = files.find(folder, image.url());
      if (file.isEmpty()) {
        file = files.find(folder.resolve(IMAGES), image.url());
      }
    } catch (IllegalArgumentException e) {
      refused.merge("their URL " + e.getMessage(), 1, Integer::sum);
      plate.absent(id, "'%s' is not read: the URL %s".formatted(Shown.of(image.url()), e.getMessage()), Absence.MISSING);
      return;
    }
    if (file.isEmpty()) {
      plate.absent(id, "file %s is missing%s".formatted(Shown.of(image.url()), state), focus ? Absence.FOCUS_FAILURE : Absence.MISSING);
      return;
    }
    if (!ok) {
      findings.warning("%s: line %d: %s is there%s".formatted(Shown.of(image.url()), image.line(), id, state));
    }
    AcquiredAt time = AcquiredAt.of(image.time(), options);
    plate.add(new IndexedPlane(id, new PlaneLocation.WholeFile(file.get()), time.instant(), time.text()));
  }

  private static PlateKey key(Map<String, String> told, Path file, String place, ArchiveOptions options, Findings findings)
      throws ArchiveException {
    String id = told.getOrDefault("PlateID", "");
    String name = told.getOrDefault("Name", "");
    boolean byName = Chosen.reading(options, BARCODE, "PlateID", "Name").equals("Name");
    String plate = byName ? name : id;
    if (!id.equals(name) && !id.isEmpty() && !name.isEmpty()) {
      findings.choice("%s: the plate has the id '%s' and the name '%s'; the barcode is taken from its %s".formatted(
          place, Shown.of(id), Shown.of(name), byName ? "name" : "id"), BARCODE + (byName ? "=PlateID" : "=Name"));
    }
    if (plate.isEmpty()) {
      plate = byName ? id : name;
    }
    if (plate.isEmpty()) {
      Path folder = file.resolveSibling("");
      Path above = folder.getParent();
      plate = ListedFiles.fileName(ListedFiles.fileName(folder).equals(IMAGES) && above != null ? above : folder);
      findings.choice("%s: names no plate; the folder's name is taken: '%s'".formatted(place, Shown.of(plate)), "a barcode for the plate");
    }
    String run = told.getOrDefault("MeasurementID", "");
    String start = told.getOrDefault("MeasurementStartTime", "");
    try {
      return new PlateKey(PlateBuilder.text(plate, "plate"),
          PlateBuilder.text(!run.isEmpty() ? run : !start.isEmpty() ? start : "1", "measurement"));
    } catch (IllegalArgumentException e) {
      throw new ArchiveException(place, String.valueOf(e.getMessage()));
    }
  }

  /** The first timepoint's number: 0 in version 5, 1 in version 7. A 0 anywhere tells, too. */
  private static int timepointBase(HarmonyIndex index, boolean five, ArchiveOptions options, Findings findings) throws ArchiveException {
    String chosen = Chosen.reading(options, TIMEPOINT_BASE, AUTO, "0", "1");
    if (!chosen.equals(AUTO)) {
      return Integer.parseInt(chosen);
    }
    int first = index.images().stream().mapToInt(HarmonyIndex.Image::timepoint).filter(t -> t >= 0).min().orElse(0);
    int base = five || first == 0 ? 0 : 1;
    if (first > base) {
      findings.choice("%s: its timepoints begin with %d; they are taken to count from %d".formatted(index.place(), first, base),
          TIMEPOINT_BASE + "=" + (1 - base));
    }
    return base;
  }

  private static int fromBase(int number, int base, String what) {
    if (number < base) {
      throw new IllegalArgumentException("%s %d lies before the first, %d".formatted(what, number, base));
    }
    return number - base;
  }

  private static @Nullable PlateFormat format(Map<String, String> told, String place, Findings findings) {
    String rows = told.getOrDefault("PlateRows", "");
    String columns = told.getOrDefault("PlateColumns", "");
    for (PlateFormat format : PlateFormat.values()) {
      if (rows.equals(Integer.toString(format.rows())) && columns.equals(Integer.toString(format.columns()))) {
        return format;
      }
    }
    if (!rows.isEmpty() || !columns.isEmpty()) {
      findings.warning("%s: a plate of '%s' rows and '%s' columns is not known".formatted(place, Shown.of(rows), Shown.of(columns)));
    }
    return null;
  }

  private static void tellWells(HarmonyIndex index, Set<WellAddress> imaged, Findings findings) {
    Set<String> ids = imaged.stream().map(w -> "%02d%02d".formatted(w.row() + 1, w.column() + 1)).collect(Collectors.toSet());
    List<String> without = index.wells().stream().filter(well -> !ids.contains(well)).map(Shown::of).toList();
    if (!without.isEmpty()) {
      findings.warning("%s: the plate lists %d wells of which there is no image, such as %s (row, column)".formatted(
          index.place(), without.size(), without.subList(0, Math.min(without.size(), Findings.EXAMPLES))));
    }
    if (index.references() > 0 && index.references() != index.images().size()) {
      findings.warning("%s: the wells refer to %d images, and %d are described".formatted(
          index.place(), index.references(), index.images().size()));
    }
  }

  private static int rank(Path file) {
    return INDEXES.indexOf(ListedFiles.fileName(file).toLowerCase(Locale.ROOT));
  }
}
