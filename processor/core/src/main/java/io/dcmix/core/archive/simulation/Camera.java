package io.dcmix.core.archive.simulation;

import io.dcmix.core.images.PlaneFormat;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns light into pixel values as a camera does: uneven illumination, an offset, shot noise whose variance grows with the
 * light, read noise, and a ceiling. Values are those of 8 bits; 16-bit planes hold 16 times as much (a 12-bit camera).
 */
final class Camera {
  private static final double OFFSET = 8;
  private static final double FULL_LIGHT = 125;
  private static final double SHOT_VARIANCE = 0.25;
  private static final double READ_VARIANCE = 2;

  /** Illumination lost in the corner furthest from the beam. */
  private static final double FALL_OFF = 0.3;

  private final double beamX;
  private final double beamY;

  /** The beam's centre is a trait of the light path, so a channel has the same one on the whole plate. */
  Camera(Rng rng) {
    beamX = rng.uniform(0.35, 0.65);
    beamY = rng.uniform(0.35, 0.65);
  }

  /**
   * Takes the picture.
   *
   * @param gain intensity of the staining in this well
   * @param noise the plane's own generator
   * @return pixels in native order
   */
  ByteBuffer expose(Canvas canvas, double gain, Rng noise, PixelType type) {
    int bytes = PlaneFormat.bytesPerPixel(type);
    double scale = bytes == 1 ? 1 : 16;
    ByteBuffer out = ByteBuffer.allocate(canvas.light.length * bytes).order(ByteOrder.nativeOrder());
    for (int y = 0, i = 0; y < canvas.height; y++) {
      double dy = (double) y / canvas.height - beamY;
      for (int x = 0; x < canvas.width; x++, i++) {
        double dx = (double) x / canvas.width - beamX;
        double beam = 1 - FALL_OFF * (dx * dx + dy * dy) / 0.5;
        double light = FULL_LIGHT * gain * (canvas.light[i] + 0.03) * beam;
        double value = OFFSET + light + Math.sqrt(SHOT_VARIANCE * light + READ_VARIANCE) * noise.gaussian();
        int count = (int) Math.clamp(value * scale + 0.5, 0, 255 * scale);
        if (bytes == 1) {
          out.put((byte) count);
        } else {
          out.putShort((short) count);
        }
      }
    }
    return out.flip();
  }
}
