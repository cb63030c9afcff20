package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.PlateFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What Yokogawa's CellVoyagers write: {@code MeasurementData.mlf} with a record for each image, {@code MeasurementDetail.mrf} with
 * the barcode, and a {@code .mes} with the channels' names. Where there is no index, as of a CQ1, the names of the files tell.
 */
public final class CellVoyager implements ArchiveLayout {
  private static final Pattern FAILED_BARCODE = Pattern.compile("\\d{6}_\\d{6}(?:_.*)?");

  /** Details and settings by the folders they lie in. */
  private record Settings(Map<Path, List<Path>> mrf, Map<Path, List<Path>> mes) {
    static Settings of(FolderScan folder) {
      Settings settings = new Settings(new HashMap<>(), new HashMap<>());
      for (Path file : folder.files()) {
        if (has(file, ".mrf") || has(file, ".mes")) {
          (has(file, ".mrf") ? settings.mrf : settings.mes).computeIfAbsent(file.resolveSibling(""), at -> new ArrayList<>()).add(file);
        }
      }
      return settings;
    }
  }

  /** Images of one acquisition that only their names tell of. */
  private record Named(Path base, String prefix) {}

  @Override
  public String name() {
    return "cellvoyager";
  }

  @Override
  public String description() {
    return "Yokogawa CellVoyager (CV7000, CV8000, CQ1): MeasurementData.mlf, or files NAME_B02_T0001F001L01A01Z01C01.tif or W0001F0001T0001Z001C1.tif";
  }

  @Override
  public Set<String> choices() {
    return Set.of("index", "barcode", Projections.CHOICE, PlateBuilder.WELLS);
  }

