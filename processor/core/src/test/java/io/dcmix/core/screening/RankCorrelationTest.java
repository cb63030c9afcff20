package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RankCorrelationTest {
  @Test
  void tiesShareTheMeanOfTheirRanks() {
    assertThat(Ranks.of(new double[] {3, 1, 3, -7, 3})).containsExactly(4, 2, 4, 1, 4);
    assertThat(Ranks.of(new double[] {0.0, -0.0, Double.NEGATIVE_INFINITY})).containsExactly(2.5, 2.5, 1);
    assertThat(Ranks.of(new double[0])).isEmpty();
    assertThatThrownBy(() -> Ranks.of(new double[] {1, Double.NaN})).hasMessage("Value 1 is NaN, which has no rank");
  }

  /** By counting what is below and equal, without sorting. */
  @Property
  void ranksCountWhatIsBelow(@ForAll @Size(max = 30) List<@IntRange(min = -5, max = 5) Integer> values) {
    double[] x = values.stream().mapToDouble(v -> v).toArray();
    double[] counted = Arrays.stream(x)
        .map(v -> Arrays.stream(x).filter(w -> w < v).count() + (Arrays.stream(x).filter(w -> w == v).count() + 1) / 2.0)
        .toArray();
    assertThat(Ranks.of(x)).isEqualTo(counted);
  }

  @Test
  void sixChannelsWithASumOfSquaresOf4AreThePublished089() {
    // Two swaps of neighbours: d² = 1 four times. 1 − 6·4/(6·35) = 31/35.
    double rho = RankCorrelation.spearman(new double[] {1, 2, 3, 4, 5, 6}, new double[] {2, 1, 3, 4, 6, 5});
    assertThat(rho).isCloseTo(31.0 / 35, within(1e-15)).isCloseTo(0.886, within(5e-4));
  }

  @Test
  void agreesWithATextbookTableWithTies() {
    // Ranks a: 1 2.5 2.5 4, b: 1 2 3.5 3.5. Σ(a−2.5)² = 4.5, Σ(b−2.5)² = 4.5, Σ products = 2.25 + 0 + 0 + 1.5 = 3.75.
    assertThat(RankCorrelation.spearman(new double[] {10, 20, 20, 30}, new double[] {5, 6, 9, 9})).isCloseTo(3.75 / 4.5, within(1e-15));
  }

  @Test
  void isUndefinedForAConstantSideAndForFewerThanTwoPairs() {
    assertThat(RankCorrelation.spearman(new double[] {1, 2, 3}, new double[] {4, 4, 4})).isNaN();
    assertThat(RankCorrelation.spearman(new double[] {4, 4}, new double[] {1, 2})).isNaN();
    assertThat(RankCorrelation.spearman(new double[] {1}, new double[] {2})).isNaN();
    assertThat(RankCorrelation.spearman(new double[0], new double[0])).isNaN();
    assertThatThrownBy(() -> RankCorrelation.spearman(new double[2], new double[3])).isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void withoutTiesItIsTheFormulaOfTheSquares(@ForAll @IntRange(min = 2, max = 50) int n, @ForAll Random random) {
    List<Integer> shuffled = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    Collections.shuffle(shuffled, random);
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += Math.pow(shuffled.get(i) - i, 2);
    }
    double[] a = IntStream.range(0, n).asDoubleStream().toArray();
    double[] b = shuffled.stream().mapToDouble(v -> v).toArray();
    double expected = 1 - 6 * squares / (n * ((double) n * n - 1));
    assertThat(RankCorrelation.spearman(a, b)).isCloseTo(expected, within(1e-12));
    assertThat(RankCorrelation.spearman(a, Arrays.stream(b).map(v -> -v).toArray())).isCloseTo(-expected, within(1e-12));
  }

  @Property
  void aMonotoneMapChangesNoBit(@ForAll @Size(min = 2, max = 30) List<@IntRange(min = -20, max = 20) Integer> values, @ForAll Random random) {
    double[] a = values.stream().mapToDouble(v -> v).toArray();
    double[] b = random.doubles(a.length, -3, 3).toArray();
    double[] mapped = Arrays.stream(a).map(v -> Math.exp(v / 4) - 7).toArray();
    // Boxed, because an undefined ρ must stay one.
    assertThat(Double.valueOf(RankCorrelation.spearman(mapped, b))).isEqualTo(Double.valueOf(RankCorrelation.spearman(a, b)));
  }
}
