package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

class ChannelDriftTest {
  @Test
  void countsStandardDeviationsOfTheReferenceWithItsSign() {
    assertThat(ChannelDrift.of(0.40, 0.30, 0.04)).isCloseTo(2.5, within(1e-12));
    assertThat(ChannelDrift.of(0.20, 0.30, 0.04)).isCloseTo(-2.5, within(1e-12));
    assertThat(ChannelDrift.of(0.30, 0.30, 0.04)).isZero();
  }

  @Test
  void takesNoSpreadBelowHalfAPercentOfTheBlend() {
    assertThat(ChannelDrift.of(0.310, 0.30, 0)).isCloseTo(2, within(1e-9));
    assertThat(ChannelDrift.of(0.310, 0.30, 0.001)).isCloseTo(2, within(1e-9));
    assertThat(ChannelDrift.of(1, 1, 0)).as("the only channel of a model").isZero();
  }

  @Test
  void comparesTheNewestWellsWithTheFirst() {
    // The first four: mean 0.25, deviations 0.05 and 0.01 twice each, so s² = (2·0.0025 + 2·0.0001) / 3. The newest four: mean 0.35.
    double[] shares = {0.20, 0.24, 0.26, 0.30, 0.9, 0.1, 0.33, 0.34, 0.36, 0.37};
    assertThat(ChannelDrift.fromStart(shares, 4)).isCloseTo(0.10 / Math.sqrt(0.0052 / 3), within(1e-12));
  }

  @Test
  void isUnknownUntilTheTwoEndsDoNotOverlap() {
    double[] shares = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7};
    assertThat(ChannelDrift.fromStart(shares, 4)).isNull();
    assertThat(ChannelDrift.fromStart(Arrays.copyOf(shares, 8), 4)).isNotNull();
    assertThat(ChannelDrift.fromStart(new double[0], 2)).isNull();
  }

  @Property
  void aPlateWhoseChannelMovesByThreeSpreadsAlarmsAndOneThatOnlyScattersDoesNot(
      @ForAll @DoubleRange(min = 0.2, max = 0.4) double level, @ForAll @DoubleRange(min = 0.006, max = 0.02) @Scale(4) double step) {
    double[] steady = new double[96];
    double[] moving = new double[96];
    double sd = step * Math.sqrt(16.0 / 15); // of eight values step below and eight step above the level
    for (int i = 0; i < steady.length; i++) {
      steady[i] = level + (i % 2 == 0 ? step : -step);
      moving[i] = steady[i] + (i >= 80 ? 3 * sd : 0);
    }
    assertThat(ChannelDrift.fromStart(steady, 16)).isCloseTo(0, within(1e-9));
    assertThat(ChannelDrift.fromStart(moving, 16)).isCloseTo(3, within(1e-9));
  }
}
