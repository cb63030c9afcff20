package io.dcmix.core.quality;

import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.event.PlaneQuality;
import java.nio.ByteBuffer;

/**
 * What one decoded plane looks like. A function of its pixels and the camera's bit depth alone; all sums are of integers, so
 * the same pixels give the same bits everywhere. {@code docs/image-quality.md} explains the numbers to their readers.
 *
 * @param min smallest pixel value
 * @param max largest pixel value
 * @param mean mean pixel value
 * @param zeroFraction share of pixels of value 0, 0 to 1
 * @param fullScaleFraction share of pixels at full scale, 0 to 1: that of the bit depth, or where they pile up
 *     ({@link Histogram#fullScale})
 * @param foregroundFraction share of pixels brighter than the background, 0 to 1 ({@link Background})
 * @param focus share of the structure that is lost from one pixel to the next, 0 to 1, higher is sharper ({@link Focus})
 */
public record PlaneStatistics(
    int min, int max, double mean, double zeroFraction, double fullScaleFraction, double foregroundFraction, double focus) {

  /** Bit depth of cameras unless somebody says otherwise: all of a 16-bit pixel. */
  public static final int DEFAULT_BIT_DEPTH = 16;

  /**
   * Measures a plane, at a small part of what decoding it takes. Allocates nothing but the result: its tables are the thread's.
   *
   * @param pixels the decoded plane from its position on, row-major, uint16 in native order; not moved
   * @param format size and pixel type
   * @param bitDepth bits of the camera's values where pixels have 16; pixels of 8 bits are at full scale at 255
   */
  public static PlaneStatistics of(ByteBuffer pixels, PlaneFormat format, int bitDepth) {
    return Measurement.ofThread().of(pixels, format, bitDepth);
  }

  /** The same as an event says it, with its place. */
  public PlaneQuality at(int site, String channel) {
    return new PlaneQuality(site, channel, min, max, mean, zeroFraction, fullScaleFraction, foregroundFraction, focus);
  }
}
