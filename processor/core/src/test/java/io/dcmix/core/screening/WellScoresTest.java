package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WellScoresTest {
  private static final double[] ONE_TO_FIVE = {5, 1, 4, 2, 3};

  private static OptionalDouble at(double x, Optional<DoubleUnaryOperator> score) {
    return score.map(s -> OptionalDouble.of(s.applyAsDouble(x))).orElse(OptionalDouble.empty());
  }

  @Test
  void shouldMeasureRobustZInScaledMads() {
    // Median 3, MAD 1 by hand.
    assertThat(at(6, WellScores.robustZ(ONE_TO_FIVE))).hasValueCloseTo(3 / 1.4826, within(1e-12));
    assertThat(at(0, WellScores.robustZ(ONE_TO_FIVE))).hasValueCloseTo(-3 / 1.4826, within(1e-12));
  }

  @Test
  void shouldGiveNoScoreWithoutSpreadOrReference() {
    assertThat(at(6, WellScores.robustZ(new double[] {2, 2, 2, 9}))).as("MAD 0").isEmpty();
    assertThat(at(6, WellScores.robustZ(new double[] {2}))).isEmpty();
    assertThat(at(6, WellScores.ssmd(new double[] {2, 2, 2, 9}))).isEmpty();
    assertThat(at(6, WellScores.ssmd(new double[] {2, 3}))).isEmpty();
    assertThat(at(6, WellScores.npi(new double[] {1, 3}, new double[] {2, 2}))).as("equal means").isEmpty();
    assertThat(at(6, WellScores.npi(new double[0], new double[] {2}))).isEmpty();
  }

  @Test
  void shouldPutNpiAtZeroForNegativeAndAtHundredForPositiveControls() {
    double[] positive = {9, 11};
    double[] negative = {1, 3};
    assertThat(at(2, WellScores.npi(positive, negative))).hasValue(0);
    assertThat(at(10, WellScores.npi(positive, negative))).hasValue(100);
    assertThat(at(6, WellScores.npi(positive, negative))).hasValue(50);
    assertThat(at(0, WellScores.npi(positive, negative))).as("beyond no effect").hasValue(-25);
    assertThat(at(6, WellScores.npi(negative, positive))).as("a loss of signal counts the same way").hasValue(50);
    assertThat(at(2, WellScores.npi(negative, positive))).hasValue(100);
  }

  @Test
  void shouldEstimateSsmdOfOneWellAsZhangDoes() {
    // 3 / (1.4826·√(2·4/2.52)) = 1.1356710, by numpy.
    assertThat(at(6, WellScores.ssmd(ONE_TO_FIVE))).hasValueCloseTo(1.1356709996278658, within(1e-12));
  }

  @Test
  void shouldGiveTheCoefficientOfVariationInPercent() {
    // Mean 5, squares 9 1 1 1 0 0 4 16, sum 32, sample variance 32/7 by hand.
    assertThat(SampleStatistics.cv(new double[] {2, 4, 4, 4, 5, 5, 7, 9})).isCloseTo(20 * Math.sqrt(32.0 / 7), within(1e-12));
    assertThat(SampleStatistics.cv(new double[] {1})).isNaN();
    assertThat(SampleStatistics.cv(new double[] {-1, 1})).isNaN();
  }

  @Property(tries = 200)
  void shouldNotChangeWithShiftAndScale(
      @ForAll @Size(min = 5, max = 30) List<@DoubleRange(min = -10, max = 10) Double> values,
      @ForAll @DoubleRange(min = -10, max = 10) double x,
      @ForAll @DoubleRange(min = -50, max = 50) double shift,
      @ForAll @DoubleRange(min = 0.1, max = 10) double scale) {
    double[] reference = values.stream().mapToDouble(Double::doubleValue).toArray();
    double[] other = values.stream().mapToDouble(v -> shift + scale * v).toArray();
    if (SampleStatistics.scaledMad(reference) < 1e-3) {
      return;
    }
    double z = at(x, WellScores.robustZ(reference)).orElseThrow();
    assertThat(at(shift + scale * x, WellScores.robustZ(other))).hasValueCloseTo(z, within(1e-6 * (1 + Math.abs(z))));
    double ssmd = at(x, WellScores.ssmd(reference)).orElseThrow();
    assertThat(at(shift + scale * x, WellScores.ssmd(other))).hasValueCloseTo(ssmd, within(1e-6 * (1 + Math.abs(ssmd))));
  }
}
