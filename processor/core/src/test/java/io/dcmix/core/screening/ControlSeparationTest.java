package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ControlSeparationTest {
  private static final double[] P = {10, 12, 14};
  private static final double[] N = {1, 2, 3, 4};

  @Test
  void agreesWithValuesWorkedOutByHand() {
    // m_p = 12, s_p = 2; m_n = 2.5, s_n = √(5/3); medians 12 and 2.5; MADs 2 and 1.
    double sn = Math.sqrt(5 / 3.0);
    assertThat(SampleStatistics.mean(N)).isEqualTo(2.5);
    assertThat(SampleStatistics.sd(P)).isCloseTo(2, within(1e-15));
    assertThat(SampleStatistics.sd(N)).isCloseTo(sn, within(1e-15));
    assertThat(ControlSeparation.zPrime(P, N)).hasValueCloseTo(1 - 3 * (2 + sn) / 9.5, within(1e-14));
    assertThat(ControlSeparation.robustZPrime(P, N)).hasValueCloseTo(1 - 3 * 1.4826 * (2 + 1) / 9.5, within(1e-14));
    assertThat(ControlSeparation.ssmd(P, N)).hasValueCloseTo(9.5 / Math.sqrt(4 + 5 / 3.0), within(1e-14));
  }

  @Test
  void onlySsmdKnowsTheDirection() {
    assertThat(ControlSeparation.zPrime(N, P)).isEqualTo(ControlSeparation.zPrime(P, N));
    assertThat(ControlSeparation.robustZPrime(N, P)).isEqualTo(ControlSeparation.robustZPrime(P, N));
    assertThat(ControlSeparation.ssmd(N, P).orElseThrow()).isEqualTo(-ControlSeparation.ssmd(P, N).orElseThrow());
  }

  @Test
  void theGateOf05IsAnSsmdOf8485() {
    // Two groups of SD 1 at a distance of 12.
    double[] p = {11, 12, 13};
    double[] n = {-1, 0, 1};
    assertThat(ControlSeparation.zPrime(p, n)).hasValueCloseTo(0.5, within(1e-14));
    assertThat(ControlSeparation.ssmd(p, n)).hasValueCloseTo(8.485, within(5e-4));
  }

  @Test
  void isEmptyWhereItIsUndefined() {
    assertThat(ControlSeparation.zPrime(new double[] {1}, N)).isEmpty();
    assertThat(ControlSeparation.zPrime(P, new double[0])).isEmpty();
    assertThat(ControlSeparation.robustZPrime(new double[] {1}, N)).isEmpty();
    assertThat(ControlSeparation.ssmd(P, new double[] {1})).isEmpty();
    assertThat(ControlSeparation.zPrime(new double[] {1, 3}, new double[] {0, 4})).isEmpty();
    assertThat(ControlSeparation.robustZPrime(new double[] {1, 2, 9}, new double[] {0, 2, 3})).isEmpty();
    assertThat(ControlSeparation.ssmd(new double[] {1, 1}, new double[] {5, 5})).isEmpty();
  }

  @Test
  void withoutSpreadTheWindowIsWholeAndEqualMeansAreAnSsmdOf0() {
    assertThat(ControlSeparation.zPrime(new double[] {0.1, 0.1, 0.1}, new double[] {0.3, 0.3, 0.3})).hasValue(1);
    assertThat(ControlSeparation.ssmd(new double[] {1, 3}, new double[] {0, 4})).hasValue(0);
  }

  @Test
  void aMadOf0AmongWellsThatDifferIsNoSpread() {
    assertThat(ControlSeparation.robustZPrime(new double[] {5, 5, 5, 9}, N)).isEmpty();
    assertThat(ControlSeparation.robustZPrime(new double[] {5, 5, 5}, new double[] {1, 1, 1})).hasValue(1);
  }

  @Test
  void aWildWellMovesTheRobustValueLittle() {
    double[] p = {10, 11, 12, 13, 14, 15, 16};
    double[] wild = {10, 11, 12, 13, 14, 15, 1600};
    assertThat(ControlSeparation.zPrime(wild, N).orElseThrow()).isLessThan(-4);
    assertThat(ControlSeparation.robustZPrime(wild, N)).isEqualTo(ControlSeparation.robustZPrime(p, N));
  }

  @Test
  void refusesValuesThatAreNotFinite() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> ControlSeparation.zPrime(new double[] {1, bad, 2}, N)).hasMessageContaining("finite values");
    }
  }

  @Property
  void forEqualSpreadsTheTwoTellTheSame(@ForAll @Size(min = 2, max = 20) List<@DoubleRange(min = -9, max = 9) Double> values,
      @ForAll @DoubleRange(min = 0.5, max = 100) double distance) {
    double[] n = values.stream().mapToDouble(v -> v).toArray();
    double[] p = Arrays.stream(n).map(v -> v + distance).toArray();
    if (SampleStatistics.sd(n) > 1e-6) {
      double ssmd = ControlSeparation.ssmd(p, n).orElseThrow();
      assertThat(ControlSeparation.zPrime(p, n)).hasValueCloseTo(1 - 3 * Math.sqrt(2) / Math.abs(ssmd), within(1e-6));
    }
  }

  @Property
  void theOrderOfTheWellsChangesNoBit(@ForAll @Size(min = 2, max = 20) List<@DoubleRange(min = -9, max = 9) Double> values) {
    double[] x = values.stream().mapToDouble(v -> v).toArray();
    double[] reversed = values.reversed().stream().mapToDouble(v -> v).toArray();
    assertThat(ControlSeparation.zPrime(x, N)).isEqualTo(ControlSeparation.zPrime(reversed, N));
    assertThat(ControlSeparation.zPrime(x, reversed)).isEmpty();
  }

  @Property
  void medianAndMeanLieAmongTheValues(@ForAll @Size(min = 1, max = 20) List<@DoubleRange(min = -1e9, max = 1e9) Double> values) {
    double[] x = values.stream().mapToDouble(v -> v).toArray();
    double median = SampleStatistics.median(x);
    assertThat(2 * Arrays.stream(x).filter(v -> v < median).count()).isLessThanOrEqualTo(x.length);
    assertThat(2 * Arrays.stream(x).filter(v -> v > median).count()).isLessThanOrEqualTo(x.length);
    assertThat(SampleStatistics.mean(x)).isCloseTo(Arrays.stream(x).average().orElseThrow(), within(1e-6));
  }
}
