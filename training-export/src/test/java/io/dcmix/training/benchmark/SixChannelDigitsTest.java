package io.dcmix.training.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.training.data.IdxFile;
import io.dcmix.training.data.MnistFiles;
import io.dcmix.training.data.Sample;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SixChannelDigitsTest {
  private static final int SIDE = 28;
  private static final List<Integer> IN_ORDER = List.of(0, 1, 2, 3, 4, 5);

  /** Images of white squares, whose place and size are the digit's. */
  static MnistFiles.Part squares(int count) {
    byte[] pixels = new byte[count * SIDE * SIDE];
    byte[] labels = new byte[count];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % 10);
      int left = 1 + 2 * (i % 10) + random.nextInt(2);
      for (int y = 6; y < 12 + i % 10; y++) {
        for (int x = left; x < left + 6; x++) {
          pixels[(i * SIDE + y) * SIDE + x] = (byte) 255;
        }
      }
    }
    return new MnistFiles.Part(new IdxFile.Images(count, SIDE, SIDE, pixels), labels);
  }

  private static float[] read(SixChannelDigits digits, int sample, int channel) {
    float[] out = new float[SIDE * SIDE];
    digits.read(sample, channel, 0, 0, SIDE, SIDE, out);
    return out;
  }

  @Test
  void everyChannelOfEveryImageHasMeanZeroAndDeviationOne() {
    SixChannelDigits digits = new SixChannelDigits(squares(20), 5, IN_ORDER);
    for (Sample sample : digits.samples(20)) {
      for (int c = 0; c < 6; c++) {
        float[] p = read(digits, sample.index(), c);
        assertThat(correlation(p, p)).isCloseTo(1, within(1e-9));
        double sum = 0;
        double squares = 0;
        for (float v : p) {
          sum += v;
          squares += v * v;
        }
        assertThat(sum / p.length).isCloseTo(0, within(1e-5));
        assertThat(squares / p.length).isCloseTo(1, within(1e-4));
      }
    }
  }

  /** A digit plus noise of k times its SD correlates with the digit by 1 / sqrt(1 + k²). */
  @Test
  void theDigitIsSeenThroughAsMuchNoiseAsThePlanSays() {
    MnistFiles.Part part = squares(200);
    SixChannelDigits digits = new SixChannelDigits(part, 5, IN_ORDER);
    double[] noise = {0.3, 0.8, 1.5, 2.5};
    for (int c = 0; c < 6; c++) {
      double mean = 0;
      for (int i = 0; i < 200; i++) {
        float[] clean = new float[SIDE * SIDE];
        for (int p = 0; p < clean.length; p++) {
          clean[p] = part.images().pixel(i, p / SIDE, p % SIDE);
        }
        mean += correlation(clean, read(digits, i, c)) / 200;
      }
      if (c < 4) {
        assertThat(mean).isCloseTo(1 / Math.sqrt(1 + noise[c] * noise[c]), within(0.01));
      } else if (c == 5) {
        assertThat(mean).isCloseTo(0, within(0.01));
      } else {
        assertThat(mean).isLessThan(0.4);
      }
    }
  }

  @Test
  void pixelsAreTheSameEachTimeAndOtherOnesForAnotherSeedOrImage() {
    MnistFiles.Part part = squares(20);
    SixChannelDigits digits = new SixChannelDigits(part, 5, IN_ORDER);
    for (int c = 0; c < 6; c++) {
      assertThat(read(digits, 7, c)).isEqualTo(read(new SixChannelDigits(part, 5, IN_ORDER), 7, c));
    }
    assertThat(read(digits, 7, 5)).isNotEqualTo(read(digits, 8, 5)).isNotEqualTo(read(new SixChannelDigits(part, 6, IN_ORDER), 7, 5));
  }

  @Test
  void theSeedDrawsTheOrderAndTheKindsMoveWithIt() {
    List<List<Integer>> orders = LongStream.rangeClosed(1, 20).mapToObj(SixChannelDigits::order).toList();
    assertThat(orders).allSatisfy(order -> assertThat(order).containsExactlyInAnyOrderElementsOf(IN_ORDER));
    assertThat(orders.stream().distinct()).hasSizeGreaterThan(15);
    List<Integer> order = orders.getFirst();
    SixChannelDigits moved = new SixChannelDigits(squares(20), 5, order);
    SixChannelDigits plain = new SixChannelDigits(squares(20), 5, IN_ORDER);
    for (int c = 0; c < 6; c++) {
      assertThat(read(moved, 3, c)).isEqualTo(read(plain, 3, order.get(c)));
    }
  }

  private static double correlation(float[] a, float[] b) {
    double sa = 0;
    double sb = 0;
    double saa = 0;
    double sbb = 0;
    double sab = 0;
    int n = a.length;
    for (int i = 0; i < n; i++) {
      sa += a[i];
      sb += b[i];
      saa += (double) a[i] * a[i];
      sbb += (double) b[i] * b[i];
      sab += (double) a[i] * b[i];
    }
    return (n * sab - sa * sb) / Math.sqrt((n * saa - sa * sa) * (n * sbb - sb * sb));
  }
}
