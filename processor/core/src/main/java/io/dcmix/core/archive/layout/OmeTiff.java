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
import io.dcmix.core.archive.layout.OmeDocument.Block;
import io.dcmix.core.archive.layout.OmeDocument.Image;
import io.dcmix.core.archive.layout.OmeDocument.Plate;
import io.dcmix.core.archive.layout.OmeDocument.Sample;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.TiffPages;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * OME-TIFF with the Screen/Plate/Well model: a document of OME-XML in a {@code *.companion.ome}, or in the first image of each
 * {@code *.ome.tif}, says which image is which field of which well, and in which file each plane lies at which place.
 */
public final class OmeTiff implements ArchiveLayout {
  private static final String NAME = "ome-tiff";
  private static final String BARCODE = "barcode";
  private static final int MAX_DOCUMENT = 256 << 20;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "OME-TIFF with plates and wells: *.companion.ome, or *.ome.tif files";
  }

  @Override
  public Set<String> choices() {
    return Set.of(BARCODE, PlateBuilder.WELLS);
  }

  @Override
  public boolean recognises(FolderScan folder) throws IOException {
    boolean tiff = false;
    for (Path file : folder.files()) {
      if (isCompanion(file)) {
        return true;
      }
      if (!tiff && isTiff(file)) {
        tiff = true;
        if (hasPlate(file)) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException {
    return new Reader(folder, options).read();
  }

  private static boolean isCompanion(Path file) {
    return ListedFiles.fileName(file).toLowerCase(Locale.ROOT).endsWith(".companion.ome");
  }

  private static boolean isTiff(Path file) {
    String name = ListedFiles.fileName(file).toLowerCase(Locale.ROOT);
    return name.endsWith(".ome.tif") || name.endsWith(".ome.tiff");
  }

  private static boolean hasPlate(Path file) throws IOException {
    boolean[] plate = {false};
    try {
      SafeXml.read(new ByteArrayInputStream(description(file)), "", new SafeXml.Visitor() {
        @Override
        public void start(String path, Map<String, String> attributes, int line) {
          plate[0] |= path.endsWith("/Plate") || path.endsWith("/BinaryOnly");
        }
      });
    } catch (ArchiveException | CorruptPlaneException e) {
      // What is before the error tells enough.
    }
    return plate[0];
  }

  private static byte[] description(Path file) throws IOException, CorruptPlaneException {
    try (TiffPages pages = new TiffPages(file)) {
      ByteBuffer text = pages.description();
      if (text.remaining() > MAX_DOCUMENT) {
        throw new CorruptPlaneException("its description has more than %d MiB".formatted(MAX_DOCUMENT >> 20));
      }
      byte[] bytes = new byte[text.remaining()];
      text.get(bytes);
      return bytes;
    }
  }

  /** Reads one folder. */
  private static final class Reader {
    private final FolderScan folder;
    private final ArchiveOptions options;
    private final Findings findings = new Findings();
    private final ListedFiles files;
    private final Map<PlateKey, PlateBuilder> plates = new TreeMap<>(Comparator.comparing(PlateKey::plate).thenComparing(PlateKey::acquisition));
    private final Map<PlateKey, PlateFormat> formats = new HashMap<>();
    private final Map<List<String>, List<String>> channels = new HashMap<>();
    private final Set<Path> described = new HashSet<>();
    private @Nullable String instrument;
    private int documents;
    private long planes;

    Reader(FolderScan folder, ArchiveOptions options) {
      this.folder = folder;
      this.options = options;
      files = new ListedFiles(folder);
    }

    ArchiveIndex read() throws IOException {
      List<String> problems = new ArrayList<>();
      List<Path> sources = new ArrayList<>(folder.files().stream().filter(OmeTiff::isCompanion).toList());
      sources.addAll(folder.files().stream().filter(OmeTiff::isTiff).toList());
      for (Path source : sources) {
        // Every file of a set without a companion repeats the document of all, so those that it names need not be read again.
        if (!described.contains(source)) {
          try {
            document(source);
          } catch (ArchiveException e) {
            problems.addAll(e.problems().stream().map(p -> Shown.whole(folder.name(source)) + ": " + p).toList());
          } catch (CorruptPlaneException e) {
            problems.add("%s: cannot be used: %s".formatted(Shown.whole(folder.name(source)), e.getMessage()));
          }
        }
      }
      if (plates.isEmpty()) {
        throw new ArchiveException("Archive " + folder.root(), problems.isEmpty()
            ? List.of("has no OME-TIFF that describes a plate with images; of %d documents none has a Plate with a WellSample".formatted(documents))
            : problems);
      }
      problems.forEach(findings::warning);
      List<PlateIndex> all = new ArrayList<>();
      for (Map.Entry<PlateKey, PlateBuilder> plate : plates.entrySet()) {
        all.add(plate.getValue().build(formats.get(plate.getKey()), instrument, null, options));
      }
      files.tellOthers(findings);
      return new ArchiveIndex(NAME, Chosen.plates(all, folder, options, findings), findings);
    }

    private void document(Path source) throws IOException, CorruptPlaneException {
      String place = Shown.whole(folder.name(source));
      OmeDocument document = new OmeDocument(place);
      try {
        if (isCompanion(source)) {
          files.find(source);
          SafeXml.read(source, place, document);
        } else {
          byte[] text = description(source);
          if (text.length == 0) {
            return;
          }
          SafeXml.read(new ByteArrayInputStream(text), place, document);
        }
      } catch (ArchiveException e) {
        if (document.plates.isEmpty() || document.images.isEmpty()) {
          throw new ArchiveException("OME-XML", e.problems());
        }
        findings.warning(place + ": " + String.join("; ", e.problems()) + "; what stands before is read");
      }
      documents++;
      if (!document.binaryOnly.isEmpty()) {
        tellMetadata(document, source, place);
        return;
      }
      if (!document.microscope.isEmpty()) {
        instrument = document.microscope;
      }
      Set<String> used = new HashSet<>();
      for (Plate plate : document.plates) {
        plate(document, plate, source, used);
      }
      document.images.keySet().stream().filter(id -> !used.contains(id)).forEach(id -> findings.ignored("image of no well", place + " " + id));
    }

    private void tellMetadata(OmeDocument document, Path source, String place) {
      String problem = "is not there";
      try {
        if (find(source, document.binaryOnly).isPresent()) {
          return;
        }
      } catch (IllegalArgumentException e) {
        problem = String.valueOf(e.getMessage());
      }
      findings.warning("%s: its metadata file %s %s".formatted(place, Shown.of(document.binaryOnly), problem));
    }

    private void plate(OmeDocument document, Plate plate, Path source, Set<String> used) throws IOException {
      String barcode = barcode(plate);
      // The same field of another acquisition is the same site, so samples are ranked within well and acquisition.
      Map<List<Object>, List<Sample>> wells = new LinkedHashMap<>();
      for (Sample sample : plate.samples) {
        String acquisition = plate.acquisitions.getOrDefault(sample.id(), "");
        wells.computeIfAbsent(List.of(sample.row(), sample.column(), acquisition), w -> new ArrayList<>()).add(sample);
      }
      for (Map.Entry<List<Object>, List<Sample>> well : wells.entrySet()) {
        List<Sample> samples = well.getValue().stream().sorted(Comparator.comparingLong(Sample::index)).toList();
        Sample first = samples.getFirst();
        String place = Shown.whole(folder.name(source)) + ": line " + first.line();
        if (first.row() < 0 || first.row() >= WellAddress.MAX_ROWS || first.column() < 0 || first.column() >= WellAddress.MAX_COLUMNS) {
          findings.warning("%s: there is no well at row %d, column %d (0-based); it is left out".formatted(place, first.row(), first.column()));
          continue;
        }
        PlateKey key = new PlateKey(barcode, acquisition(plate, (String) well.getKey().getLast()));
        PlateBuilder builder = plates.computeIfAbsent(key, k -> new PlateBuilder(k, folder, findings));
        Arrays.stream(PlateFormat.values()).filter(f -> f.rows() == plate.rows && f.columns() == plate.columns)
            .forEach(f -> formats.put(key, f));
        for (int i = 0; i < samples.size(); i++) {
          Sample sample = samples.get(i);
          Image image = document.images.get(sample.image());
          used.add(sample.image());
          if (image == null) {
            findings.warning("%s: field %d of well %s has %s".formatted(place, i + 1, new WellAddress(first.row(), first.column()),
                sample.image().isEmpty() ? "no image" : "the image " + Shown.of(sample.image()) + ", which is not described"));
            continue;
          }
          image(document, image, sample, i + 1, source, builder);
        }
        if (builder.isEmpty()) {
          plates.remove(key);
        }
      }
    }

    private String barcode(Plate plate) throws ArchiveException {
      boolean external = Chosen.reading(options, BARCODE, "name", "external").equals("external");
      if (!plate.externalId.isEmpty() && !plate.name.isEmpty() && !plate.name.equals(plate.externalId)) {
        findings.choice("the plate %s has the external identifier %s; it goes by the %s".formatted(
            Shown.of(plate.name), Shown.of(plate.externalId), external ? "identifier" : "name"),
            BARCODE + "=" + (external ? "name" : "external"));
      }
      String first = external ? plate.externalId : plate.name;
      String barcode = !first.isEmpty() ? first : external ? plate.name : plate.externalId;
      if (!barcode.isEmpty()) {
        return text(barcode, "plate's name");
      }
      String name = ListedFiles.fileName(folder.root());
      findings.choice("the plate %s has no name; it goes by that of the folder, %s".formatted(Shown.of(plate.id), Shown.of(name)), "--plate BARCODE");
      return text(name, "folder's name");
    }

    private String acquisition(Plate plate, String id) throws ArchiveException {
      String name = plate.acquisitionNames.getOrDefault(id, "").strip();
      return id.isEmpty() ? "1" : text(name.isEmpty() ? id : name, "acquisition's name");
    }

    private String text(String text, String what) throws ArchiveException {
      try {
        return PlateBuilder.text(text, what);
      } catch (IllegalArgumentException e) {
        throw new ArchiveException("Archive " + folder.root(), String.valueOf(e.getMessage()));
      }
    }

    private void image(OmeDocument document, Image image, Sample sample, int site, Path source, PlateBuilder builder) throws IOException {
      WellAddress well = new WellAddress(sample.row(), sample.column());
      List<String> names = channels(image);
      names.forEach(builder::channel);
      Map<List<Integer>, Double> deltas = new HashMap<>();
      image.deltas.forEach(d -> deltas.put(List.of(d.c(), d.z(), d.t()), d.seconds()));
      boolean[] told = new boolean[image.sizeC * image.sizeZ * image.sizeT];
      planes += told.length;
      if (planes > OmeDocument.MAX_PLANES) {
        throw new ArchiveException("OME-XML", "line %d: the wells have more than %d planes together".formatted(sample.line(), OmeDocument.MAX_PLANES));
      }
      for (Block block : image.blocks) {
        int start = rank(image, block.firstC(), block.firstZ(), block.firstT());
        if (start < 0) {
          findings.warning("%s: line %d: a TiffData begins outside of its image".formatted(Shown.whole(folder.name(source)), block.line()));
          continue;
        }
        int count = block.planes() >= 0 ? block.planes() : block.ifd() >= 0 ? 1 : told.length;
        Optional<Path> file = Optional.empty();
        String missing = "";
        try {
          file = file(document, block, source);
          missing = "file %s is missing".formatted(block.file() == null ? "without a name" : Shown.of(block.file()));
        } catch (IllegalArgumentException e) {
          missing = "file %s %s".formatted(Shown.of(String.valueOf(block.file())), e.getMessage());
        }
        for (int i = 0; i < count && start + i < told.length; i++) {
          int[] czt = place(image, start + i);
          PlaneId id = new PlaneId(well, site, names.get(czt[0]), czt[2], czt[1]);
          told[start + i] = true;
          if (file.isPresent()) {
            AcquiredAt at = time(image.date.isEmpty() ? sample.time() : image.date, deltas.get(List.of(czt[0], czt[1], czt[2])));
            builder.add(new IndexedPlane(id, new PlaneLocation.TiffPage(file.get(), Math.max(block.ifd(), 0) + i), at.instant(), at.text()));
          } else {
            builder.absent(id, missing, Absence.MISSING);
          }
        }
      }
      for (int i = 0; i < told.length; i++) {
        if (!told[i]) {
          int[] czt = place(image, i);
          builder.absent(new PlaneId(well, site, names.get(czt[0]), czt[2], czt[1]), "no TiffData tells where it lies", Absence.NOT_RECORDED);
        }
      }
    }

    /** The file of a block: this one if it names none, or names it by its own UUID, for files are renamed. */
    private Optional<Path> file(OmeDocument document, Block block, Path source) {
      boolean own = isTiff(source);
      boolean self = block.uuid() != null && !block.uuid().isEmpty() && block.uuid().equals(document.uuid);
      Optional<Path> file = own && (block.file() == null || self) ? files.find(source)
          : block.file() == null ? Optional.empty() : find(source, block.file());
      file.ifPresent(described::add);
      return file;
    }

    private Optional<Path> find(Path source, String name) {
      Path base = source.getParent();
      return files.find(base == null ? folder.root() : base, name);
    }

    private List<String> channels(Image image) throws IOException {
      List<String> own = new ArrayList<>();
      for (int c = 0; c < image.sizeC; c++) {
        String name = c < image.channels.size() ? image.channels.get(c).strip() : "";
        own.add(name.isEmpty() ? "C" + c : text(name, "channel's name"));
      }
      List<String> known = channels.get(own);
      if (known != null) {
        return known;
      }
      if (image.channels.size() < image.sizeC || image.channels.stream().anyMatch(String::isBlank)) {
        findings.choice("channels without a name go by their numbers: " + own.stream().map(Shown::of).toList(), "--channel C0=NAME");
      }
      Map<Integer, String> names = new TreeMap<>();
      for (int c = 0; c < own.size(); c++) {
        names.put(c, own.get(c));
      }
      List<String> unique = List.copyOf(Chosen.channels(names, folder, options, findings).values());
      channels.put(own, unique);
      return unique;
    }

    private AcquiredAt time(String date, @Nullable Double delta) {
      if (date.isEmpty() || delta == null) {
        return AcquiredAt.of(date, options);
      }
      long nanos = Math.round(delta * 1e9);
      try {
        return AcquiredAt.of(OffsetDateTime.parse(date).plusNanos(nanos).toString(), options);
      } catch (DateTimeException e) {
        try {
          return AcquiredAt.of(LocalDateTime.parse(date).plusNanos(nanos).toString(), options);
        } catch (DateTimeException other) {
          return AcquiredAt.of(date, options);
        }
      }
    }
  }

  /** The place of a plane among all of its image, in the image's order of dimensions; -1 if there is no such plane. */
  private static int rank(Image image, int c, int z, int t) {
    if (c >= image.sizeC || z >= image.sizeZ || t >= image.sizeT) {
      return -1;
    }
    int rank = 0;
    int step = 1;
    for (char axis : axes(image)) {
      rank += step * (axis == 'C' ? c : axis == 'Z' ? z : t);
      step *= size(image, axis);
    }
    return rank;
  }

  /** Channel, focal plane and timepoint of the plane at a place. */
  private static int[] place(Image image, int rank) {
    int[] czt = new int[3];
    int left = rank;
    for (char axis : axes(image)) {
      czt["CZT".indexOf(axis)] = left % size(image, axis);
      left /= size(image, axis);
    }
    return czt;
  }

  private static char[] axes(Image image) {
    String axes = image.order.length() == 5 ? image.order.substring(2) : "ZCT";
    return (axes.contains("C") && axes.contains("Z") && axes.contains("T") ? axes : "ZCT").toCharArray();
  }

  private static int size(Image image, char axis) {
    return axis == 'C' ? image.sizeC : axis == 'Z' ? image.sizeZ : image.sizeT;
  }
}
