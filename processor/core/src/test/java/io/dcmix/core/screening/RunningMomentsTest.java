package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RunningMomentsTest {
  /** Exact decimal arithmetic by the definition, as the independent computation. */
  private static double[] exact(List<Double> values) {
    MathContext mc = MathContext.DECIMAL128;
    BigDecimal sum = BigDecimal.ZERO;
    for (double v : values) {
      sum = sum.add(new BigDecimal(v));
    }
    BigDecimal mean = sum.divide(BigDecimal.valueOf(values.size()), mc);
    BigDecimal squares = BigDecimal.ZERO;
    for (double v : values) {
      squares = squares.add(new BigDecimal(v).subtract(mean).pow(2));
    }
    return new double[] {mean.doubleValue(), squares.divide(BigDecimal.valueOf(values.size() - 1), mc).doubleValue()};
  }

  @Property
  void agreesWithExactArithmeticHoweverTheValuesAreSplit(
      @ForAll @Size(min = 2, max = 40) List<@DoubleRange(min = -1e6, max = 1e6) Double> values, @ForAll @IntRange(max = 40) int cut) {
    int split = Math.min(cut, values.size());
    RunningMoments left = of(values.subList(0, split));
    RunningMoments right = of(values.subList(split, values.size()));
    left.merge(right.count(), right.mean(), right.m2(), right.min(), right.max());

    double[] exact = exact(values);
    double scale = Math.max(1, values.stream().mapToDouble(Math::abs).max().orElseThrow());
    assertThat(left.count()).isEqualTo(values.size());
    assertThat(left.mean()).isCloseTo(exact[0], within(1e-12 * scale));
    assertThat(left.variance()).isCloseTo(exact[1], within(1e-12 * scale * scale));
    assertThat(left.min()).isEqualTo(values.stream().mapToDouble(v -> v).min().orElseThrow());
    assertThat(left.max()).isEqualTo(values.stream().mapToDouble(v -> v).max().orElseThrow());
  }

  @Test
  void keepsTheVarianceWhereSumsOfSquaresCancel() {
    // NIST's SmallData "NumAcc3": mean 1000000.2, standard deviation 0.1.
    RunningMoments moments = new RunningMoments();
    moments.add(1_000_000.2);
    for (int i = 0; i < 500; i++) {
      moments.add(1_000_000.1);
      moments.add(1_000_000.3);
    }
    assertThat(moments.mean()).isCloseTo(1_000_000.2, within(1e-9));
    assertThat(Math.sqrt(moments.variance())).isCloseTo(0.1, within(1e-9));
  }

  @Test
  void anEmptyPartChangesNothing() {
    RunningMoments moments = of(List.of(3.0));
    moments.merge(0, 99, 99, 99, 99);
    assertThat(moments.mean()).isEqualTo(3);
    assertThat(moments.variance()).isZero();
    assertThat(new RunningMoments().mean()).isZero();
  }

  private static RunningMoments of(List<Double> values) {
    RunningMoments moments = new RunningMoments();
    values.forEach(moments::add);
    return moments;
  }
}
