package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
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

  @Property
  void mergesPartsOfAnySizeInAnyOrder(
      @ForAll @Size(min = 2, max = 60) List<@DoubleRange(min = 0, max = 1) @Scale(6) Double> values, @ForAll @IntRange(min = 1, max = 12) int parts, @ForAll Random random) {
    List<RunningMoments> plates = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      plates.add(new RunningMoments());
    }
    values.forEach(value -> plates.get(random.nextInt(parts)).add(value));
    // Pairs are merged until one is left, so parts meet as a tree of any shape; some of them are empty.
    while (plates.size() > 1) {
      RunningMoments one = plates.remove(random.nextInt(plates.size()));
      RunningMoments other = plates.get(random.nextInt(plates.size()));
      other.merge(one.count(), one.mean(), one.m2(), one.min(), one.max());
    }
    double[] exact = exact(values);
    assertThat(plates.getFirst().count()).isEqualTo(values.size());
    assertThat(plates.getFirst().mean()).isCloseTo(exact[0], within(1e-14));
    assertThat(plates.getFirst().variance()).isCloseTo(exact[1], within(1e-14));
  }

  @Property
  void keepsTheVarianceOfPartsUnderALargeOffset(
      @ForAll @Size(min = 4, max = 40) List<@IntRange(min = -1000, max = 1000) Integer> steps, @ForAll @IntRange(min = 1, max = 39) int cut) {
    // 2^30 plus multiples of 1/64 are exact in double, and the variance is that of the steps alone. A sum of squares, about 2^60 a value,
    // would lose everything below 2^8.
    double offset = 1L << 30;
    int split = Math.min(cut, steps.size());
    RunningMoments sum = of(steps.subList(0, split).stream().map(step -> offset + step / 64.0).toList());
    RunningMoments rest = of(steps.subList(split, steps.size()).stream().map(step -> offset + step / 64.0).toList());
    sum.merge(rest.count(), rest.mean(), rest.m2(), rest.min(), rest.max());
    double[] exact = exact(steps.stream().map(step -> step / 64.0).toList());
    assertThat(sum.mean() - offset).isCloseTo(exact[0], within(1e-6));
    assertThat(sum.variance()).isCloseTo(exact[1], within(1e-5 * Math.max(1, exact[1])));
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
