package io.dcmix.core.archive.simulation;

import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Encoding;
import io.dcmix.schema.event.PixelType;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to simulate. Equal specs give equal bytes.
 *
 * @param seed of everything random
 * @param key plate and acquisition
 * @param format the plate
 * @param sites sites per well, 1 or more; numbered from 1
 * @param image size, pixel type and encoding (RAW or PNG) of every plane
 * @param channels channel names, any of {@link #CHANNELS}
 * @param planted the channels that show the phenotype
 * @param effect strength of the phenotype, 0 (none) to 1
 * @param hitFraction share of the sample wells that show it, 0 to 1
 * @param startedAt when the first plane was taken; null leaves acquisition times out
 * @param empty wells that were imaged and hold no cells
 */
public record SimulationSpec(
    long seed,
    PlateKey key,
    PlateFormat format,
    int sites,
    PlaneFormat image,
    List<String> channels,
    List<String> planted,
    double effect,
    double hitFraction,
    @Nullable Instant startedAt,
    Set<WellAddress> empty) {

  /** The channels that can be simulated, in the order of the Cell Painting assay. */
  public static final List<String> CHANNELS = Arrays.stream(Stain.values()).map(Stain::label).toList();

  private static final int MAX_SITES = 100;
  private static final int MIN_SIZE = 16;
  private static final int MAX_SIZE = 4096;

  public SimulationSpec {
    channels = List.copyOf(channels);
    planted = List.copyOf(planted);
    empty = Set.copyOf(empty);
    require(!channels.isEmpty() && new HashSet<>(channels).size() == channels.size(), "Channels must be named once each: " + channels);
    require(CHANNELS.containsAll(channels), "Channels " + channels + " must be among " + CHANNELS);
    require(channels.containsAll(planted), "Planted channels " + planted + " must be among the channels " + channels);
    require(sites >= 1 && sites <= MAX_SITES, "Sites must be 1 to " + MAX_SITES + ", not " + sites);
    require(
        Math.min(image.width(), image.height()) >= MIN_SIZE && Math.max(image.width(), image.height()) <= MAX_SIZE,
        "Images must be %d to %d pixels wide and high, not %d x %d".formatted(MIN_SIZE, MAX_SIZE, image.width(), image.height()));
    require(image.pixelType() != PixelType.UNKNOWN, "The pixel type must be UINT8 or UINT16");
    require(image.encoding() == Encoding.PNG || image.encoding() == Encoding.RAW, "Planes are simulated as PNG or RAW");
    require(effect >= 0 && effect <= 1, "The effect must be 0 to 1, not " + effect);
    require(hitFraction >= 0 && hitFraction <= 1, "The hit fraction must be 0 to 1, not " + hitFraction);
  }

  /** Every well holds cells. */
  public SimulationSpec(
      long seed, PlateKey key, PlateFormat format, int sites, PlaneFormat image, List<String> channels, List<String> planted, double effect,
      double hitFraction, @Nullable Instant startedAt) {
    this(seed, key, format, sites, image, channels, planted, effect, hitFraction, startedAt, Set.of());
  }

  /**
   * The demo's plate: 384 wells of 2 sites of 6 channels, 128 × 128 8-bit PNG, a phenotype in ER and Actin. Both gather light
   * in bright vesicles, which adds up in one mixed image; phenotypes that undo each other there (Mito gathers, Actin scatters)
   * make one of the two channels look unimportant.
   */
  public static SimulationSpec demo(long seed) {
    return new SimulationSpec(
        seed,
        new PlateKey("SIM-" + seed, "1"),
        PlateFormat.WELLS_384,
        2,
        new PlaneFormat(128, 128, PixelType.UINT8, Encoding.PNG),
        CHANNELS,
        List.of(Stain.ER.label(), Stain.ACTIN.label()),
        1,
        0.1,
        null);
  }

  public SimulationSpec withKey(PlateKey newKey) {
    return new SimulationSpec(seed, newKey, format, sites, image, channels, planted, effect, hitFraction, startedAt, empty);
  }

  public SimulationSpec withFormat(PlateFormat newFormat) {
    return new SimulationSpec(seed, key, newFormat, sites, image, channels, planted, effect, hitFraction, startedAt, empty);
  }

  public SimulationSpec withSites(int newSites) {
    return new SimulationSpec(seed, key, format, newSites, image, channels, planted, effect, hitFraction, startedAt, empty);
  }

  public SimulationSpec withImage(PlaneFormat newImage) {
    return new SimulationSpec(seed, key, format, sites, newImage, channels, planted, effect, hitFraction, startedAt, empty);
  }

  public SimulationSpec withPlanted(List<String> newPlanted) {
    return new SimulationSpec(seed, key, format, sites, image, channels, newPlanted, effect, hitFraction, startedAt, empty);
  }

  public SimulationSpec withEffect(double newEffect) {
    return new SimulationSpec(seed, key, format, sites, image, channels, planted, newEffect, hitFraction, startedAt, empty);
  }

  public SimulationSpec withHitFraction(double newFraction) {
    return new SimulationSpec(seed, key, format, sites, image, channels, planted, effect, newFraction, startedAt, empty);
  }

  public SimulationSpec withStartedAt(@Nullable Instant newStart) {
    return new SimulationSpec(seed, key, format, sites, image, channels, planted, effect, hitFraction, newStart, empty);
  }

  public SimulationSpec withEmpty(Set<WellAddress> wells) {
    return new SimulationSpec(seed, key, format, sites, image, channels, planted, effect, hitFraction, startedAt, wells);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
