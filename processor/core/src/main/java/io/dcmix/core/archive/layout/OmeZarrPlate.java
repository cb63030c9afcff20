package io.dcmix.core.archive.layout;

import com.fasterxml.jackson.databind.JsonNode;
import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlaneLocation;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.Shown;
import io.dcmix.core.archive.zarr.ZarrArray;
import io.dcmix.core.archive.zarr.ZarrJson;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads one plate of OME-Zarr. For one use. */
final class OmeZarrPlate {
  static final String WELLS_BY = "wellsBy";
  static final String EMPTY = "empty";
  static final String TIMES = "times";

  /** Times beyond this are milliseconds: as seconds they would lie in the year 5138. */
  private static final double FIRST_MILLIS = 1e11;

  private static final long MAX_PLANES = 5_000_000;

  /** A field: its place, and the images group that the well names. */
  private record Field(WellAddress well, int site, PlateKey key, Path folder, String path) {}

  /** What could not be read: the planes that it should hold are known only from the others. */
  private record Lost(WellAddress well, int site, PlateKey key, String why) {}

  /** An image's full resolution. */
  private record Full(ZarrArray array, List<String> axes, List<String> channels) {}

  private final Path root;
  private final FolderScan folder;
  private final OmeZarrFiles files;
  private final ArchiveOptions options;
  private final Findings findings;
  private final Map<PlateKey, PlateBuilder> builders = new TreeMap<>(Comparator.comparing(PlateKey::acquisition));
  private final Map<PlateKey, Set<List<Object>>> kinds = new HashMap<>();
  private final List<Lost> lost = new ArrayList<>();
  private final Map<List<String>, List<String>> channels = new HashMap<>();
  private final Map<String, Acquisition> acquisitions = new LinkedHashMap<>();
  private boolean blackIfEmpty;
  private double planes;

  private record Acquisition(String name, @Nullable Instant start) {}

  /** @param root folder of the plate */
  OmeZarrPlate(Path root, FolderScan folder, OmeZarrFiles files, ArchiveOptions options, Findings findings) {
    this.root = root;
    this.folder = folder;
    this.files = files;
    this.options = options;
    this.findings = findings;
  }

  /**
   * Reads the imaging runs of the plate.
   *
   * @param plate the attribute
   */
  List<PlateIndex> read(JsonNode plate) throws IOException {
    blackIfEmpty = Chosen.reading(options, EMPTY, "absent", "black").equals("black");
    acquisitions(plate.path("acquisitions"));
    String barcode = barcode(plate);
    List<String> rows = names(plate.path("rows"));
    List<String> columns = names(plate.path("columns"));
    Map<String, WellAddress> wells = wells(plate.path("wells"), rows, columns);
    for (Map.Entry<String, WellAddress> well : wells.entrySet()) {
      well(well.getValue(), well.getKey(), barcode);
    }
    for (Lost l : lost) {
      PlateBuilder builder = builders.get(l.key());
      if (builder == null) {
        findings.warning("%s: %s: %s".formatted(place(""), l.well(), l.why()));
      } else {
        kinds.getOrDefault(l.key(), Set.of()).forEach(kind -> builder.absent(
            new PlaneId(l.well(), l.site(), (String) kind.get(0), (Integer) kind.get(1), (Integer) kind.get(2)), l.why(), Absence.MISSING));
      }
    }
    List<PlateIndex> all = new ArrayList<>();
    for (PlateBuilder builder : builders.values()) {
      if (!builder.isEmpty()) {
        all.add(builder.build(format(rows, columns), null, null, options));
      }
    }
    return all;
  }

  private void acquisitions(JsonNode list) throws ArchiveException {
    boolean start = Chosen.reading(options, TIMES, "start", "none").equals("start");
    for (JsonNode a : list) {
      String id = a.path("id").asText();
      String name = a.path("name").asText("").strip();
      Instant at = instant(a.path("starttime"));
      acquisitions.put(id, new Acquisition(text(name.isEmpty() ? id : name, "acquisition's name"), start ? at : null));
      if (at != null) {
        findings.choice("%s: planes have no times of their own; %s".formatted(place(""),
            start ? "they have the start of their acquisition, " + at : "the start of their acquisition, " + at + ", is not taken"),
            TIMES + (start ? "=none" : "=start"));
      }
    }
  }

