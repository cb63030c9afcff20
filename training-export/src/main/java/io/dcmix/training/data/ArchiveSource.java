package io.dcmix.training.data;

import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.WellRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Reads the controls of a plate from an archive: first timepoint, first focal plane. */
public final class ArchiveSource {
  private ArchiveSource() {}

  /**
   * Adds the negative (class 0) and positive (class 1) controls.
   *
   * @param channels wanted channels, in the order of the model
   * @param wells the wells that may be used
   * @param warnings told of every site that is left out, and why
   * @throws IOException if a plane cannot be read
   */
  public static void read(
      PlateArchive archive,
      PlateMap map,
      List<String> channels,
      Predicate<WellAddress> wells,
      TrainingReader reader,
      Consumer<String> warnings) throws IOException {
    Map<WellAddress, Map<Integer, Map<String, PlaneId>>> sites = new TreeMap<>();
    for (PlaneId plane : archive.planes()) {
      if (plane.timepoint() == 0 && plane.z() == 0 && label(map, plane.well()) >= 0 && wells.test(plane.well())) {
        sites.computeIfAbsent(plane.well(), w -> new TreeMap<>())
            .computeIfAbsent(plane.site(), s -> new LinkedHashMap<>())
            .put(plane.channel(), plane);
      }
    }
    for (Map.Entry<WellAddress, Map<Integer, Map<String, PlaneId>>> well : sites.entrySet()) {
      for (Map.Entry<Integer, Map<String, PlaneId>> site : well.getValue().entrySet()) {
        String place = "%s well %s site %d".formatted(archive.key().plate(), well.getKey(), site.getKey());
        List<Plane> planes = new ArrayList<>();
        for (String channel : channels) {
          PlaneId id = site.getValue().get(channel);
          if (id == null) {
            warnings.accept("%s is left out: it has no channel %s".formatted(place, channel));
            break;
          }
          ArchivePlane plane = archive.read(id);
          try {
            planes.add(decode(plane));
          } catch (CorruptPlaneException e) {
            warnings.accept("%s is left out: %s: %s".formatted(place, plane.origin(), e.getMessage()));
            break;
          }
        }
        if (planes.size() == channels.size()) {
          reader.add(archive.key().plate(), well.getKey(), site.getKey(), label(map, well.getKey()), planes);
        }
      }
    }
  }

  /** 0 for negative, 1 for positive controls, -1 for everything else. */
  private static int label(PlateMap map, WellAddress well) {
    PlateMap.Content content = map.wells().get(well);
    if (content == null) {
      return -1;
    }
    return content.role() == WellRole.NEGATIVE_CONTROL ? 0 : content.role() == WellRole.POSITIVE_CONTROL ? 1 : -1;
  }

  private static Plane decode(ArchivePlane plane) throws CorruptPlaneException {
    ByteBuffer pixels = ByteBuffer.allocateDirect(Math.toIntExact(plane.format().decodedBytes())).order(ByteOrder.nativeOrder());
    PlaneDecoder.decode(plane.format(), plane.payload(), pixels);
    return new Plane(plane.format().height(), plane.format().width(), plane.format().pixelType(), pixels.flip());
  }
}
