package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MedianPolishTest {
  private static final double MISSING = Double.NaN;

  @Test
  void shouldPolishTukeysDeathsInParachutingAsRDoes() {
    // Velleman and Hoaglin, ABC of EDA, p. 224; R's example(medpolish) prints overall 8, rows 6 -1 0 2 -8, columns 0 -1 0, sum 19.
    MedianPolish polish = MedianPolish.of(new double[][] {{14, 15, 14}, {7, 4, 7}, {8, 2, 10}, {15, 9, 10}, {0, 2, 0}});
    assertThat(polish.overall()).isEqualTo(8);
    assertThat(polish.rows()).containsExactly(6, -1, 0, 2, -8);
    assertThat(polish.columns()).containsExactly(0, -1, 0);
    assertThat(polish.residuals()).isDeepEqualTo(new double[][] {{0, 2, 0}, {0, -2, 0}, {0, -5, 2}, {5, 0, 0}, {0, 3, 0}});
    assertThat(polish.converged()).isTrue();
  }

  @Test
  void shouldGoOnUntilNothingChangesHoweverManySweepsThatTakes() {
    // Worked out by hand from the fixed point: each row and column of the residuals has the median 0, and their absolute sum is 56.
    // After three sweeps it is 56.6875 (numpy).
    MedianPolish polish = MedianPolish.of(new double[][] {{1, 6, 20, 15}, {23, 9, 14, 18}, {23, 17, 29, 20}, {4, 12, 2, 7}});
    assertThat(polish.converged()).isTrue();
    assertThat(polish.sweeps()).isGreaterThan(3);
    assertThat(polish.overall()).isCloseTo(14.75, within(1e-3));
    double[][] limit = {{-11, 0, 5.5, 0}, {8, 0, -3.5, 0}, {0, 0, 3.5, -6}, {0, 14, -4.5, 0}};
    for (int i = 0; i < 4; i++) {
      assertThat(polish.residuals()[i]).containsExactly(limit[i], within(1e-3));
    }
  }

  @Test
  void shouldLeaveMissingCellsOutAndMissingRowsWithoutEffect() {
    MedianPolish polish = MedianPolish.of(new double[][] {{1, MISSING, 3}, {MISSING, MISSING, MISSING}, {11, 12, 13}});
    assertThat(polish.residuals()[0][1]).isNaN();
    assertThat(polish.residuals()[1]).containsOnly(Double.NaN);
    assertThat(polish.rows()[1]).isZero();
    assertThat(Arrays.stream(polish.residuals()).flatMapToDouble(Arrays::stream).filter(r -> !Double.isNaN(r))).allMatch(r -> Math.abs(r) < 1e-9);
  }

  @Test
  void shouldRefuseWhatIsNoMatrixOfNumbers() {
    assertThatThrownBy(() -> MedianPolish.of(new double[][] {{1, 2}, {3}})).hasMessageContaining("Row 1");
    assertThatThrownBy(() -> MedianPolish.of(new double[][] {{1, Double.POSITIVE_INFINITY}})).hasMessageContaining("Row 0");
    assertThat(MedianPolish.of(new double[0][]).converged()).isTrue();
  }

  @Property(tries = 100)
  void shouldTakeOutRowsAndColumnsAltogether(@ForAll long seed, @ForAll @IntRange(min = 1, max = 16) int rows, @ForAll @IntRange(min = 1, max = 24) int columns) {
    Random random = new Random(seed);
    double[] r = random.doubles(rows, -5, 5).toArray();
    double[] c = random.doubles(columns, -5, 5).toArray();
    double[][] values = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        values[i][j] = 7 + r[i] + c[j];
      }
    }
    MedianPolish polish = MedianPolish.of(values);
    assertThat(polish.converged()).isTrue();
    assertThat(Arrays.stream(polish.residuals()).flatMapToDouble(Arrays::stream)).allMatch(residual -> Math.abs(residual) < 1e-9);
  }

  @Property(tries = 100)
  void shouldAlwaysConvergeToParts(@ForAll long seed, @ForAll @IntRange(min = 1, max = 16) int rows, @ForAll @IntRange(min = 1, max = 24) int columns) {
    double[][] values = plate(seed, rows, columns, 0.1);
    MedianPolish polish = MedianPolish.of(values);
    assertThat(polish.converged()).isTrue();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double sum = polish.overall() + polish.rows()[i] + polish.columns()[j] + polish.residuals()[i][j];
        assertThat(Double.isNaN(values[i][j]) ? Double.isNaN(sum) : Math.abs(sum - values[i][j]) < 1e-9).isTrue();
      }
    }
  }

  @Property(tries = 50)
  void shouldGiveBScoresThatShiftScaleRowsAndColumnsDoNotChange(
      @ForAll long seed, @ForAll @DoubleRange(min = -100, max = 100) double shift, @ForAll @DoubleRange(min = 0.01, max = 100) double scale) {
    double[][] values = plate(seed, 8, 12, 0.05);
    double[][] other = new double[8][12];
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 12; j++) {
        other[i][j] = shift + scale * values[i][j];
      }
    }
    double[][] a = BScore.of(values).orElseThrow();
    double[][] b = BScore.of(other).orElseThrow();
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < 12; j++) {
        assertThat(Double.isNaN(a[i][j]) ? Double.isNaN(b[i][j]) : Math.abs(a[i][j] - b[i][j]) < 1e-3 * (1 + Math.abs(a[i][j]))).isTrue();
      }
    }
  }

  @Test
  void shouldDivideResidualsByTheirMad() {
    // The residuals above: absolute values 0 ×8, 3.5 3.5 4.5 5.5 6 8 11 14; their median is (0 + 3.5) / 2.
    double[][] scores = BScore.of(new double[][] {{1, 6, 20, 15}, {23, 9, 14, 18}, {23, 17, 29, 20}, {4, 12, 2, 7}}).orElseThrow();
    assertThat(scores[0][0]).isCloseTo(-11 / 1.75, within(1e-2));
    assertThat(scores[3][1]).isCloseTo(14 / 1.75, within(1e-2));
  }

  @Test
  void shouldGiveNoBScoreWhereRowsAndColumnsExplainEverything() {
    assertThat(BScore.of(new double[][] {{0.1, 0.2}, {0.4, 0.5}})).isEmpty();
    assertThat(BScore.of(new double[][] {{MISSING, MISSING}})).isEmpty();
  }

  private static double[][] plate(long seed, int rows, int columns, double missing) {
    Random random = new Random(seed);
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextDouble() < missing ? MISSING : random.nextGaussian();
      }
    }
    return values;
  }
}