  /** The schema says seconds since 1970, and its own example has milliseconds. */
  static @Nullable Instant instant(JsonNode time) {
    if (!time.isNumber() || time.doubleValue() <= 0 || time.doubleValue() > 1e15) {
      return null;
    }
    BigDecimal value = time.decimalValue();
    try {
      return Instant.ofEpochMilli((time.doubleValue() > FIRST_MILLIS ? value : value.movePointRight(3)).longValue());
    } catch (DateTimeException e) {
      return null;
    }
  }

  private String barcode(JsonNode plate) throws ArchiveException {
    String name = plate.path("name").asText("").strip();
    if (!name.isEmpty()) {
      return text(name, "plate's name");
    }
    String own = ListedFiles.fileName(root).replaceFirst("(\\.ome)?\\.zarr$", "");
    findings.choice("%s: the plate has no name; it goes by that of its folder, %s".formatted(place(""), Shown.of(own)), "--plate BARCODE");
    return text(own, "folder's name");
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    for (JsonNode item : list) {
      if (names.size() == 1_000) {
        break;
      }
      names.add(item.path("name").asText(""));
    }
    return names;
  }

  /** The wells by their paths. Names of rows and columns tell the place, for a plate may list only those that were imaged. */
  private Map<String, WellAddress> wells(JsonNode list, List<String> rows, List<String> columns) throws ArchiveException {
    Map<String, WellAddress> byName = new LinkedHashMap<>();
    Map<String, WellAddress> byIndex = new LinkedHashMap<>();
    for (JsonNode well : list) {
      String path = well.path("path").asText("");
      String[] parts = path.split("/", -1);
      int row = well.path("rowIndex").asInt(parts.length == 2 ? rows.indexOf(parts[0]) : -1);
      int column = well.path("columnIndex").asInt(parts.length == 2 ? columns.indexOf(parts[1]) : -1);
      if (row < 0 || column < 0 || row >= WellAddress.MAX_ROWS || column >= WellAddress.MAX_COLUMNS || byIndex.size() == WellAddress.MAX_ROWS * WellAddress.MAX_COLUMNS) {
        findings.warning("%s: the well '%s' has no place on a plate (row %d, column %d); it is left out".formatted(place(""), Shown.of(path), row, column));
        continue;
      }
      WellAddress indexed = new WellAddress(row, column);
      byIndex.put(path, indexed);
      try {
        byName.put(path, WellAddress.parse((row < rows.size() ? rows.get(row) : "") + (column < columns.size() ? columns.get(column) : "")));
      } catch (IllegalArgumentException e) {
        byName.put(path, indexed);
      }
    }
    boolean names = Chosen.reading(options, WELLS_BY, "name", "index").equals("name");
    byName.entrySet().stream().filter(e -> !e.getValue().equals(byIndex.get(e.getKey()))).findFirst().ifPresent(e -> findings.choice(
        "%s: by the names of row and column the well '%s' is %s, by their indexes it is %s; the %s are taken".formatted(
            place(""), Shown.of(e.getKey()), e.getValue(), byIndex.get(e.getKey()), names ? "names" : "indexes"), WELLS_BY + (names ? "=index" : "=name")));
    return names ? byName : byIndex;
  }

