package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Absence;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Collects the planes of one plate while an index is read. For one use. */
final class PlateBuilder {
  /** The choice of a plate's size, where the archive does not tell. */
  static final String WELLS = "wells";

  private static final int MAX_TEXT = 200;

  private final PlateKey key;
  private final FolderScan folder;
  private final Findings findings;
  private final Map<String, Integer> channels = new LinkedHashMap<>();
  private final Map<PlaneId, IndexedPlane> planes = new HashMap<>();
  private final Map<PlaneId, AbsentPlane> absent = new HashMap<>();

  PlateBuilder(PlateKey key, FolderScan folder, Findings findings) {
    this.key = key;
    this.folder = folder;
    this.findings = findings;
  }

  /**
   * A barcode, acquisition or channel as an index writes it, stripped.
   *
   * @param what it is, for the message
   * @throws IllegalArgumentException if it is empty, longer than 200 characters or has characters that nobody sees
   */
  static String text(String text, String what) {
    String stripped = text.strip();
    if (stripped.isEmpty() || stripped.length() > MAX_TEXT || stripped.codePoints().anyMatch(Shown::isControl)) {
      throw new IllegalArgumentException("the %s '%s' is %s".formatted(what, Shown.of(stripped),
          stripped.isEmpty() ? "empty" : stripped.length() > MAX_TEXT ? "longer than " + MAX_TEXT + " characters" : "not plain text"));
    }
    return stripped;
  }

  /** Gives a channel its place in the order; without it, channels follow each other as their planes do. */
  void channel(String name) {
    channels.putIfAbsent(name, channels.size());
  }

  /** Adds a plane that is there. Of two files for one plane the first is taken, and the other is told. */
  void add(IndexedPlane plane) {
    channel(plane.id().channel());
    IndexedPlane before = planes.putIfAbsent(plane.id(), plane);
    if (before != null && !before.location().equals(plane.location())) {
      findings.warning("%s is ignored: %s is %s already".formatted(
          Shown.of(folder.name(plane.location().file())), Shown.of(folder.name(before.location().file())), plane.id()));
    }
  }

  /** Adds a plane that is not there; one that turns up elsewhere is there. */
  void absent(PlaneId id, String reason, Absence kind) {
    channel(id.channel());
    absent.putIfAbsent(id, new AbsentPlane(id, reason, kind));
  }

  /** Whether anything is known of a plane. */
  boolean knows(PlaneId id) {
    return planes.containsKey(id) || absent.containsKey(id);
  }

  /** Whether there is nothing at all. */
  boolean isEmpty() {
    return planes.isEmpty() && absent.isEmpty();
  }

  /**
   * The plate with its planes in order.
   *
   * @param format what the archive says; null takes the smallest plate that holds the wells, or the one that is chosen
   */
  PlateIndex build(@Nullable PlateFormat format, @Nullable String instrument, @Nullable PlateMap map, ArchiveOptions options)
      throws ArchiveException {
    absent.keySet().removeAll(planes.keySet());
    Comparator<PlaneId> order = PlaneId.order(List.copyOf(channels.keySet()));
    return new PlateIndex(
        key, size(format, map, options), instrument, List.copyOf(channels.keySet()),
        planes.values().stream().sorted(Comparator.comparing(IndexedPlane::id, order)).toList(),
        absent.values().stream().sorted(Comparator.comparing(AbsentPlane::id, order)).toList(), map);
  }

  private PlateFormat size(@Nullable PlateFormat format, @Nullable PlateMap map, ArchiveOptions options) throws ArchiveException {
    TreeSet<WellAddress> wells = new TreeSet<>();
    planes.keySet().forEach(id -> wells.add(id.well()));
    absent.keySet().forEach(id -> wells.add(id.well()));
    PlateFormat chosen = chosen(options);
    PlateFormat said = chosen != null ? chosen : format != null ? format : map == null ? null : map.format();
    PlateFormat held = PlateFormat.holding(wells);
    if (said == null) {
      findings.choice("%s: how many wells the plate has is not told; %d is the smallest that holds %s".formatted(
          Shown.of(key.plate()), held.size(), wells.last()), WELLS + "=384");
      return held;
    }
    if (!wells.stream().allMatch(said::contains)) {
      findings.warning("%s: a plate of %d wells has no %s; it is taken for one of %d".formatted(
          Shown.of(key.plate()), said.size(), wells.stream().filter(w -> !said.contains(w)).limit(Findings.EXAMPLES).toList(), held.size()));
      return held;
    }
    return said;
  }

  private static @Nullable PlateFormat chosen(ArchiveOptions options) throws ArchiveException {
    String wells = options.choices().get(WELLS);
    if (wells == null) {
      return null;
    }
    return Arrays.stream(PlateFormat.values()).filter(f -> wells.equals(Integer.toString(f.size()))).findFirst().orElseThrow(() ->
        new ArchiveException("The choice " + WELLS + "=" + Shown.of(wells),
            "must be one of " + Arrays.stream(PlateFormat.values()).map(PlateFormat::size).toList()));
  }
}
