package io.dcmix.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class EvenChoiceTest {
  @Property
  void allThatFitsIsGivenAndNobodyGetsMoreThanAnotherWhoCouldTakeMore(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 40) Integer> available, @ForAll @IntRange(max = 60) int most) {
    int[] there = available.stream().mapToInt(Integer::intValue).toArray();
    int[] counts = EvenChoice.counts(there, most);
    assertThat(Arrays.stream(counts).sum()).isEqualTo(Math.min(most, Arrays.stream(there).sum()));
    int largest = Arrays.stream(counts).max().orElseThrow();
    for (int i = 0; i < counts.length; i++) {
      assertThat(counts[i]).isBetween(0, there[i]);
      if (counts[i] < there[i]) {
        assertThat(counts[i]).isGreaterThanOrEqualTo(largest - 1);
      }
    }
  }

  @Property
  void whatIsChosenIsSpreadOverTheListInItsOrder(@ForAll @IntRange(min = 1, max = 200) int size, @ForAll @IntRange(max = 250) int n) {
    List<Integer> list = IntStream.range(0, size).boxed().toList();
    List<Integer> chosen = EvenChoice.spread(list, n);
    assertThat(chosen).hasSize(Math.min(n, size)).doesNotHaveDuplicates().isSorted().isSubsetOf(list);
    // No two neighbours lie further apart than a part and one.
    for (int i = 1; i < chosen.size(); i++) {
      assertThat(chosen.get(i) - chosen.get(i - 1)).isLessThanOrEqualTo(size / chosen.size() + 1);
    }
  }

  @Property
  void everyClassHasItsWells(@ForAll @IntRange(min = 1, max = 30) int negatives, @ForAll @IntRange(min = 1, max = 30) int positives) {
    List<WellCall> wells = IntStream.range(0, negatives + positives)
        .mapToObj(i -> WellCallTest.well("W" + i, i < negatives ? 0 : 1, 1)).toList();
    List<WellCall> chosen = EvenChoice.perClass(wells, 2, 24);
    assertThat(chosen).hasSize(Math.min(24, negatives + positives)).doesNotHaveDuplicates();
    assertThat(chosen.stream().filter(w -> w.label() == 0).count()).isGreaterThanOrEqualTo(Math.min(12, negatives));
    assertThat(chosen.stream().filter(w -> w.label() == 1).count()).isGreaterThanOrEqualTo(Math.min(12, positives));
  }
}