  private void well(WellAddress well, String path, String barcode) throws IOException {
    PlateKey first = acquisitions.isEmpty() ? key(barcode, "", "") : key(barcode, "", acquisitions.values().iterator().next().name());
    Optional<JsonNode> json = attributes(root, path, "well " + Shown.of(path), why -> lost.add(new Lost(well, 1, first, why)));
    if (json.isEmpty()) {
      return;
    }
    Path base = root.resolve(path).normalize();
    Map<String, Integer> sites = new HashMap<>();
    for (JsonNode image : OmeZarr.ome(json.get()).path("well").path("images")) {
      String id = image.path("acquisition").asText("");
      // Fields are ranked within their acquisition, for the same field of another run is the same site.
      int site = sites.merge(id, 1, Integer::sum);
      Acquisition acquisition = acquisitions.get(id);
      PlateKey key = key(barcode, id, acquisition == null ? "" : acquisition.name());
      field(new Field(well, site, key, base, image.path("path").asText("")), acquisition == null ? null : acquisition.start());
    }
    if (sites.isEmpty()) {
      findings.warning("%s: the well names no images".formatted(place(path)));
    }
  }

  private PlateKey key(String barcode, String id, String name) throws ArchiveException {
    return new PlateKey(barcode, !name.isEmpty() ? name : id.isEmpty() ? "1" : text(id, "acquisition's id"));
  }

  private void field(Field field, @Nullable Instant start) throws IOException {
    String place = place(folder.name(field.folder()) + "/" + field.path());
    Optional<JsonNode> json = attributes(field.folder(), field.path(), "image " + Shown.of(field.path()),
        why -> lost.add(new Lost(field.well(), field.site(), field.key(), why)));
    if (json.isEmpty()) {
      return;
    }
    try {
      Full full = full(field, OmeZarr.ome(json.get()), place);
      PlateBuilder builder = builders.computeIfAbsent(field.key(), k -> new PlateBuilder(k, folder, findings));
      full.channels().forEach(builder::channel);
      planes(field, full, start, builder);
    } catch (CorruptPlaneException | IllegalArgumentException e) {
      lost.add(new Lost(field.well(), field.site(), field.key(), "image %s cannot be read: %s".formatted(place, e.getMessage())));
    }
  }

  private Full full(Field field, JsonNode ome, String place) throws IOException, CorruptPlaneException {
    JsonNode scales = ome.path("multiscales").path(0);
    List<String> paths = new ArrayList<>();
    scales.path("datasets").forEach(dataset -> paths.add(dataset.path("path").asText("")));
    if (paths.isEmpty() || paths.getFirst().isEmpty()) {
      throw new CorruptPlaneException("it names no dataset");
    }
    if (ome.path("multiscales").size() > 1) {
      findings.warning("%s: of %d images in one group only the first is read".formatted(place, ome.path("multiscales").size()));
    }
    Path image = field.folder().resolve(field.path()).normalize();
    Path metadata = files.find(image, paths.getFirst(), ZarrArray.METADATA).orElseThrow(
        () -> new CorruptPlaneException("its dataset '%s' is not there".formatted(Shown.of(paths.getFirst()))));
    Path arrayFolder = metadata.resolveSibling("").normalize();
    ZarrArray array = ZarrArray.open(arrayFolder);
    files.used(arrayFolder);
    paths.stream().skip(1).forEach(path -> files.find(image, path, ZarrArray.METADATA)
        .ifPresent(reduced -> files.ignored(reduced.resolveSibling("").normalize(), "reduced resolution")));
    List<String> axes = axes(scales.path("axes"), array.shape().size());
    int last = axes.size();
    if (last != array.shape().size() || last < 2 || !axes.subList(last - 2, last).equals(List.of("y", "x"))
        || !Set.of("t", "c", "z").containsAll(axes.subList(0, last - 2)) || new LinkedHashSet<>(axes).size() != last) {
      throw new CorruptPlaneException("it has the axes %s and the shape %s; read are t, c and z in any order, then y and x".formatted(axes, array.shape()));
    }
    return new Full(array, axes.subList(0, last - 2), names(ome, size(array, axes, "c")));
  }

  private static List<String> axes(JsonNode node, int dimensions) {
    if (!node.isArray()) {
      return dimensions == 5 ? List.of("t", "c", "z", "y", "x") : List.of();
    }
    List<String> axes = new ArrayList<>();
    node.forEach(axis -> axes.add(axis.isTextual() ? axis.asText() : axis.path("name").asText("")));
    return axes;
  }