  @Override
  public boolean recognises(FolderScan folder) throws IOException {
    for (Path file : folder.files()) {
      String name = ListedFiles.fileName(file);
      if (CellVoyagerShot.prefix(name).isPresent() || CellVoyagerShot.counted(name) > 0
          || (has(file, ".mlf") && SafeXml.root(file).filter(root -> root.name().equals("MeasurementData")).isPresent())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException {
    Findings findings = new Findings();
    ListedFiles files = new ListedFiles(folder);
    DistinctKeys keys = new DistinctKeys(folder, findings);
    List<PlateIndex> plates = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<Path> indexes = Chosen.reading(options, "index", "read", "ignore").equals("ignore")
        ? List.of() : folder.files().stream().filter(file -> has(file, ".mlf")).toList();
    Settings settings = Settings.of(folder);
    for (Path index : indexes) {
      files.find(index);
      try {
        indexed(index, folder, files, settings, keys, options, findings).ifPresent(plates::add);
      } catch (ArchiveException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    List<Path> folders = indexes.stream().map(file -> file.resolveSibling("")).toList();
    for (Map.Entry<Named, List<Path>> group : named(folder, folders).entrySet()) {
      unindexed(group.getKey(), group.getValue(), folder, files, settings, keys, options, findings).ifPresent(plates::add);
    }
    if (plates.isEmpty()) {
      throw new ArchiveException("Archive " + folder.root(), problems.isEmpty() ? List.of("holds no plate of a CellVoyager") : problems);
    }
    problems.forEach(findings::warning);
    files.tellOthers(findings);
    return new ArchiveIndex(name(), Chosen.plates(plates, folder, options, findings), findings);
  }

  /** A plate by its index. */
  private static Optional<PlateIndex> indexed(
      Path mlf, FolderScan folder, ListedFiles files, Settings settings, DistinctKeys keys, ArchiveOptions options, Findings findings)
      throws IOException {
    Path base = mlf.resolveSibling("");
    String place = folder.name(mlf);
    CellVoyagerIndex index = CellVoyagerIndex.read(mlf, place, findings);
    if (index.shots().isEmpty() && index.failures().isEmpty()) {
      throw new ArchiveException(place, index.broken() == null ? "has no record; index=ignore reads the names of the files" : index.broken());
    }
    if (index.broken() != null) {
      findings.warning("%s; the %d images before that are read".formatted(index.broken(), index.shots().size()));
    }
    CellVoyagerDetail detail = detail(base, folder, files, settings, findings);
    String prefix = index.shots().stream().flatMap(shot -> CellVoyagerShot.prefix(lastPart(shot.file())).stream()).filter(CellVoyager::isName)
        .findFirst().orElse(null);
    String barcode = barcode(detail.barcode(), prefix, base, place, options, findings);
    String begin = detail.begin();
    String acquisition = begin == null ? folderName(base, place, "the .mrf does not say when it began", findings) : begin;
    CellVoyagerPlate plate = new CellVoyagerPlate(folder, files, options, findings, base, place);
    return plate.read(keys.of(barcode, acquisition, base), index.shots(), index.failures(), detail, detail.format());
  }

  /** A plate by the names of its files. */
  private static Optional<PlateIndex> unindexed(
      Named group, List<Path> images, FolderScan folder, ListedFiles files, Settings settings, DistinctKeys keys, ArchiveOptions options,
      Findings findings)
      throws IOException {
    String place = Shown.of(folder.name(group.base) + '/' + group.prefix);
    PlateFormat counted = group.prefix.isEmpty() ? counted(images, place, options, findings) : null;
    List<CellVoyagerShot> shots = new ArrayList<>();
    for (Path image : images) {
      String name = ListedFiles.fileName(image);
      try {
        CellVoyagerShot.named(name, name, counted == null ? 1 : counted.columns()).ifPresent(shots::add);
      } catch (IllegalArgumentException e) {
        findings.warning("%s is not read: %s".formatted(folder.name(image), e.getMessage()));
      }
    }
    findings.warning(place + ": there is no index that is read, so the files' names tell all, and nothing is known of what is missing");
    CellVoyagerDetail detail = detail(group.base, folder, files, settings, findings);
    String barcode = barcode(detail.barcode(), group.prefix.isEmpty() ? null : group.prefix, group.base, place, options, findings);
    String acquisition = folderName(group.base, place, "there is no .mlf", findings);
    CellVoyagerPlate plate = new CellVoyagerPlate(folder, files, options, findings, group.base, place);
    return plate.read(keys.of(barcode, acquisition, group.base), shots, List.of(), detail, counted == null ? detail.format() : counted);
  }

  /** The images that no index is there for, by folder and by how their names begin. */
  private static SortedMap<Named, List<Path>> named(FolderScan folder, List<Path> indexed) {
    SortedMap<Named, List<Path>> named = new TreeMap<>(Comparator.comparing(Named::base).thenComparing(Named::prefix));
    for (Path file : folder.files()) {
      String name = ListedFiles.fileName(file);
      String prefix = CellVoyagerShot.counted(name) > 0 ? "" : CellVoyagerShot.prefix(name).orElse(null);
      if (prefix != null && indexed.stream().noneMatch(file::startsWith)) {
        named.computeIfAbsent(new Named(file.resolveSibling(""), prefix), group -> new ArrayList<>()).add(file);
      }
    }
    return named;
  }

  private static CellVoyagerDetail detail(Path base, FolderScan folder, ListedFiles files, Settings settings, Findings findings) throws IOException {
    CellVoyagerDetail detail = new CellVoyagerDetail(findings);
    for (Path file : settings.mrf.getOrDefault(base, List.of())) {
      files.find(file);
      detail.read(file, folder.name(file));
    }
    List<Path> found = settings.mes.getOrDefault(base, List.of());
    found.forEach(files::find);
    if (!found.isEmpty()) {
      Path setting = found.stream().filter(file -> ListedFiles.fileName(file).equals(detail.setting())).findFirst().orElse(found.getFirst());
      if (found.size() > 1 && !ListedFiles.fileName(setting).equals(detail.setting())) {
        findings.choice("%s is read for the names of channels, for the .mrf names none of the %d settings".formatted(
            Shown.of(folder.name(setting)), found.size()), "moving away the settings that are not to be read");
      }
      detail.read(setting, folder.name(setting));
    }
    for (String correction : detail.corrections()) {
      try {
        files.find(base, correction).ifPresent(file -> files.ignore(file, "correction image", findings));
      } catch (IllegalArgumentException e) {
        findings.warning("%s: the correction image %s %s".formatted(folder.name(base), Shown.of(correction), e.getMessage()));
      }
    }
    return detail;
  }

  private static String barcode(
      @Nullable String told, @Nullable String prefix, Path base, String place, ArchiveOptions options, Findings findings) throws ArchiveException {
    boolean byPrefix = Chosen.reading(options, "barcode", "mrf", "prefix").equals("prefix");
    if (prefix != null && FAILED_BARCODE.matcher(prefix).matches() && (told == null || byPrefix) && options.plate() == null) {
      findings.choice("%s: the barcode was not read; the plate goes by the time instead, '%s'".formatted(place, Shown.of(prefix)), "the plate's barcode");
    } else if (told != null && prefix != null && !told.equals(prefix)) {
      findings.choice("%s: the .mrf calls the plate '%s', the files '%s'; the %s counts".formatted(
          place, Shown.of(told), Shown.of(prefix), byPrefix ? "files' name" : ".mrf"), "barcode=" + (byPrefix ? "mrf" : "prefix"));
    }
    if (told != null && (!byPrefix || prefix == null)) {
      return told;
    }
    return prefix != null ? prefix : folderName(base, place, "nothing says the barcode", findings);
  }

  private static String folderName(Path base, String place, String why, Findings findings) {
    String name = ListedFiles.fileName(base).strip();
    String id = name.isEmpty() ? "1" : name;
    findings.choice("%s: %s, so '%s' is taken, the folder's name".formatted(place, why, Shown.of(id)), "another plate or acquisition");
    return id;
  }

  /** The plate by whose columns the CQ1 counts wells, which its names do not tell. */
  private static PlateFormat counted(List<Path> images, String place, ArchiveOptions options, Findings findings) {
    int last = images.stream().mapToInt(file -> CellVoyagerShot.counted(ListedFiles.fileName(file))).max().orElse(1);
    PlateFormat format = last <= 96 ? PlateFormat.WELLS_96 : last <= 384 ? PlateFormat.WELLS_384 : PlateFormat.WELLS_1536;
    for (PlateFormat possible : PlateFormat.values()) {
      if (Integer.toString(possible.size()).equals(options.choices().get(PlateBuilder.WELLS))) {
        return possible;
      }
    }
    findings.choice("%s: wells are counted row by row up to %d, and nothing says how wide the plate is; %d wells are assumed".formatted(
        place, last, format.size()), PlateBuilder.WELLS + (format.size() == 384 ? "=1536" : "=384"));
    return format;
  }

  private static boolean isName(String text) {
    try {
      return PlateBuilder.text(text, "name").equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String lastPart(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  private static boolean has(Path file, String ending) {
    return ListedFiles.fileName(file).toLowerCase(Locale.ROOT).endsWith(ending);
  }
}
