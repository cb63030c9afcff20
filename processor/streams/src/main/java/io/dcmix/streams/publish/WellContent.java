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
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** By what a published well is known again. The order of the planes does not matter. */
final class WellContent {
  private final SortedSet<String> lines = new TreeSet<>();

  /** @param sha256 of the payload, hex */
  void add(PlaneId id, String sha256) {
    lines.add(KeyParts.join(Integer.toString(id.site()), id.channel(), Integer.toString(id.z()), sha256));
  }

  int planes() {
    return lines.size();
  }

  /** SHA-256 of what the planes hold. */
  String sha256() {
    return hash(lines);
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
