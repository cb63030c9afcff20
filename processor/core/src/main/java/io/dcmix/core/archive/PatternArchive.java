package io.dcmix.core.archive;

import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.ImageLimits;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Encoding;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of PNG or TIFF files, one plane each, named by a pattern. Opening it reads names and headers; pixels are read
 * plane by plane. Immutable once open, so several threads may read.
 */
public final class PatternArchive implements PlateArchive {
  private static final int EXAMPLES = 5;
  private static final long MAX_GRID = 5_000_000;

  /** A file and what its header says. */
  private record Found(Path file, PlaneFormat format) {}

  /**
   * Files that are not planes.
   *
   * @param count how many
   * @param examples the first few, with the reason where the pattern fitted
   */
  public record Ignored(int count, List<String> examples) {}

  private final PatternSpec spec;
  private final FolderScan folder;
  private final Map<PlaneId, Found> found = new HashMap<>();
  private final Map<PlaneId, String> unreadable = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> ignoredExamples = new ArrayList<>();
  private int ignoredCount;
  private final PlateKey key;
  private final PlateFormat format;
  private final List<String> channels;
  private final List<PlaneId> planes;
  private final List<AbsentPlane> absent;

  private PatternArchive(Path directory, PatternSpec spec, @Nullable PlateMap map) throws IOException {
    this.spec = spec;
    folder = FolderScan.of(directory);
    folder.refused().forEach(r -> warnings.add("refused: " + r));
    Set<String> plates = index();
    if (found.isEmpty()) {
      throw new ArchiveException("Archive " + directory, "no readable image of %d files fits the pattern %s%s%s".formatted(
          folder.files().size(), spec.pattern(), ignoredExamples.isEmpty() ? "" : "; there are, for example, " + ignoredExamples,
          unreadable.isEmpty() ? "" : "; unreadable: " + unreadable.values().stream().limit(EXAMPLES).toList()));
    }
    key = new PlateKey(plate(directory, plates), spec.acquisition());
    Set<PlaneId> named = new HashSet<>(found.keySet());
    named.addAll(unreadable.keySet());
    channels = spec.channels().isEmpty()
        ? List.copyOf(new TreeSet<>(named.stream().map(PlaneId::channel).toList()))
        : List.copyOf(spec.channels().values());
    TreeSet<WellAddress> wells = new TreeSet<>(named.stream().map(PlaneId::well).toList());
    if (map != null) {
      wells.addAll(map.wells().keySet());
    }
    format = format(directory, wells);
    planes = found.keySet().stream().sorted(order()).toList();
    absent = grid(directory, wells, named).filter(id -> !found.containsKey(id))
        .map(id -> new AbsentPlane(id, unreadable.getOrDefault(id, "no file for " + id)))
        .toList();
  }

  /**
   * Opens a folder.
   *
   * @param map adds its wells to those that are expected; null expects the wells that have a file
   * @throws ArchiveException if the folder holds no such plate
   */
  public static PatternArchive open(Path directory, PatternSpec spec, @Nullable PlateMap map) throws IOException {
    return new PatternArchive(directory, spec, map);
  }

  /** Files that are not planes of this plate. */
  public Ignored ignored() {
    return new Ignored(ignoredCount, List.copyOf(ignoredExamples));
  }

  /** Refused links and files that claim the same plane. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  public PlateKey key() {
    return key;
  }

  @Override
  public PlateFormat format() {
    return format;
  }

  @Override
  public @Nullable String instrument() {
    return spec.instrument();
  }

  @Override
  public List<String> channels() {
    return channels;
  }

  @Override
  public List<PlaneId> planes() {
    return planes;
  }

  @Override
  public List<AbsentPlane> absent() {
    return absent;
  }

  @Override
  public ArchivePlane read(PlaneId id) throws IOException {
    Found plane = found.get(id);
    if (plane == null) {
      throw new IOException("The archive " + folder.root() + " has no plane " + id);
    }
    // The folder may have changed since it was scanned.
    if (!plane.file.toRealPath().startsWith(folder.root())) {
      throw new IOException(plane.file + " leads out of the archive's folder");
    }
    int limit = (int) ImageLimits.DEFAULT.maxPayloadBytes();
    try (InputStream in = Files.newInputStream(plane.file)) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new IOException("%s has more than the limit of %d bytes".formatted(plane.file, limit));
      }
      return new ArchivePlane(id, plane.format, ByteBuffer.wrap(bytes).asReadOnlyBuffer(), null, folder.name(plane.file));
    }
  }

  @Override
  public @Nullable Path file(PlaneId id) {
    Found plane = found.get(id);
    return plane == null ? null : plane.file;
  }

  /** Sorts the files into planes, unreadable ones and ignored ones; returns the plates that they name. */
  private Set<String> index() throws IOException {
    FileNames names = new FileNames(spec);
    Set<String> plates = new TreeSet<>();
    for (Path file : folder.files()) {
      String name = folder.name(file);
      try {
        FileNames.Named named = names.parse(name).orElse(null);
        if (named == null || (named.plate() != null && spec.plate() != null && !named.plate().equals(spec.plate()))) {
          ignore(name);
          continue;
        }
        if (named.plate() != null) {
          plates.add(named.plate());
        }
        add(named.id(), file, name);
      } catch (IllegalArgumentException e) {
        ignore(name + " (" + e.getMessage() + ")");
      }
    }
    return plates;
  }

