package io.dcmix.training.report.page;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Small pictures of one channel for a page. */
public final class GreyImage {
  /** Longest edge of a picture, px. A larger image is reduced by a whole factor, each pixel a mean, so that pages stay easy to forward. */
  public static final int LONGEST_EDGE = 320;

  private GreyImage() {}

  /** Values that are shown as black and as full colour. */
  public record Range(double low, double high) {}

  /**
   * Quantiles of the pixels, nearest rank; NaN is left out. 0 to 1 if nothing is left.
   *
   * @param low share of the pixels below the range, such as 0.01
   * @param high share of the pixels up to its end, such as 0.995
   */
  public static Range range(float[] pixels, double low, double high) {
    double[] known = IntStream.range(0, pixels.length).mapToDouble(i -> pixels[i]).filter(Numbers::known).sorted().toArray();
    if (known.length == 0) {
      return new Range(0, 1);
    }
    return new Range(quantile(known, low), quantile(known, high));
  }

  /**
   * The image as a PNG file.
   *
   * @param pixels row by row, {@code height * width} values; NaN is black
   * @param low shown as black
   * @param high shown as {@code rgbTint}; with {@code high <= low} the picture is black up to {@code low} and full above
   * @param rgbTint {@code 0xffffff} for grey, or a pseudo colour such as {@link Palette#tint}
   * @throws IllegalArgumentException if the number of pixels is not {@code height * width}
   */
  public static byte[] png(float[] pixels, int height, int width, double low, double high, int rgbTint) {
    if (height < 1 || width < 1 || (long) height * width != pixels.length) {
      throw new IllegalArgumentException("an image of " + height + " x " + width + " cannot have " + pixels.length + " pixels");
    }
    int factor = Math.max(1, Math.ceilDiv(Math.max(height, width), LONGEST_EDGE));
    BufferedImage image = new BufferedImage(Math.ceilDiv(width, factor), Math.ceilDiv(height, factor), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        double v = mean(pixels, height, width, y * factor, x * factor, factor);
        double share = Math.clamp(high > low ? (v - low) / (high - low) : v > low ? 1 : 0, 0.0, 1.0);
        image.setRGB(x, y, tinted(rgbTint, Double.isNaN(share) ? 0 : share));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory only
    }
    return bytes.toByteArray();
  }

  private static double mean(float[] pixels, int height, int width, int top, int left, int size) {
    double sum = 0;
    int count = 0;
    for (int y = top; y < Math.min(height, top + size); y++) {
      for (int x = left; x < Math.min(width, left + size); x++) {
        sum += pixels[y * width + x];
        count++;
      }
    }
    return sum / count;
  }

  private static int tinted(int rgb, double share) {
    int out = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      out |= (int) Math.round((rgb >> shift & 0xff) * share) << shift;
    }
    return out;
  }

  private static double quantile(double[] sorted, double share) {
    return sorted[Math.clamp(Math.round(share * (sorted.length - 1)), 0, sorted.length - 1)];
  }
}
