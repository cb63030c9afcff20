package io.dcmix.core.quality;

import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/**
 * One walk over a plane, a row at a time through a small array: about 256 rows, evenly spread, to the histogram, and every fourth
 * of these to the focus score. More rows would tell the same and cost more: counting pixels takes a tenth of unpacking them.
 *
 * <p>Not thread-safe; one serves one plane after the other.
 */
final class Measurement {
  private static final int ROWS = 256;
  private static final int FOCUS_EVERY = 4;

  private static final ThreadLocal<Measurement> OF_THREAD = ThreadLocal.withInitial(Measurement::new);

  private final Histogram histogram = new Histogram();
  private final Focus focus = new Focus();
  private byte[] bytes = new byte[0];
  private short[] shorts = new short[0];

  /** The one of this thread, so that its tables are not made for every plane. */
  static Measurement ofThread() {
    return OF_THREAD.get();
  }

  PlaneStatistics of(ByteBuffer pixels, PlaneFormat format, int bitDepth) {
    boolean wide = format.pixelType() == PixelType.UINT16;
    histogram.start(wide);
    focus.start();
    if (wide) {
      walkShorts(pixels.slice().order(ByteOrder.nativeOrder()).asShortBuffer(), format.width(), format.height());
    } else {
      walkBytes(pixels, format.width(), format.height());
    }
    histogram.end();
    return new PlaneStatistics(
        histogram.min(), histogram.max(), histogram.mean(), histogram.zeros(),
        histogram.fullScale(wide ? (1 << bitDepth) - 1 : 0xFF),
        Background.of(histogram).brighter(histogram),
        focus.score(histogram.variance()));
  }

  private void walkBytes(ByteBuffer pixels, int width, int height) {
    if (bytes.length < width) {
      bytes = new byte[width];
    }
    int step = step(height);
    for (int y = step / 2, k = 0; y < height; y += step, k++) {
      pixels.get(pixels.position() + y * width, bytes, 0, width);
      histogram.add(bytes, width);
      if (k % FOCUS_EVERY == 0) {
        focus.add(bytes, width);
      }
    }
  }

  private void walkShorts(ShortBuffer pixels, int width, int height) {
    if (shorts.length < width) {
      shorts = new short[width];
    }
    int step = step(height);
    for (int y = step / 2, k = 0; y < height; y += step, k++) {
      pixels.get(y * width, shorts, 0, width);
      histogram.add(shorts, width);
      if (k % FOCUS_EVERY == 0) {
        focus.add(shorts, width);
      }
    }
  }

  /** Every how many rows one is looked at; the first is the middle one of these. */
  private static int step(int height) {
    return Math.max(1, height / ROWS);
  }
}
