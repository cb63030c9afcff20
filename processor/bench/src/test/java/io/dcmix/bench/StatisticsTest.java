package io.dcmix.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.bench.Statistics.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  private static final double EXACT = 1e-12;

  @Test
  void shouldGiveTheNearestRank() {
    List<Double> hundred = new ArrayList<>(IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList());
    Collections.shuffle(hundred, new Random(1));
    assertThat(Statistics.percentile(hundred, 0.5)).isEqualTo(50);
    assertThat(Statistics.percentile(hundred, 0.99)).isEqualTo(99);
    assertThat(Statistics.percentile(hundred, 1)).isEqualTo(100);
    assertThat(Statistics.percentile(List.of(3.0, 1.0, 2.0), 0.99)).as("few values: the largest").isEqualTo(3);
    assertThat(Statistics.percentile(List.of(7.0), 0.5)).isEqualTo(7);
  }

  @Property
  void shouldGiveAValueThatTheShareDoesNotExceed(@ForAll @NotEmpty List<@DoubleRange(min = -1e6, max = 1e6) Double> values,
      @ForAll @DoubleRange(min = 0.01, max = 1) double share) {
    double found = Statistics.percentile(values, share);
    long below = values.stream().filter(v -> v < found).count();
    long upTo = values.stream().filter(v -> v <= found).count();
    assertThat(values).contains(found);
    assertThat(upTo).isGreaterThanOrEqualTo((long) Math.ceil(share * values.size() - 1e-9));
    assertThat((double) below).isLessThan(share * values.size() + 1e-9);
  }

  @Test
  void shouldGiveTheMiddle() {
    assertThat(Statistics.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
    assertThat(Statistics.median(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(3);
  }

  @Test
  void shouldTakeTheRateBehindTheWarmUp() {
    // Three slow events, then one every 10 ms: the last of the warm-up is at 3000.
    long[] moments = {3040, 1000, 2000, 3000, 3010, 3020, 3030};
    Window window = Statistics.window(moments, 3);
    assertThat(window).isEqualTo(new Window(3000, 3040, 4));
    assertThat(window.perSecond()).isCloseTo(100, within(EXACT));
    assertThat(moments[0]).as("its argument stays as it was").isEqualTo(3040);
  }

  @Test
  void shouldGiveARateEvenWhereAllCameInOneMillisecond() {
    assertThat(Statistics.window(new long[] {5, 5, 5}, 1).perSecond()).isEqualTo(2000);
  }

  @Test
  void shouldTellCpuTimeBetweenNotes() {
    TreeMap<Long, Double> notes = new TreeMap<>();
    notes.put(1000L, 2.0);
    notes.put(1100L, 2.1);
    notes.put(1200L, 2.5);
    assertThat(CpuClock.at(notes, 1050)).isCloseTo(2.05, within(EXACT));
    assertThat(CpuClock.at(notes, 1100)).isEqualTo(2.1);
    assertThat(CpuClock.at(notes, 1175)).isCloseTo(2.4, within(EXACT));
    assertThat(CpuClock.at(notes, 10)).as("before the first").isEqualTo(2);
    assertThat(CpuClock.at(notes, 9999)).as("after the last").isEqualTo(2.5);
  }
}
