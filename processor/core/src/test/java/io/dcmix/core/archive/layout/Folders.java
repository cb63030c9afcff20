package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveIndex;
import io.dcmix.core.archive.ArchiveLayout;
import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.FolderScan;
import io.dcmix.core.archive.IndexedArchive;
import io.dcmix.core.archive.IndexedPlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateIndex;
import io.dcmix.core.images.PlaneEncoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small archives that tests write, and what they look at. */
final class Folders {
  private Folders() {}

  static ArchiveIndex read(ArchiveLayout layout, Path folder) throws IOException {
    return layout.read(FolderScan.of(folder), ArchiveOptions.NONE);
  }

  static ArchiveIndex read(ArchiveLayout layout, Path folder, ArchiveOptions options) throws IOException {
    return layout.read(FolderScan.of(folder), options);
  }

  static ArchiveOptions choice(String name, String value) {
    return new ArchiveOptions(null, null, null, Map.of(), Map.of(name, value));
  }

  static ArchiveOptions zone(String zone) {
    return new ArchiveOptions(null, null, ZoneId.of(zone), Map.of(), Map.of());
  }

  /** Each plane and the file it lies in. */
  static Map<String, String> planes(Path folder, PlateIndex plate) throws IOException {
    Path root = folder.toRealPath();
    Map<String, String> planes = new LinkedHashMap<>();
    for (IndexedPlane plane : plate.planes()) {
      planes.put(plane.id().toString(), root.relativize(plane.location().file()).toString());
    }
    return planes;
  }

  static IndexedArchive open(Path folder, PlateIndex plate) throws IOException {
    return new IndexedArchive(folder.toRealPath(), plate);
  }

  static PlaneId plane(String well, int site, String channel) {
    return new PlaneId(WellAddress.parse(well), site, channel, 0, 0);
  }

  /** Writes small PNGs, whatever they are called. */
  static void images(Path folder, String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.resolveSibling(""));
      Files.write(file, png(4, 3));
    }
  }

  static Path text(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] png(int width, int height) {
    ByteBuffer png = PlaneEncoder.encode(new PlaneFormat(width, height, PixelType.UINT8, Encoding.PNG), ByteBuffer.allocate(width * height), 6);
    byte[] bytes = new byte[png.remaining()];
    png.get(bytes);
    return bytes;
  }

  /** A TIFF of 2 x 2 pixels in one strip, little-endian. */
  static byte[] tiff(int bits) {
    int[][] tags = {
      {256, 3, 1, 2}, {257, 3, 1, 2}, {258, 3, 1, bits}, {259, 3, 1, 1}, {262, 3, 1, 1}, {273, 4, 1, 8}, {277, 3, 1, 1}, {278, 3, 1, 2},
      {279, 4, 1, bits / 2}};
    int directory = 8 + bits / 2;
    ByteBuffer tiff = ByteBuffer.allocate(directory + 2 + tags.length * 12 + 4).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(directory).position(directory);
    tiff.putShort((short) tags.length);
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) tag[1]).putInt(tag[2]).putInt(tag[3]);
    }
    return tiff.putInt(0).array();
  }

  static List<String> absent(PlateIndex plate) {
    return plate.absent().stream().map(a -> a.id() + ": " + a.kind() + ": " + a.reason()).toList();
  }
}
