package io.dcmix.training.data;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.data.SiteSource.LabelledSite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Labelled sites of one geometry. Their shrunk pixels lie in a {@link ScratchFile}; whole images are read again from their
 * source.
 */
public final class TrainingSet implements AutoCloseable {
  private final List<String> channels;
  private final Labels labels;
  private final Shape shape;
  private final ScratchFile pixels;
  private final List<Sample> samples;
  private final List<Origin> origins;

  private TrainingSet(List<String> channels, Labels labels, Shape shape, ScratchFile pixels, List<Sample> samples, List<Origin> origins) {
    this.channels = List.copyOf(channels);
    this.labels = labels;
    this.shape = shape;
    this.pixels = pixels;
    this.samples = List.copyOf(samples);
    this.origins = List.copyOf(origins);
  }

  private record Origin(SiteSource source, LabelledSite site) {}

  /**
   * Size and type of the images.
   *
   * @param type of a pixel
   * @param height before shrinking
   * @param width before shrinking
   * @param shrink whole factor by which images are averaged down
   */
  public record Shape(PixelType type, int height, int width, int shrink) {
    static Shape of(Plane plane, int largestSide) {
      return new Shape(plane.type(), plane.height(), plane.width(), shrinkFactor(plane.height(), plane.width(), largestSide));
    }

    /** Height after shrinking. */
    public int smallHeight() {
      return height / shrink;
    }

    /** Width after shrinking. */
    public int smallWidth() {
      return width / shrink;
    }

    private boolean fits(Plane plane) {
      return plane.type() == type && plane.height() == height && plane.width() == width;
    }

    private static String describe(PixelType type, int height, int width) {
      return "%d x %d %s".formatted(width, height, type == PixelType.UINT16 ? "uint16" : "uint8");
    }
  }

  /** The smallest whole factor that brings both sides to {@code largestSide} or below. */
  static int shrinkFactor(int height, int width, int largestSide) {
    return Math.ceilDiv(Math.max(height, width), largestSide);
  }

  /**
   * Reads all sites once; the first plane sets size and pixel type for all.
   *
   * @param channels names, in the order in which the sources give planes
   * @param largestSide the network sees no more pixels than this on a side; larger images are averaged down
   * @param warnings told of every site that is left out, and why
   * @param progress told the number of sites that were read
   * @throws CliException if there is no site, or an image differs from the first in size or type
   * @throws IOException if an image cannot be read
   */
  public static TrainingSet read(List<? extends SiteSource> sources, List<String> channels, Labels labels, int largestSide,
      Consumer<String> warnings, IntConsumer progress) throws IOException {
    int total = sources.stream().mapToInt(s -> s.sites().size()).sum();
    Shape shape = null;
    String first = "";
    ScratchFile pixels = null;
    List<Sample> samples = new ArrayList<>();
    List<Origin> origins = new ArrayList<>();
    int done = 0;
    try {
      for (SiteSource source : sources) {
        for (LabelledSite site : source.sites()) {
          String place = "%s well %s site %d".formatted(source.plate(), site.well(), site.site());
          progress.accept(++done);
          List<Plane> planes;
          try {
            planes = source.read(site);
          } catch (CorruptPlaneException e) {
            warnings.accept("%s is left out: %s".formatted(place, e.getMessage()));
            continue;
          }
          if (shape == null || pixels == null) {
            shape = Shape.of(planes.getFirst(), largestSide);
            first = place;
            pixels = new ScratchFile(total, channels.size(), shape.smallHeight(), shape.smallWidth());
          }
          List<Moments> moments = new ArrayList<>();
          for (int c = 0; c < planes.size(); c++) {
            Plane plane = planes.get(c);
            if (!shape.fits(plane)) {
              throw new CliException("%s channel %s is %s, but %s is %s; train on images of one size and type".formatted(
                  place, channels.get(c), Shape.describe(plane.type(), plane.height(), plane.width()), first,
                  Shape.describe(shape.type(), shape.height(), shape.width())));
            }
            moments.add(plane.moments());
          }
          pixels.write(samples.size(), shrunk(planes, shape));
          samples.add(new Sample(samples.size(), source.plate(), site.well().toString(), site.site(), site.label(), moments));
          origins.add(new Origin(source, site));
        }
      }
      if (shape == null || pixels == null) {
        throw new CliException(
            "No labelled well was found: the plate map must mark negative and positive controls among the selected wells");
      }
      return new TrainingSet(channels, labels, shape, pixels, samples, origins);
    } catch (IOException | RuntimeException e) {
      if (pixels != null) {
        pixels.close();
      }
      throw e;
    }
  }

  private static float[] shrunk(List<Plane> planes, Shape shape) {
    int size = shape.smallHeight() * shape.smallWidth();
    float[] values = new float[planes.size() * size];
    for (int c = 0; c < planes.size(); c++) {
      planes.get(c).shrink(shape.shrink(), values, c * size);
    }
    return values;
  }

  /** Names, in the order of the pixels. */
  public List<String> channels() {
    return channels;
  }

  public Labels labels() {
    return labels;
  }

  public Shape shape() {
    return shape;
  }

  /** Shrunk pixels. */
  public Pixels pixels() {
    return pixels;
  }

  /** In the order of the plates and their wells. */
  public List<Sample> samples() {
    return samples;
  }

  /**
   * A whole site as the processor gets it, read again from its source: direct, [C, H, W], native order.
   *
   * @throws IOException if it cannot be read any more
   */
  public ByteBuffer whole(Sample sample) throws IOException {
    Origin origin = origins.get(sample.index());
    int bytes = shape.height() * shape.width() * PlaneFormat.bytesPerPixel(shape.type());
    ByteBuffer raw = ByteBuffer.allocateDirect(bytes * channels.size()).order(ByteOrder.nativeOrder());
    try {
      List<Plane> planes = origin.source().read(origin.site());
      for (int c = 0; c < planes.size(); c++) {
        if (!shape.fits(planes.get(c))) {
          throw new IOException(sample + " has changed while it was trained on");
        }
        raw.put(c * bytes, planes.get(c).pixels(), 0, bytes);
      }
    } catch (CorruptPlaneException e) {
      throw new IOException(sample + " has changed while it was trained on: " + e.getMessage(), e);
    }
    return raw;
  }

  @Override
  public void close() {
    pixels.close();
  }
}
