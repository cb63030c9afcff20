package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class FocusOutliersTest {
  @Test
  void isTheRobustZOfTheLogarithm() {
    // Logarithms -4, -3, -2, -1, 0 around -2, and the same again: median -2, absolute deviations 0, 0, 1, 1, 1, 1, 2, 2, 2, 2: MAD 1.
    double[] focus = {Math.exp(-4), Math.exp(-3), Math.exp(-2), Math.exp(-1), 1, Math.exp(-4), Math.exp(-3), Math.exp(-2), Math.exp(-1), 1};
    double[] z = FocusOutliers.robustZ(focus);
    assertThat(z[0]).isCloseTo(-2 / 1.4826, within(1e-12));
    assertThat(z[2]).isCloseTo(0, within(1e-12));
    assertThat(z[4]).isCloseTo(2 / 1.4826, within(1e-12));
  }

  @Property
  void doesNotDependOnTheUnitOfTheScore(@ForAll @DoubleRange(min = 0.01, max = 10) double factor) {
    double[] focus = {0.05, 0.06, 0.055, 0.048, 0.052, 0.01, 0.07, 0.058};
    double[] scaled = Arrays.stream(focus).map(f -> factor * f).toArray();
    assertThat(FocusOutliers.robustZ(scaled)).containsExactly(FocusOutliers.robustZ(focus), within(1e-9));
  }

  @Test
  void findsTheBlurredWellAndNoOther() {
    double[] focus = new double[96];
    Arrays.setAll(focus, i -> 0.05 * Math.exp(0.08 * Math.sin(i * 12.9898)));
    focus[17] = 0.02;
    double[] z = FocusOutliers.robustZ(focus);
    for (int i = 0; i < 96; i++) {
      assertThat(z[i] < FocusOutliers.BLURRED_BELOW).as("well %d", i).isEqualTo(i == 17);
    }
  }

  @Test
  void callsNoWellBlurredForBeingALittleLessSharpThanEqualOnes() {
    double[] focus = new double[96];
    Arrays.fill(focus, 0.05);
    focus[3] = 0.045;
    assertThat(FocusOutliers.robustZ(focus)[3]).isBetween(-3.0, -1.0);
  }

  @Test
  void leavesOutWhatHasNothingToFocusOnAndSaysNothingOfTooFewWells() {
    double[] z = FocusOutliers.robustZ(new double[] {0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0, Double.NaN});
    assertThat(z[0]).isZero();
    assertThat(z[8]).isNaN();
    assertThat(z[9]).isNaN();
    assertThat(FocusOutliers.robustZ(new double[] {0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.001})).containsOnly(Double.NaN);
  }
}
