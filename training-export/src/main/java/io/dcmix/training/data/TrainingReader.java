package io.dcmix.training.data;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects sites one by one into a {@link TrainingSet}; the first plane sets size and pixel type for all. */
public final class TrainingReader {
  /** As many whole sites are kept for the proof of the export. */
  private static final int EXAMPLES = 6;

  private final List<String> channels;
  private final List<String> classes;
  private final int largestSide;
  private final List<LabelledSite> sites = new ArrayList<>();
  private final List<TrainingSet.Example> examples = new ArrayList<>();
  private final int[] examplesOfClass;
  private @Nullable Plane first;
  private String firstOrigin = "";
  private long heldBytes;

  /**
   * A reader without sites.
   *
   * @param largestSide the network sees no more pixels than this on a side; larger images are averaged down
   */
  public TrainingReader(List<String> channels, List<String> classes, int largestSide) {
    this.channels = List.copyOf(channels);
    this.classes = List.copyOf(classes);
    this.largestSide = largestSide;
    examplesOfClass = new int[classes.size()];
  }

  /** The smallest whole factor that brings both sides to {@code largestSide} or below. */
  static int shrinkFactor(int height, int width, int largestSide) {
    return Math.ceilDiv(Math.max(height, width), largestSide);
  }

  /**
   * Adds a site.
   *
   * @param planes one per channel, in order
   * @throws CliException if a plane differs from the first one in size or type, or memory would not do
   */
  public void add(String plate, WellAddress well, int site, int label, List<Plane> planes) {
    String origin = "%s well %s site %d".formatted(plate, well, site);
    Plane shape = first == null ? planes.getFirst() : first;
    if (first == null) {
      first = shape;
      firstOrigin = origin;
    }
    int shrink = shrinkFactor(shape.height(), shape.width(), largestSide);
    int small = (shape.height() / shrink) * (shape.width() / shrink);
    heldBytes += 4L * small * channels.size();
    if (heldBytes > Runtime.getRuntime().maxMemory() / 2) {
      throw new CliException(
          "The training images need more than half of Java's memory (%d MiB); choose fewer wells, a smaller --image-size, or give more with -Xmx"
              .formatted(Runtime.getRuntime().maxMemory() >> 20));
    }
    float[] pixels = new float[channels.size() * small];
    List<Moments> moments = new ArrayList<>();
    for (int c = 0; c < planes.size(); c++) {
      Plane plane = planes.get(c);
      if (plane.height() != shape.height() || plane.width() != shape.width() || plane.type() != shape.type()) {
        throw new CliException("%s channel %s is %s, but %s is %s; train on images of one size and type"
            .formatted(origin, channels.get(c), describe(plane), firstOrigin, describe(shape)));
      }
      plane.shrink(shrink, pixels, c * small);
      moments.add(plane.moments());
    }
    LabelledSite labelled = new LabelledSite(plate, well, site, label, pixels, moments);
    sites.add(labelled);
    if (examplesOfClass[label] < Math.max(1, EXAMPLES / classes.size())) {
      examplesOfClass[label]++;
      examples.add(new TrainingSet.Example(whole(planes), labelled));
    }
  }

  private static String describe(Plane plane) {
    return "%d x %d %s".formatted(plane.width(), plane.height(), plane.type() == PixelType.UINT16 ? "uint16" : "uint8");
  }

  private static ByteBuffer whole(List<Plane> planes) {
    Plane p = planes.getFirst();
    int bytes = p.height() * p.width() * PlaneFormat.bytesPerPixel(p.type());
    ByteBuffer raw = ByteBuffer.allocateDirect(bytes * planes.size()).order(ByteOrder.nativeOrder());
    for (int c = 0; c < planes.size(); c++) {
      raw.put(c * bytes, planes.get(c).pixels(), 0, bytes);
    }
    return raw;
  }

  public int size() {
    return sites.size();
  }

  /**
   * What was collected.
   *
   * @throws CliException if nothing was
   */
  public TrainingSet finish() {
    if (first == null) {
      throw new CliException(
          "No labelled well was found: the plate map must mark negative and positive controls among the selected wells");
    }
    return new TrainingSet(
        channels,
        classes,
        first.type(),
        first.height(),
        first.width(),
        shrinkFactor(first.height(), first.width(), largestSide),
        sites,
        examples);
  }
}
