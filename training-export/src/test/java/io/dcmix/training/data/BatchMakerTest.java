package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BatchMakerTest {
  /** Two channels of 2 × 2: 0 1 / 2 3 and 10 20 / 30 40. */
  private static final float[] PIXELS = {0, 1, 2, 3, 10, 20, 30, 40};
  private static final Sample SITE = new Sample(0, "P1", "A01", 1, 1, List.of());

  private static final BatchMaker BATCHES = new BatchMaker(new OneSite(), new Normalisation(List.of(1.0, 20.0), List.of(2.0, 10.0)));

  @Test
  void plainSitesAreNormalisedAndNothingElse() {
    BatchMaker.Batch batch = BATCHES.plain(List.of(SITE, SITE));
    assertThat(batch.labels()).containsExactly(1, 1);
    assertThat(batch.pixels()).containsExactly(-0.5f, 0, 0.5f, 1, -1, 0, 1, 2, -0.5f, 0, 0.5f, 1, -1, 0, 1, 2);
  }

  @Test
  void turnsAndMirrorsAllChannelsOfASiteAlike() {
    Augmentation turnsOnly = new Augmentation(2, true, 0, 0, 0, Augmentation.Dropped.ANY);
    Set<List<Float>> seen = new HashSet<>();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      float[] p = BATCHES.varied(List.of(SITE), turnsOnly, new float[] {1, 1}, random).pixels();
      // Channel 1 is 2·(channel 0) as far as normalised values go: 0 1 2 3 -> -.5 0 .5 1 and 10 20 30 40 -> -1 0 1 2.
      for (int k = 0; k < 4; k++) {
        assertThat(p[4 + k]).isEqualTo(2 * p[k]);
      }
      seen.add(List.of(p[0], p[1], p[2], p[3]));
    }
    assertThat(seen).hasSize(8);
  }

  @Test
  void dropsAtMostOneChannelAndPutsItsMeanThere() {
    Augmentation dropOnly = new Augmentation(0, false, 0, 0, 0.5, Augmentation.Dropped.ANY);
    SplittableRandom random = new SplittableRandom(3);
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      float[] p = BATCHES.varied(List.of(SITE), dropOnly, new float[] {3, 1}, random).pixels();
      boolean first = allZero(Arrays.copyOf(p, 4));
      boolean second = allZero(Arrays.copyOfRange(p, 4, 8));
      seen.merge(first + " " + second, 1, Integer::sum);
    }
    assertThat(seen).containsOnlyKeys("false false", "true false", "false true");
    // Half are whole, three in eight lack the first channel, one in eight the second.
    assertThat(seen.get("false false")).isBetween(160, 240);
    assertThat(seen.get("true false")).isBetween(110, 190);
    assertThat(seen.get("false true")).isBetween(25, 80);
  }

  private static boolean allZero(float[] values) {
    for (float v : values) {
      if (v != 0) {
        return false;
      }
    }
    return true;
  }

  private record OneSite() implements Pixels {
    @Override
    public int channels() {
      return 2;
    }

    @Override
    public int height() {
      return 2;
    }

    @Override
    public int width() {
      return 2;
    }

    @Override
    public void read(int sample, int channel, int top, int left, int h, int w, float[] out) {
      for (int i = 0; i < h * w; i++) {
        out[i] = PIXELS[4 * channel + 2 * (top + i / w) + left + i % w];
      }
    }
  }
}
