package io.dcmix.training.data;

import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The labelled sites of a plate in an archive: first timepoint, first focal plane. */
public final class ArchiveSource implements SiteSource {
  private final PlateArchive archive;
  private final List<String> channels;
  private final List<LabelledSite> sites = new ArrayList<>();

  /**
   * Looks which sites there are; reads no image.
   *
   * @param channels wanted channels, in the order of the model
   * @param wells the wells that may be used
   * @param warnings told of every site that is left out, and why
   * @throws CliException if the plate lacks one of the channels, or no labelled well has an image of it
   */
  public ArchiveSource(PlateArchive archive, PlateMap map, List<String> channels, Labels labels, Predicate<WellAddress> wells,
      Consumer<String> warnings) {
    this.archive = archive;
    this.channels = List.copyOf(channels);
    List<String> missing = channels.stream().filter(c -> !archive.channels().contains(c)).toList();
    if (!missing.isEmpty()) {
      throw new CliException("Plate %s has no channel %s; it has %s. Train on channels that every plate has (--channels)"
          .formatted(plate(), missing, archive.channels()));
    }
    Map<WellAddress, Map<Integer, Set<String>>> found = new TreeMap<>();
    for (PlaneId plane : archive.planes()) {
      if (plane.timepoint() == 0 && plane.z() == 0 && wells.test(plane.well()) && labels.of(map.wells().get(plane.well())) >= 0) {
        found.computeIfAbsent(plane.well(), w -> new TreeMap<>())
            .computeIfAbsent(plane.site(), s -> new HashSet<>())
            .add(plane.channel());
      }
    }
    List<String> nowhere = channels.stream()
        .filter(c -> found.values().stream().flatMap(sites -> sites.values().stream()).noneMatch(there -> there.contains(c))).toList();
    if (!found.isEmpty() && !nowhere.isEmpty()) {
      throw new CliException("Plate %s has no image of channel %s in any well to learn from. Restore the files, or train on channels that every plate has (--channels)"
          .formatted(plate(), nowhere));
    }
    found.forEach((well, ofWell) -> ofWell.forEach((site, there) -> {
      List<String> absent = channels.stream().filter(c -> !there.contains(c)).toList();
      if (absent.isEmpty()) {
        sites.add(new LabelledSite(well, site, labels.of(map.wells().get(well))));
      } else {
        warnings.accept("%s well %s site %d is left out: it has no channel %s".formatted(plate(), well, site, absent));
      }
    }));
  }

  @Override
  public String plate() {
    return archive.key().plate();
  }

  @Override
  public List<LabelledSite> sites() {
    return List.copyOf(sites);
  }

  @Override
  public List<Plane> read(LabelledSite site) throws IOException, CorruptPlaneException {
    List<Plane> planes = new ArrayList<>();
    for (String channel : channels) {
      ArchivePlane plane = archive.read(new PlaneId(site.well(), site.site(), channel, 0, 0));
      ByteBuffer pixels = ByteBuffer.allocateDirect(Math.toIntExact(plane.format().decodedBytes())).order(ByteOrder.nativeOrder());
      try {
        PlaneDecoder.decode(plane.format(), plane.payload(), pixels);
      } catch (CorruptPlaneException e) {
        throw new CorruptPlaneException(plane.origin() + ": " + e.getMessage(), e);
      }
      planes.add(new Plane(plane.format().height(), plane.format().width(), plane.format().pixelType(), pixels.flip()));
    }
    return planes;
  }
}
