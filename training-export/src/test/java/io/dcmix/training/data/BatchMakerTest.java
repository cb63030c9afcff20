package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.WellAddress;
import java.util.ArrayList;
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
  private static final LabelledSite SITE =
      new LabelledSite("P1", new WellAddress(0, 0), 1, 1, new float[] {0, 1, 2, 3, 10, 20, 30, 40}, List.of());

  private static final BatchMaker BATCHES = new BatchMaker(2, 2, 2, new Normalisation(List.of(1.0, 20.0), List.of(2.0, 10.0)));

  @Test
  void plainSitesAreNormalisedAndNothingElse() {
    BatchMaker.Batch batch = BATCHES.plain(List.of(SITE, SITE));
    assertThat(batch.labels()).containsExactly(1, 1);
    assertThat(batch.pixels()).containsExactly(-0.5f, 0, 0.5f, 1, -1, 0, 1, 2, -0.5f, 0, 0.5f, 1, -1, 0, 1, 2);
  }

  @Test
  void turnsAndMirrorsAllChannelsOfASiteAlike() {
    Augmentation turnsOnly = new Augmentation(2, 0, 0, 0);
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
    Augmentation dropOnly = new Augmentation(0, 0, 0, 0.5);
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

  @Test
  void batchesHoldAsManyOfEachClassAndUseEverySite() {
    List<LabelledSite> sites = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      sites.add(new LabelledSite("P1", new WellAddress(0, i), 1, i < 9 ? 0 : 1, new float[] {0}, List.of()));
    }
    List<List<LabelledSite>> order = BatchMaker.balanced(sites, 2, 4, 9, new SplittableRandom(1));
    assertThat(order).hasSize(9).allSatisfy(batch -> assertThat(batch).hasSize(4).filteredOn(s -> s.label() == 1).hasSize(2));
    Map<LabelledSite, Integer> uses = new HashMap<>();
    order.forEach(batch -> batch.forEach(s -> uses.merge(s, 1, Integer::sum)));
    // 18 draws of each class: 2 for each of nine negatives, 6 for each of three positives.
    assertThat(uses).hasSize(12).allSatisfy((site, n) -> assertThat(n).isEqualTo(site.label() == 0 ? 2 : 6));
  }
}
