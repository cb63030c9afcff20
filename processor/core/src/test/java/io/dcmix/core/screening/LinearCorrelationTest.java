package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LinearCorrelationTest {
  /** Anscombe (1973): four sets that all have r = 0.816; the first of them. */
  @Test
  void agreesWithAnscombesFirstSet() {
    double[] x = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
    double[] y = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};
    assertThat(LinearCorrelation.pearson(x, y)).isCloseTo(0.816, within(5e-4));
  }

  @Test
  void isWhatItIsByHand() {
    // Deviations −1 0 1 and −1 1 0: covariance 1, variances 2 and 2.
    assertThat(LinearCorrelation.pearson(new double[] {1, 2, 3}, new double[] {4, 6, 5})).isCloseTo(0.5, within(1e-15));
  }

  @Test
  void isUndefinedWithoutTwoDifferentValuesOnEachSide() {
    assertThat(LinearCorrelation.pearson(new double[] {0.1, 0.1, 0.1}, new double[] {1, 2, 3})).isNaN();
    assertThat(LinearCorrelation.pearson(new double[] {1}, new double[] {1})).isNaN();
    assertThat(LinearCorrelation.pearson(new double[0], new double[0])).isNaN();
    assertThatThrownBy(() -> LinearCorrelation.pearson(new double[2], new double[3])).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LinearCorrelation.pearson(new double[] {1, Double.NaN}, new double[] {1, 2})).hasMessageContaining("finite");
  }

  @Test
  void holdsWhereSquaresOverflowOrVanish() {
    double[] x = {1, 2, 3};
    double[] y = {4, 6, 5};
    for (double scale : new double[] {1e120, 1e-120}) {
      double[] scaled = Arrays.stream(x).map(v -> v * scale).toArray();
      assertThat(LinearCorrelation.pearson(scaled, Arrays.stream(y).map(v -> v * scale).toArray())).isCloseTo(0.5, within(1e-12));
    }
  }

  @Property
  void shiftAndScaleChangeOnlyItsSign(@ForAll @IntRange(min = 3, max = 40) int n, @ForAll Random random) {
    double[] a = random.doubles(n, -5, 5).toArray();
    double[] b = random.doubles(n, -5, 5).toArray();
    double r = LinearCorrelation.pearson(a, b);
    assertThat(r).isBetween(-1.0, 1.0).isCloseTo(LinearCorrelation.pearson(b, a), within(1e-12));
    assertThat(LinearCorrelation.pearson(a, Arrays.stream(b).map(v -> 7 - 3 * v).toArray())).isCloseTo(-r, within(1e-9));
    assertThat(LinearCorrelation.pearson(a, Arrays.stream(a).map(v -> 2 + v / 4).toArray())).isCloseTo(1, within(1e-9));
  }
}
