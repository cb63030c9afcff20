package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OrderTest {
  @Test
  void batchesHoldAsManyOfEachClassAndUseEverySite() {
    List<Sample> sites = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      sites.add(new Sample(i, "P1", "A0" + i, 1, i < 9 ? 0 : 1, List.of()));
    }
    List<List<Sample>> order = Order.balanced(sites, 2, 4, 9, new SplittableRandom(1));
    assertThat(order).hasSize(9).allSatisfy(batch -> assertThat(batch).hasSize(4).filteredOn(s -> s.label() == 1).hasSize(2));
    Map<Sample, Integer> uses = new HashMap<>();
    order.forEach(batch -> batch.forEach(s -> uses.merge(s, 1, Integer::sum)));
    // 18 draws of each class: 2 for each of nine negatives, 6 for each of three positives.
    assertThat(uses).hasSize(12).allSatisfy((site, n) -> assertThat(n).isEqualTo(site.label() == 0 ? 2 : 6));
  }

  @Test
  void classesThatDoNotDivideTheBatchStillComeEquallyOften() {
    List<Sample> samples = IntStream.range(0, 30).mapToObj(i -> new Sample(i, "P1", "A" + i, 1, i % 3, List.of())).toList();
    int[] counts = new int[3];
    Order.balanced(samples, 3, 4, 30, new SplittableRandom(1)).forEach(batch -> batch.forEach(s -> counts[s.label()]++));
    assertThat(counts).containsExactly(40, 40, 40);
  }

  @Test
  void shuffledUsesEverySampleOnceInEveryRound() {
    List<Sample> samples = IntStream.range(0, 12).mapToObj(i -> new Sample(i, "P1", "A" + i, 1, 0, List.of())).toList();
    List<List<Sample>> order = Order.shuffled(samples, 4, 6, new SplittableRandom(1));
    assertThat(order.subList(0, 3).stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(samples);
    assertThat(order.subList(3, 6).stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(samples);
    assertThat(order.subList(0, 3)).isNotEqualTo(order.subList(3, 6));
  }
}
