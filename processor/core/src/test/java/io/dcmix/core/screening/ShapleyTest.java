package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShapleyTest {
  @Test
  void solvesTheGloveGame() {
    // Players 0 and 1 have a left glove each, player 2 the right one; a pair is worth 1. Known solution: 1/6, 1/6, 4/6.
    double[] worth = {0, 0, 0, 0, 0, 1, 1, 1};
    assertThat(Shapley.values(3, worth)).containsExactly(new double[] {1 / 6.0, 1 / 6.0, 4 / 6.0}, within(1e-15));
  }

  @Test
  void solvesTheAirportGame() {
    // Littlechild and Owen 1973: a runway as long as its largest plane needs, costs 1, 2 and 3; each stretch is shared by who needs it.
    double[] worth = {0, 1, 2, 2, 3, 3, 3, 3};
    assertThat(Shapley.values(3, worth)).containsExactly(new double[] {1 / 3.0, 1 / 3.0 + 1 / 2.0, 1 / 3.0 + 1 / 2.0 + 1}, within(1e-15));
  }

  @Property
  void isTheAverageOverAllOrdersOfJoining(@ForAll @IntRange(min = 1, max = 6) int players, @ForAll Random random) {
    double[] worth = random.doubles(1 << players, -10, 10).toArray();
    double[] sums = new double[players];
    long orders = join(worth, 0, players, sums);
    assertThat(Shapley.values(players, worth)).containsExactly(Arrays.stream(sums).map(s -> s / orders).toArray(), within(1e-10));
  }

  /** Lets every absent player join next; returns the number of orders from here on. */
  private static long join(double[] worth, int present, int players, double[] sums) {
    if (present == (1 << players) - 1) {
      return 1;
    }
    long orders = 0;
    for (int i = 0; i < players; i++) {
      if ((present >> i & 1) == 0) {
        long after = join(worth, present | 1 << i, players, sums);
        sums[i] += after * (worth[present | 1 << i] - worth[present]);
        orders += after;
      }
    }
    return orders;
  }

  @Property(tries = 100)
  void sharesOutTheWholeWorth(@ForAll @IntRange(min = 1, max = 12) int players, @ForAll Random random) {
    double[] worth = random.doubles(1 << players, -10, 10).toArray();
    assertThat(Arrays.stream(Shapley.values(players, worth)).sum()).isCloseTo(worth[worth.length - 1] - worth[0], within(1e-9));
  }

  @Property(tries = 100)
  void playersWhoAddTheSameGetTheSame(@ForAll @IntRange(min = 2, max = 8) int players, @ForAll Random random) {
    double[] raw = random.doubles(1 << players, -10, 10).toArray();
    // Players 0 and 1 are made exchangeable: only how many of them are in counts.
    double[] worth = IntStream.range(0, raw.length).mapToDouble(s -> raw[(s & 3) == 2 ? s ^ 3 : s]).toArray();
    double[] values = Shapley.values(players, worth);
    assertThat(values[0]).isCloseTo(values[1], within(1e-10));
  }

  @Property(tries = 100)
  void whoeverAddsAConstantGetsIt(@ForAll @IntRange(min = 1, max = 8) int players, @ForAll Random random) {
    double[] raw = random.doubles(1 << players, -10, 10).toArray();
    int dummy = random.nextInt(players);
    double[] worth = IntStream.range(0, raw.length)
        .mapToDouble(s -> raw[s & ~(1 << dummy)] + 2.5 * (s >> dummy & 1)).toArray();
    assertThat(Shapley.values(players, worth)[dummy]).isCloseTo(2.5, within(1e-10));
  }

  @Property(tries = 100)
  void isLinear(@ForAll @IntRange(min = 1, max = 8) int players, @ForAll Random random) {
    double[] v = random.doubles(1 << players, -10, 10).toArray();
    double[] w = random.doubles(1 << players, -10, 10).toArray();
    double[] both = Shapley.values(players, IntStream.range(0, v.length).mapToDouble(s -> 3 * v[s] - w[s]).toArray());
    double[] ofV = Shapley.values(players, v);
    double[] ofW = Shapley.values(players, w);
    assertThat(both).containsExactly(IntStream.range(0, players).mapToDouble(i -> 3 * ofV[i] - ofW[i]).toArray(), within(1e-9));
  }

  @Test
  void holdsAtTheLimitOfPlayers() {
    // Each player brings its number, and all together 1 more: known as i + 1/n.
    double[] worth = new double[1 << Shapley.MAX_PLAYERS];
    for (int s = 0; s < worth.length; s++) {
      for (int i = 0; i < Shapley.MAX_PLAYERS; i++) {
        worth[s] += (s >> i & 1) * i;
      }
    }
    worth[worth.length - 1] += 1;
    assertThat(Shapley.values(Shapley.MAX_PLAYERS, worth))
        .containsExactly(IntStream.range(0, Shapley.MAX_PLAYERS).mapToDouble(i -> i + 1.0 / Shapley.MAX_PLAYERS).toArray(), within(1e-10));
  }

  @Test
  void masksFollowTheNumbersOfTheSubsets() {
    assertThat(Shapley.masks(2)).isDeepEqualTo(new float[][] {{0, 0}, {1, 0}, {0, 1}, {1, 1}});
    assertThat(Shapley.masks(3, 4, 6)).isDeepEqualTo(new float[][] {{0, 0, 1}, {1, 0, 1}});
    assertThat(Shapley.masks(20, 1 << 20, 1 << 20)).isEmpty();
  }

  @Test
  void refusesWhatIsNoGame() {
    assertThatThrownBy(() -> Shapley.values(3, new double[7])).hasMessage("3 players have 8 subsets; there are 7 worths");
    assertThatThrownBy(() -> Shapley.values(1, new double[] {0, Double.NaN})).hasMessageContaining("subset 1 is NaN");
    assertThatThrownBy(() -> Shapley.values(0, new double[1])).hasMessageContaining("1 to 20 players, not 0");
    assertThatThrownBy(() -> Shapley.values(21, new double[0])).hasMessageContaining("every player doubles the work");
    assertThatThrownBy(() -> Shapley.masks(31)).hasMessageContaining("not 31");
    assertThatThrownBy(() -> Shapley.masks(2, 3, 5)).hasMessage("2 channels have no subsets 3 to 5");
  }
}
