package io.dcmix.core.archive;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.ImageLimits;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Encoding;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of PNG or TIFF files, one plane each, named by a pattern that a description in the folder gives. Reading it reads
 * names and the headers of the images, and no pixels.
 */
public final class PatternLayout implements ArchiveLayout {
  /** How people choose it. */
  public static final String NAME = "pattern";

  private static final long MAX_GRID = 5_000_000;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "any images whose names fit the pattern of " + PatternSpec.FILE_NAME;
  }

  @Override
  public boolean recognises(FolderScan folder) {
    return description(folder).isPresent();
  }

  @Override
  public ArchiveIndex read(FolderScan folder, ArchiveOptions options) throws IOException {
    Path description = description(folder).orElseThrow(() -> new ArchiveException("Archive " + folder.root(),
        "has no " + PatternSpec.FILE_NAME + ", which says how files are named; write one (docs/archives.md) or name another file"));
    PatternSpec spec = PatternSpec.read(description);
    PlateMap map = null;
    if (spec.plateMap() != null) {
      // The description came with the folder, so it may be anybody's.
      Path file = folder.root().resolve(spec.plateMap()).normalize();
      if (!folder.files().contains(file)) {
        throw new ArchiveException("Archive description " + description, "plateMap: '%s' is not in the folder".formatted(Shown.of(spec.plateMap())));
      }
      map = PlateMaps.read(file, spec.columns(), spec.plate());
    }
    return read(folder, spec, map, options);
  }

  /**
   * Reads a folder by the description of a file from elsewhere; the plate map that it names lies in the folder.
   *
   * @throws ArchiveException if the description is wrong, or the folder holds no such plate
   */
  public static ArchiveIndex read(FolderScan folder, Path description, ArchiveOptions options) throws IOException {
    PatternSpec spec = PatternSpec.read(description);
    String named = spec.plateMap();
    return read(folder, spec, named == null ? null : PlateMaps.read(folder.root().resolve(named), spec.columns(), spec.plate()), options);
  }

  /**
   * Reads a folder by a description from elsewhere.
   *
   * @param map adds its wells to those that are expected; null expects the wells that have a file
   * @throws ArchiveException if the folder holds no such plate
   */
  public static ArchiveIndex read(FolderScan folder, PatternSpec spec, @Nullable PlateMap map, ArchiveOptions options) throws IOException {
    Run run = new Run(folder, spec, options);
    PlateIndex plate = run.read(map);
    return new ArchiveIndex(NAME, List.of(plate), run.findings);
  }

  private static Optional<Path> description(FolderScan folder) {
    Path file = folder.root().resolve(PatternSpec.FILE_NAME);
    return folder.files().contains(file) ? Optional.of(file) : Optional.empty();
  }

  private static final class Run {
    private final FolderScan folder;
    private final PatternSpec spec;
    private final ArchiveOptions options;
    private final @Nullable String wanted;
    private final String place;
    private final Findings findings = new Findings();
    private final Map<PlaneId, Path> found = new HashMap<>();
    private final Map<PlaneId, String> unreadable = new HashMap<>();
    private final Set<String> plates = new TreeSet<>();

    Run(FolderScan folder, PatternSpec spec, ArchiveOptions options) {
      this.folder = folder;
      this.spec = spec;
      this.options = options;
      wanted = options.plate() == null ? spec.plate() : options.plate();
      place = "Archive " + folder.root();
    }

    PlateIndex read(@Nullable PlateMap map) throws IOException {
      folder.refused().forEach(refused -> findings.warning("refused: " + refused));
      index();
      if (found.isEmpty()) {
        throw new ArchiveException(place, "no readable image of %d files fits the pattern %s%s%s".formatted(
            folder.files().size(), spec.pattern(),
            findings.ignored().isEmpty() ? "" : "; there are, for example, " + findings.ignored().values().stream().flatMap(g -> g.examples().stream()).toList(),
            unreadable.isEmpty() ? "" : "; unreadable: " + unreadable.values().stream().limit(Findings.EXAMPLES).toList()));
      }
      Set<PlaneId> named = new HashSet<>(found.keySet());
      named.addAll(unreadable.keySet());
      List<String> channels = spec.channels().isEmpty()
          ? List.copyOf(new TreeSet<>(named.stream().map(PlaneId::channel).toList()))
          : spec.channels().values().stream().map(options::channel).toList();
      TreeSet<WellAddress> wells = new TreeSet<>(named.stream().map(PlaneId::well).toList());
      if (map != null) {
        wells.addAll(map.wells().keySet());
      }
      String acquisition = options.acquisition();
      return new PlateIndex(
          new PlateKey(plate(), acquisition == null ? spec.acquisition() : acquisition), format(wells), spec.instrument(), channels,
          found.keySet().stream().sorted(PlaneId.order(channels))
              .map(id -> new IndexedPlane(id, new PlaneLocation.WholeFile(found.getOrDefault(id, folder.root())))).toList(),
          grid(wells, named, channels).filter(id -> !found.containsKey(id))
              .map(id -> new AbsentPlane(id, unreadable.getOrDefault(id, "no file for " + id))).toList(),
          map);
    }

    /** Sorts the files into planes, unreadable ones and ignored ones. */
    private void index() throws IOException {
      FileNames names = new FileNames(spec);
      for (Path file : folder.files()) {
        String name = folder.name(file);
        try {
          FileNames.Named named = names.parse(name).orElse(null);
          if (named == null) {
            if (!name.equals(PatternSpec.FILE_NAME)) {
              findings.ignored("does not fit the pattern", name);
            }
          } else if (named.plate() != null && wanted != null && !named.plate().equals(wanted)) {
            findings.ignored("another plate", name);
          } else {
            if (named.plate() != null) {
              plates.add(named.plate());
            }
            PlaneId id = named.id();
            add(new PlaneId(id.well(), id.site(), options.channel(id.channel()), id.timepoint(), id.z()), file, name);
          }
        } catch (IllegalArgumentException e) {
          findings.ignored("fits the pattern and names no plane", name + " (" + e.getMessage() + ")");
        }
      }
    }

    private void add(PlaneId id, Path file, String name) throws IOException {
      Path before = found.get(id);
      if (before != null) {
        findings.warning("%s is ignored: %s is %s already".formatted(name, folder.name(before), id));
        return;
      }
      try {
        probe(file);
        found.put(id, file);
        unreadable.remove(id);
      } catch (CorruptPlaneException e) {
        unreadable.put(id, "file " + name + " cannot be used: " + e.getMessage());
      }
    }

    /** Reads the header through a mapping, because a TIFF's may lie at the end of a large file. */
    private static void probe(Path file) throws IOException, CorruptPlaneException {
      try (FileChannel channel = FileChannel.open(file); Arena arena = Arena.ofConfined()) {
        if (channel.size() > ImageLimits.DEFAULT.maxPayloadBytes()) {
          throw new CorruptPlaneException(
              "it has %d bytes; the limit is %d".formatted(channel.size(), ImageLimits.DEFAULT.maxPayloadBytes()));
        }
        if (channel.size() == 0) {
          throw new CorruptPlaneException("it is empty");
        }
        ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena).asByteBuffer();
        Encoding encoding = PlaneDecoder.encodingOf(bytes);
        if (encoding == Encoding.UNKNOWN) {
          throw new CorruptPlaneException("it is neither PNG nor TIFF");
        }
        PlaneDecoder.probe(bytes, encoding);
      }
    }

    private String plate() throws ArchiveException {
      if (wanted != null) {
        return wanted;
      }
      if (plates.size() > 1) {
        throw new ArchiveException(place, "holds several plates: " + plates + "; choose one by plate = ...");
      }
      return plates.isEmpty() ? folder.root().getFileName().toString() : plates.iterator().next();
    }

    private PlateFormat format(Set<WellAddress> wells) throws ArchiveException {
      PlateFormat given = spec.format();
      if (given == null) {
        return PlateFormat.holding(wells);
      }
      List<WellAddress> outside = wells.stream().filter(w -> !given.contains(w)).toList();
      if (!outside.isEmpty()) {
        throw new ArchiveException(place, "has wells that a plate of %d wells has not: %s".formatted(given.size(), outside));
      }
      return given;
    }

    /** Everything that a complete archive of these wells would hold. */
    private Stream<PlaneId> grid(Set<WellAddress> wells, Set<PlaneId> named, List<String> channels) throws ArchiveException {
      TreeSet<Integer> sites = new TreeSet<>(named.stream().map(PlaneId::site).toList());
      TreeSet<Integer> timepoints = new TreeSet<>(named.stream().map(PlaneId::timepoint).toList());
      TreeSet<Integer> zs = new TreeSet<>(named.stream().map(PlaneId::z).toList());
      long size = (long) wells.size() * sites.size() * timepoints.size() * zs.size() * channels.size();
      if (size > MAX_GRID) {
        throw new ArchiveException(place, ("%d wells x %d sites x %d channels x %d timepoints x %d focal planes are "
            + "more than %d planes; does the pattern mistake one number for another?").formatted(
                wells.size(), sites.size(), channels.size(), timepoints.size(), zs.size(), MAX_GRID));
      }
      return wells.stream().flatMap(well -> timepoints.stream().flatMap(t -> sites.stream().flatMap(site ->
          channels.stream().flatMap(channel -> zs.stream().map(z -> new PlaneId(well, site, channel, t, z))))));
    }
  }
}
