package io.dcmix.training.benchmark;

import io.dcmix.training.data.MnistFiles;
import io.dcmix.training.data.Moments;
import io.dcmix.training.data.Pixels;
import io.dcmix.training.data.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Digits in six channels of planted importance. Channels 1 to 4 are the digit plus Gaussian noise of 0.3, 0.8, 1.5 and 2.5
 * times the digit image's own SD; channel 5 is the image of another digit, drawn at random; channel 6 is noise alone. Every channel of
 * every image has mean 0 and SD 1. The channels stand in an order that the seed draws.
 *
 * <p>Nothing is stored: a channel follows from seed, image and channel, the same each time it is read.
 */
final class SixChannelDigits implements Pixels {
  /** Names by kind; what is planted falls from the first to the fourth, the last two know nothing of the label. */
  static final List<String> KINDS = List.of("digit-0.3", "digit-0.8", "digit-1.5", "digit-2.5", "other-digit", "noise");

  private static final double[] NOISE = {0.3, 0.8, 1.5, 2.5};
  private static final int OTHER_DIGIT = 4;

  private final MnistFiles.Part part;
  private final long seed;
  private final List<Integer> order;

  /**
   * Channels over some images.
   *
   * @param seed of the noise and of the other digits
   * @param order kind of each channel
   */
  SixChannelDigits(MnistFiles.Part part, long seed, List<Integer> order) {
    this.part = part;
    this.seed = seed;
    this.order = List.copyOf(order);
  }

  /** A permutation of the kinds. */
  static List<Integer> order(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
    for (int i = order.size() - 1; i > 0; i--) {
      order.set(i, order.set(random.nextInt(i + 1), order.get(i)));
    }
    return order;
  }

  /** The first images of the part; moments are those of standardised pixels. */
  List<Sample> samples(int count) {
    List<Sample> samples = new ArrayList<>();
    Moments standard = new Moments(1, 0, 1);
    for (int i = 0; i < Math.min(count, part.size()); i++) {
      samples.add(new Sample(i, "digits", Integer.toString(i), 1, part.label(i), List.of(standard, standard, standard, standard, standard, standard)));
    }
    return samples;
  }

  @Override
  public int channels() {
    return KINDS.size();
  }

  @Override
  public int height() {
    return part.images().height();
  }

  @Override
  public int width() {
    return part.images().width();
  }

  @Override
  public void read(int sample, int channel, int top, int left, int h, int w, float[] out) {
    if (top != 0 || left != 0 || h != height() || w != width()) {
      throw new IllegalArgumentException("Digits are read whole");
    }
    int kind = order.get(channel);
    RandomGenerator random = new SplittableRandom(seed ^ (0x9E3779B97F4A7C15L * (6L * sample + kind + 1)));
    if (kind < NOISE.length) {
      double sd = digit(sample, out);
      for (int i = 0; i < h * w; i++) {
        out[i] += (float) (NOISE[kind] * sd * random.nextGaussian());
      }
    } else if (kind == OTHER_DIGIT) {
      digit(random.nextInt(part.size()), out);
    } else {
      for (int i = 0; i < h * w; i++) {
        out[i] = (float) random.nextGaussian();
      }
    }
    standardise(out, h * w);
  }

  /** Writes the image and returns its SD. */
  private double digit(int image, float[] out) {
    int n = height() * width();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      int p = part.images().pixel(image, i / width(), i % width());
      out[i] = p;
      sum += p;
      squares += (double) p * p;
    }
    return Math.sqrt(squares / n - sum / n * (sum / n));
  }

  private static void standardise(float[] values, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += values[i];
    }
    double mean = sum / n;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
    }
    double sd = Math.sqrt(squares / n);
    for (int i = 0; i < n; i++) {
      values[i] = (float) (sd > 0 ? (values[i] - mean) / sd : 0);
    }
  }
}
