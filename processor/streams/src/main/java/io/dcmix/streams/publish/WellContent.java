package io.dcmix.streams.publish;

import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.images.Sha256;
import io.dcmix.schema.KeyParts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** By what a published well is known again. The order of the planes does not matter. */
final class WellContent {
  private final Map<Place, String> planes = new HashMap<>();

  private record Place(int site, String channel, int z) {
    Place(PlaneId id) {
      this(id.site(), id.channel(), id.z());
    }

    String line(String sha256) {
      return KeyParts.join(Integer.toString(site), channel, Integer.toString(z), sha256);
    }
  }

  /**
   * What {@link #lines} wrote.
   *
   * @throws IllegalArgumentException if a line is none
   */
  static WellContent of(Collection<String> lines) {
    WellContent content = new WellContent();
    for (String line : lines) {
      List<String> parts = KeyParts.split(line, 4);
      content.planes.put(new Place(Integer.parseInt(parts.get(0)), parts.get(1), Integer.parseInt(parts.get(2))), parts.get(3));
    }
    return content;
  }

  /** @param sha256 of the payload, hex */
  void add(PlaneId id, String sha256) {
    planes.put(new Place(id), sha256);
  }

  int planes() {
    return planes.size();
  }

  boolean holds(PlaneId id) {
    return planes.containsKey(new Place(id));
  }

  /** Of the payload of a plane; empty if it is not among them. */
  Optional<String> sha256(PlaneId id) {
    return Optional.ofNullable(planes.get(new Place(id)));
  }

  Set<String> channels() {
    return planes.keySet().stream().map(Place::channel).collect(Collectors.toSet());
  }

  /** A line a plane, sorted: site, channel, focal plane and SHA-256. */
  SortedSet<String> lines() {
    SortedSet<String> lines = new TreeSet<>();
    planes.forEach((place, sha256) -> lines.add(place.line(sha256)));
    return lines;
  }

  /** SHA-256 of what the planes hold. */
  String sha256() {
    return hash(lines());
  }

  /**
   * SHA-256 of the names, sizes and times of the files that hold these planes; null if one of them is no file of its own, or is
   * not there.
   */
  static @Nullable String fingerprint(PlateArchive archive, Collection<PlaneId> planes) {
    SortedSet<String> lines = new TreeSet<>();
    for (PlaneId id : planes) {
      Path file = archive.file(id);
      if (file == null) {
        return null;
      }
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        lines.add(KeyParts.join(Integer.toString(id.site()), id.channel(), Integer.toString(id.z()), String.valueOf(file.getFileName()),
            Long.toString(attributes.size()), attributes.lastModifiedTime().toInstant().toString()));
      } catch (IOException e) {
        return null;
      }
    }
    return hash(lines);
  }

  private static String hash(SortedSet<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return Sha256.of(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