  private static int size(ZarrArray array, List<String> axes, String axis) {
    int at = axes.indexOf(axis);
    return at < 0 ? 1 : array.shape().get(at);
  }

  private List<String> names(JsonNode ome, int count) throws IOException, CorruptPlaneException {
    JsonNode labels = ome.path("omero").path("channels");
    if (count > 1_000) {
      throw new CorruptPlaneException("it has %d channels".formatted(count));
    }
    List<String> own = new ArrayList<>();
    for (int c = 0; c < count; c++) {
      String label = labels.path(c).path("label").asText("").strip();
      own.add(label.isEmpty() ? "C" + c : text(label, "channel's name"));
    }
    List<String> known = channels.get(own);
    if (known != null) {
      return known;
    }
    if (labels.size() < count) {
      findings.choice("channels without a name go by their numbers: " + own.stream().map(Shown::of).toList(), "--channel C0=NAME");
    }
    Map<Integer, String> names = new TreeMap<>();
    own.forEach(name -> names.put(names.size(), name));
    List<String> unique = List.copyOf(Chosen.channels(names, folder, options, findings).values());
    channels.put(own, unique);
    return unique;
  }

  private void planes(Field field, Full full, @Nullable Instant start, PlateBuilder builder) throws IOException, CorruptPlaneException {
    ZarrArray array = full.array();
    int times = size(array, full.axes(), "t");
    int zs = size(array, full.axes(), "z");
    planes += (double) full.channels().size() * times * zs;
    if (planes > MAX_PLANES) {
      throw new ArchiveException("Archive " + folder.root(), "%s: the wells have more than %d planes together".formatted(place(""), MAX_PLANES));
    }
    Set<List<Object>> kind = kinds.computeIfAbsent(field.key(), k -> new LinkedHashSet<>());
    for (int t = 0; t < times; t++) {
      for (int c = 0; c < full.channels().size(); c++) {
        for (int z = 0; z < zs; z++) {
          List<Integer> index = new ArrayList<>();
          for (String axis : full.axes()) {
            index.add(axis.equals("t") ? t : axis.equals("c") ? c : z);
          }
          PlaneId id = new PlaneId(field.well(), field.site(), full.channels().get(c), t, z);
          kind.add(List.of(id.channel(), t, z));
          if (blackIfEmpty || array.files(index).stream().anyMatch(files::isThere)) {
            builder.add(new IndexedPlane(id, new PlaneLocation.ZarrPlane(array.folder(), index), start, null));
          } else {
            builder.absent(id, "none of its chunks was written (or all of it is " + array.fill() + ": --choice " + EMPTY + "=black)", Absence.NOT_RECORDED);
          }
        }
      }
    }
  }

  /** The attributes of a group; if they cannot be read, says why. */
  private Optional<JsonNode> attributes(Path base, String path, String what, Consumer<String> wrong) throws IOException {
    try {
      Optional<Path> file = path.isEmpty() ? Optional.empty() : files.find(base, path, OmeZarr.ATTRIBUTES);
      if (file.isEmpty()) {
        wrong.accept(what + " is missing");
        return Optional.empty();
      }
      return Optional.of(ZarrJson.read(file.get()));
    } catch (IllegalArgumentException | CorruptPlaneException e) {
      wrong.accept("%s cannot be read: its path or its attributes: %s".formatted(what, e.getMessage()));
      return Optional.empty();
    }
  }

  private @Nullable PlateFormat format(List<String> rows, List<String> columns) {
    for (PlateFormat format : PlateFormat.values()) {
      if (format.rows() == rows.size() && format.columns() == columns.size()) {
        return format;
      }
    }
    return null;
  }

  private String place(String path) {
    return Shown.whole(path.isEmpty() ? folder.name(root) : path);
  }

  private String text(String text, String what) throws ArchiveException {
    try {
      return PlateBuilder.text(text, what);
    } catch (IllegalArgumentException e) {
      throw new ArchiveException("Archive " + folder.root(), place("") + ": " + e.getMessage());
    }
  }
}
