package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HitMarginTest {
  @Test
  void isTheDifferenceOfLogitsForTwoClasses() {
    assertThat(HitMargin.of(new double[] {1.5, 4}, 1)).isEqualTo(2.5);
  }

  @Test
  void doesNotSaturateWhereTheProbabilityDoes() {
    assertThat(HitMargin.of(new double[] {-800, 900}, 1)).isEqualTo(1700);
    assertThat(HitMargin.of(new double[] {-800, 900, 900}, 0)).isCloseTo(-1700 - Math.log(2), within(1e-9));
  }

  @Test
  void refusesASingleClass() {
    assertThatThrownBy(() -> HitMargin.of(new double[] {1}, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void isTheLogOddsOfTheHit(@ForAll @Size(min = 2, max = 8) double @Size(min = 2, max = 8) [] raw,
      @ForAll @DoubleRange(min = -5, max = 5) double shift) {
    double[] logits = new double[raw.length];
    double sum = 0;
    for (int k = 0; k < raw.length; k++) {
      logits[k] = Math.IEEEremainder(raw[k], 5);
      sum += Math.exp(logits[k]);
      logits[k] += shift;
    }
    double p = Math.exp(logits[0] - shift) / sum;
    assertThat(HitMargin.of(logits, 0)).isCloseTo(Math.log(p / (1 - p)), within(1e-9));
  }
}
