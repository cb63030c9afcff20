package io.dcmix.core.scoring;

import io.dcmix.core.images.PlaneFormat;
import java.util.List;

/**
 * The image of one channel of a site: one plane, or the maximum over several focal planes, pixel by pixel.
 *
 * @param channel channel name
 * @param layers the planes that it is made of, at least one, by ascending focal plane; all of one size and pixel type
 */
public record SitePlane(String channel, List<Layer> layers) {
  /**
   * A plane as it came.
   *
   * @param z focal plane, 0-based
   * @param format what its event says of the payload
   * @param pointer where the payload lies
   */
  public record Layer(int z, PlaneFormat format, PlanePointer pointer) {}

  public SitePlane {
    layers = List.copyOf(layers);
  }

  /** The image is focal plane 0 alone. */
  public SitePlane(String channel, PlaneFormat format, PlanePointer pointer) {
    this(channel, List.of(new Layer(0, format, pointer)));
  }

  /** What its event says of the payload; of several planes the first's. */
  public PlaneFormat format() {
    return layers.getFirst().format();
  }

  /** Where the payload lies; of several planes the first's. */
  public PlanePointer pointer() {
    return layers.getFirst().pointer();
  }

  /** Whether it is the maximum over several planes. */
  public boolean projected() {
    return layers.size() > 1;
  }
}
