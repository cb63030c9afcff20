package io.dcmix.training.data;

import java.util.List;
import java.util.SplittableRandom;

/** Fills batches: normalised pixels, varied by an {@link Augmentation}. */
public final class BatchMaker {
  private final Pixels pixels;
  private final Normalisation normalisation;

  /** A maker for these samples. */
  public BatchMaker(Pixels pixels, Normalisation normalisation) {
    this.pixels = pixels;
    this.normalisation = normalisation;
  }

  /**
   * A batch.
   *
   * @param pixels [B, C, h, w], normalised
   * @param labels 0-based classes
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Batch(int size, int height, int width, float[] pixels, int[] labels) {}

  /** The samples as they are, whole and normalised. */
  public Batch plain(List<Sample> samples) {
    return varied(samples, Augmentation.NONE, new float[pixels.channels()], new SplittableRandom(0));
  }

  /**
   * The samples, each varied in its own way: cut, mirrored, turned, stained, and perhaps without one channel.
   *
   * @param weights how often a channel is the one that is dropped, relative to the others
   */
  public Batch varied(List<Sample> samples, Augmentation augmentation, float[] weights, SplittableRandom random) {
    int channels = pixels.channels();
    int h = augmentation.crop() == 0 ? pixels.height() : Math.min(augmentation.crop(), pixels.height());
    int w = augmentation.crop() == 0 ? pixels.width() : Math.min(augmentation.crop(), pixels.width());
    boolean upright = augmentation.equals(Augmentation.NONE);
    float[] out = new float[samples.size() * channels * h * w];
    float[] window = new float[h * w];
    int[] labels = new int[samples.size()];
    for (int b = 0; b < samples.size(); b++) {
      labels[b] = samples.get(b).label();
      int top = random.nextInt(pixels.height() - h + 1);
      int left = random.nextInt(pixels.width() - w + 1);
      // Bit 0 mirrors x, bit 1 mirrors y, bit 2 swaps the axes: the eight symmetries of a square.
      int turn = augmentation.turns() ? random.nextInt(h == w ? 8 : 4) : 0;
      int dropped = random.nextDouble() < augmentation.drop() && channels > 1 ? draw(weights, random) : -1;
      for (int c = 0; c < channels; c++) {
        double gain = upright ? 1 : Math.exp(augmentation.staining() * random.nextGaussian());
        double offset = upright ? 0 : augmentation.background() * random.nextGaussian();
        if (c != dropped) {
          double scale = gain / normalisation.standardDeviations().get(c);
          double shift = offset - normalisation.means().get(c) / normalisation.standardDeviations().get(c);
          pixels.read(samples.get(b).index(), c, top, left, h, w, window);
          turned(window, out, (b * channels + c) * h * w, h, w, turn, scale, shift);
        }
      }
    }
    return new Batch(samples.size(), h, w, out, labels);
  }

  private static int draw(float[] weights, SplittableRandom random) {
    double sum = 0;
    for (float w : weights) {
      sum += w;
    }
    double left = random.nextDouble() * sum;
    int last = weights.length - 1;
    for (int c = 0; c < last; c++) {
      left -= weights[c];
      if (left < 0) {
        return c;
      }
    }
    return last;
  }

  private static void turned(float[] from, float[] to, int target, int h, int w, int turn, double scale, double shift) {
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int sx = (turn & 1) == 0 ? x : w - 1 - x;
        int sy = (turn & 2) == 0 ? y : h - 1 - y;
        int index = (turn & 4) == 0 ? sy * w + sx : sx * w + sy;
        to[target + y * w + x] = (float) (from[index] * scale + shift);
      }
    }
  }
}