  private void add(PlaneId id, Path file, String name) throws IOException {
    Found before = found.get(id);
    if (before != null) {
      warnings.add("%s is ignored: %s is %s already".formatted(name, folder.name(before.file), id));
      return;
    }
    try {
      found.put(id, new Found(file, probe(file)));
      unreadable.remove(id);
    } catch (CorruptPlaneException e) {
      unreadable.put(id, "file " + name + " cannot be used: " + e.getMessage());
    }
  }

  /** Reads the header through a mapping, because a TIFF's may lie at the end of a large file. */
  private static PlaneFormat probe(Path file) throws IOException, CorruptPlaneException {
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
      return PlaneDecoder.probe(bytes, encoding);
    }
  }

  private void ignore(String what) {
    if (ignoredCount++ < EXAMPLES) {
      ignoredExamples.add(what);
    }
  }

  private String plate(Path directory, Set<String> plates) throws ArchiveException {
    String given = spec.plate();
    if (given != null) {
      return given;
    }
    if (plates.size() > 1) {
      throw new ArchiveException("Archive " + directory, "holds several plates: " + plates + "; choose one by plate = ...");
    }
    return plates.isEmpty() ? folder.root().getFileName().toString() : plates.iterator().next();
  }

  private PlateFormat format(Path directory, Set<WellAddress> wells) throws ArchiveException {
    PlateFormat given = spec.format();
    if (given == null) {
      return PlateFormat.holding(wells);
    }
    List<WellAddress> outside = wells.stream().filter(w -> !given.contains(w)).toList();
    if (!outside.isEmpty()) {
      throw new ArchiveException("Archive " + directory, "has wells that a plate of %d wells has not: %s".formatted(given.size(), outside));
    }
    return given;
  }

  /** Everything that a complete archive of these wells would hold. */
  private Stream<PlaneId> grid(Path directory, Set<WellAddress> wells, Set<PlaneId> named) throws ArchiveException {
    TreeSet<Integer> sites = new TreeSet<>(named.stream().map(PlaneId::site).toList());
    TreeSet<Integer> timepoints = new TreeSet<>(named.stream().map(PlaneId::timepoint).toList());
    TreeSet<Integer> zs = new TreeSet<>(named.stream().map(PlaneId::z).toList());
    long size = (long) wells.size() * sites.size() * timepoints.size() * zs.size() * channels.size();
    if (size > MAX_GRID) {
      throw new ArchiveException("Archive " + directory, ("%d wells x %d sites x %d channels x %d timepoints x %d focal planes are "
          + "more than %d planes; does the pattern mistake one number for another?").formatted(
              wells.size(), sites.size(), channels.size(), timepoints.size(), zs.size(), MAX_GRID));
    }
    return wells.stream().flatMap(well -> timepoints.stream().flatMap(t -> sites.stream().flatMap(site ->
        channels.stream().flatMap(channel -> zs.stream().map(z -> new PlaneId(well, site, channel, t, z))))));
  }

  private Comparator<PlaneId> order() {
    Map<String, Integer> rank = new TreeMap<>();
    for (String channel : channels) {
      rank.put(channel, rank.size());
    }
    return Comparator.comparing(PlaneId::well)
        .thenComparingInt(PlaneId::timepoint)
        .thenComparingInt(PlaneId::site)
        .thenComparingInt(id -> rank.getOrDefault(id.channel(), rank.size()))
        .thenComparingInt(PlaneId::z);
  }
}
