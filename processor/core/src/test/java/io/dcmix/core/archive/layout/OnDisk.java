package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.schema.event.Absence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Small archives that a test writes, and what was read of them in few words. */
record OnDisk(Path root) {
  /** Writes files whose pixels nobody reads. */
  OnDisk files(String... paths) throws IOException {
    for (String path : paths) {
      text(path, "pixels");
    }
    return this;
  }

  /** Writes a file, every character as one byte. */
  OnDisk text(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  ArchiveIndex read(ArchiveLayout layout) throws IOException {
    return read(layout, ArchiveOptions.NONE);
  }

  /** Reads with one choice: {@code projections=only}. */
  ArchiveIndex read(ArchiveLayout layout, String choice) throws IOException {
    String[] parts = choice.split("=", 2);
    return read(layout, new ArchiveOptions(null, null, null, Map.of(), Map.of(parts[0], parts[1])));
  }

  ArchiveIndex read(ArchiveLayout layout, ArchiveOptions options) throws IOException {
    return layout.read(FolderScan.of(root), options);
  }

  static PlateIndex only(ArchiveIndex index) {
    if (index.plates().size() != 1) {
      throw new AssertionError("not one plate: " + index.plates().stream().map(PlateIndex::key).toList());
    }
    return index.plates().getFirst();
  }

  /** {@code plate/acquisition} of each. */
  static List<String> keys(ArchiveIndex index) {
    return index.plates().stream().map(plate -> plate.key().toString()).toList();
  }

  /** What each plane is. */
  static List<String> planes(PlateIndex plate) {
    return plate.planes().stream().map(plane -> plane.id().toString()).toList();
  }

  /** The name of the file of each plane. */
  static List<String> fileNames(PlateIndex plate) {
    return plate.planes().stream().map(IndexedPlane::location).map(at -> at.file().getFileName().toString()).toList();
  }

  /** What each plane is that is absent for that reason. */
  static List<String> absent(PlateIndex plate, Absence kind) {
    return plate.absent().stream().filter(plane -> plane.kind() == kind).map(AbsentPlane::id).map(Object::toString).toList();
  }

  static List<String> choices(ArchiveIndex index) {
    return index.findings().choices().stream().map(choice -> choice.otherwise()).toList();
  }
}
