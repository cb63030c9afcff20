package io.dcmix.training.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScaleTest {
  @Property(tries = 500)
  void ticksAreRoundEvenWithinTheRangeAndTellApart(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double a, @ForAll @DoubleRange(min = 0.01, max = 1e6) double length,
      @ForAll @IntRange(min = 2, max = 10) int wanted) {
    Scale scale = Scale.nice(DoubleStream.of(a, a + length), wanted, 0, 100);
    List<Double> ticks = scale.ticks();
    double step = ticks.get(1) - ticks.get(0);

    assertThat(ticks).hasSizeBetween(2, wanted + 2);
    double mantissa = step / Math.pow(10, Math.floor(Math.log10(step) + 1e-6));
    assertThat(List.of(1.0, 2.0, 5.0)).anySatisfy(m -> assertThat(mantissa).isCloseTo(m, within(1e-4)));
    for (int i = 1; i < ticks.size(); i++) {
      assertThat(ticks.get(i) - ticks.get(i - 1)).isCloseTo(step, within(step * 1e-4));
    }
    assertThat(ticks.getFirst()).isLessThanOrEqualTo(a + step * 1e-6);
    assertThat(ticks.getLast()).isGreaterThanOrEqualTo(a + length - step * 1e-6);
    assertThat(new HashSet<>(ticks.stream().map(scale::label).toList())).hasSameSizeAs(ticks);
    assertThat(scale.at(a)).isBetween(-1e-6, 100 + 1e-6).isLessThan(scale.at(a + length));
  }

  @Property(tries = 300)
  void anExactScaleEndsWhereTheValuesEndAndHasTwoTicks(
      @ForAll @DoubleRange(min = -1e3, max = 1e3) double a, @ForAll @DoubleRange(min = 1e-2, max = 1e3) double length) {
    Scale scale = Scale.exact(DoubleStream.of(a, a + length), 2, 10, 90);
    assertThat(scale.at(a)).isCloseTo(10, within(1e-6));
    assertThat(scale.at(a + length)).isCloseTo(90, within(1e-6));
    assertThat(scale.ticks()).hasSizeGreaterThanOrEqualTo(2).allSatisfy(t -> assertThat(t).isBetween(a - 1e-6, a + length + 1e-6));
  }

  @Test
  void identicalValuesStandInTheMiddle() {
    assertThat(Scale.exact(DoubleStream.of(7, 7), 5, 0, 100).at(7)).isCloseTo(50, within(1e-9));
    assertThat(Scale.exact(DoubleStream.of(0), 5, 0, 100).at(0)).isCloseTo(50, within(1e-9));
  }

  @Test
  void aLogarithmicScaleGivesEachDecadeTheSameRoom() {
    Scale scale = Scale.logarithmic(DoubleStream.of(0.004, 30, -1, 0), 6, 0, 100);
    assertThat(scale.ticks().stream().map(scale::label)).containsExactly("0.001", "0.01", "0.1", "1", "10", "100");
    assertThat(scale.at(0.1)).isCloseTo(40, within(1e-9));
    assertThat(scale.shows(0)).isFalse();
  }
}
