package io.dcmix.training.explain;

import io.dcmix.core.archive.AbsentPlane;
import io.dcmix.core.archive.ArchivePlane;
import io.dcmix.core.archive.PlaneId;
import io.dcmix.core.archive.PlateArchive;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.PlaneDecoder;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The images of one well at one timepoint, first focal plane, as a model takes them: every channel of every site is there.
 * Pixels are read site by site.
 */
public final class WellImages {
  private final PlateArchive archive;
  private final ModelCard card;
  private final WellAddress well;
  private final int timepoint;
  private final SortedSet<Integer> sites;

  private WellImages(PlateArchive archive, ModelCard card, WellAddress well, int timepoint, SortedSet<Integer> sites) {
    this.archive = archive;
    this.card = card;
    this.well = well;
    this.timepoint = timepoint;
    this.sites = sites;
  }

  /**
   * Finds the images.
   *
   * @param site the only site to take; null takes all
   * @param timepoint 0-based
   * @throws CliException if the archive has no such well, timepoint or site, or lacks a channel
   */
  public static WellImages find(PlateArchive archive, ModelCard card, WellAddress well, @Nullable Integer site, int timepoint) {
    List<String> unknown = card.channels().stream().filter(c -> !archive.channels().contains(c)).toList();
    if (!unknown.isEmpty()) {
      throw new CliException(("The model %s takes the channels %s; the archive has no %s, it has %s. Give its channels the model's names with "
          + "--channel or in the archive's description, or take a model that was trained on them")
              .formatted(card.name(), card.channels(), String.join(", ", unknown), archive.channels()));
    }
    SortedSet<Integer> there = sites(archive, well, timepoint);
    WellImages images = new WellImages(archive, card, well, timepoint, site == null ? there : new TreeSet<>(List.of(site)));
    if (there.isEmpty()) {
      throw new CliException(noImages(archive, well, timepoint));
    }
    if (site != null && !there.contains(site)) {
      throw new CliException("%s has no site %d; it has %s".formatted(images.place(), site, there));
    }
    images.requireAllChannels();
    return images;
  }

  private static SortedSet<Integer> sites(PlateArchive archive, WellAddress well, int timepoint) {
    return archive.planes().stream()
        .filter(p -> p.well().equals(well) && p.timepoint() == timepoint && p.z() == 0)
        .map(PlaneId::site).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Says what there is instead, and why a file that should be there does not count. */
  private static String noImages(PlateArchive archive, WellAddress well, int timepoint) {
    String plate = archive.key().plate();
    SortedSet<Integer> timepoints = archive.planes().stream()
        .filter(p -> p.well().equals(well) && p.z() == 0).map(PlaneId::timepoint).collect(Collectors.toCollection(TreeSet::new));
    if (!timepoints.isEmpty()) {
      return "Plate %s has no images of well %s at timepoint %d; choose one of %s with --timepoint".formatted(plate, well, timepoint, timepoints);
    }
    SortedSet<WellAddress> wells = archive.planes().stream().map(PlaneId::well).collect(Collectors.toCollection(TreeSet::new));
    String instead = wells.isEmpty() ? "it has no images at all"
        : "choose one of the %d imaged wells from %s to %s with --well".formatted(wells.size(), wells.first(), wells.last());
    return "Plate %s has no images of well %s%s; %s".formatted(
        plate, well, reason(archive, p -> p.well().equals(well)), instead);
  }

  private void requireAllChannels() {
    for (int site : sites) {
      for (String channel : card.channels()) {
        PlaneId id = new PlaneId(well, site, channel, timepoint, 0);
        if (!archive.planes().contains(id)) {
          throw new CliException("%s site %d has no image of channel %s%s. Restore it, or explain the other sites with --site"
              .formatted(place(), site, channel, reason(archive, id::equals)));
        }
      }
    }
  }

  private static String reason(PlateArchive archive, Predicate<PlaneId> which) {
    return archive.absent().stream().filter(a -> which.test(a.id())).findFirst()
        .map(AbsentPlane::reason).map(r -> " (" + r + ")").orElse("");
  }

  /** Site numbers, ascending; at least one. */
  public List<Integer> sites() {
    return List.copyOf(sites);
  }

  public WellAddress well() {
    return well;
  }

  /** 0-based. */
  public int timepoint() {
    return timepoint;
  }

  private String place() {
    return "%s well %s".formatted(archive.key().plate(), well) + (timepoint > 0 ? " timepoint " + timepoint : "");
  }

  /**
   * Reads one site.
   *
   * @return direct, [C, H, W] in the model's order of channels
   * @throws CliException if a plane is not an image as the model takes it
   * @throws IOException if a file cannot be read
   */
  public ByteBuffer read(int site) throws IOException {
    ByteBuffer pixels = ByteBuffer.allocateDirect(card.siteBytes()).order(ByteOrder.nativeOrder());
    for (String channel : card.channels()) {
      ArchivePlane plane = archive.read(new PlaneId(well, site, channel, timepoint, 0));
      String place = "%s site %d channel %s (%s)".formatted(place(), site, channel, plane.origin());
      requireFit(place, plane.format());
      try {
        PlaneDecoder.decode(plane.format(), plane.payload(), pixels);
      } catch (CorruptPlaneException e) {
        throw new CliException("%s cannot be decoded: %s. Copy the file again, or explain another site with --site"
            .formatted(place, e.getMessage()), e);
      }
    }
    return pixels.flip();
  }

  private void requireFit(String place, PlaneFormat format) {
    if (format.width() != card.width() || format.height() != card.height() || format.pixelType() != card.pixelType()) {
      throw new CliException("%s is %d x %d %s; the model %s takes %d x %d %s. Take a model that was trained on such images".formatted(
          place, format.width(), format.height(), format.pixelType().name().toLowerCase(Locale.ROOT),
          card.name(), card.width(), card.height(), card.pixelType().name().toLowerCase(Locale.ROOT)));
    }
  }
}
