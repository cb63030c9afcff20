package io.dcmix.core.screening;

import java.util.Arrays;

/**
 * Exact Shapley values (Shapley 1953): what each player adds, averaged over all orders in which the players can join. Subsets
 * are numbers: bit i is set when player i is in.
 */
public final class Shapley {
  /** 2^20 subsets: 8 MB of worths, and a million passes of a model. */
  public static final int MAX_PLAYERS = 20;

  private Shapley() {}

  /**
   * φ_i = Σ over S without i of |S|!·(n − |S| − 1)!/n! · (v(S ∪ {i}) − v(S)). They sum to v(all) − v(none).
   *
   * @param players n, 1 to {@value #MAX_PLAYERS}
   * @param worth v, one finite value per subset, 2^n of them, in the order of the subsets' numbers
   * @return one value per player
   * @throws IllegalArgumentException if there are too many players, or the worths are not as many as the subsets or not finite
   */
  public static double[] values(int players, double[] worth) {
    int subsets = subsets(players);
    if (worth.length != subsets) {
      throw new IllegalArgumentException(
          "%d players have %d subsets; there are %d worths".formatted(players, subsets, worth.length));
    }
    for (int s = 0; s < subsets; s++) {
      if (!Double.isFinite(worth[s])) {
        throw new IllegalArgumentException("The worth of subset %d is %s; it must be finite".formatted(s, worth[s]));
      }
    }
    double[] values = new double[players];
    double[] gains = new double[players];
    for (int i = 0; i < players; i++) {
      Arrays.fill(gains, 0);
      for (int s = 0; s < subsets; s++) {
        if ((s >> i & 1) == 0) {
          gains[Integer.bitCount(s)] += worth[s | 1 << i] - worth[s];
        }
      }
      // |S|!·(n−|S|−1)!/n! = 1/(n·C(n−1, |S|)): the mean of the gains of every size, and of these the mean. No factorials.
      double ways = 1;
      for (int size = 0; size < players; size++) {
        values[i] += gains[size] / ways / players;
        ways = ways * (players - 1 - size) / (size + 1);
      }
    }
    return values;
  }

  /** {@link #masks(int, int, int)} of all subsets. */
  public static float[][] masks(int channels) {
    return masks(channels, 0, subsets(channels));
  }

  /**
   * Rows of a model's {@code masks} input, one per subset in the order of their numbers: 1 keeps a channel, 0 drops it.
   *
   * @param channels 1 to {@value #MAX_PLAYERS}
   * @param from first subset
   * @param to subset behind the last
   * @return [to − from, channels]
   */
  public static float[][] masks(int channels, int from, int to) {
    if (from < 0 || to < from || to > subsets(channels)) {
      throw new IllegalArgumentException("%d channels have no subsets %d to %d".formatted(channels, from, to));
    }
    float[][] masks = new float[to - from][channels];
    for (int s = from; s < to; s++) {
      for (int c = 0; c < channels; c++) {
        masks[s - from][c] = s >> c & 1;
      }
    }
    return masks;
  }

  private static int subsets(int players) {
    if (players < 1 || players > MAX_PLAYERS) {
      throw new IllegalArgumentException(
          "Exact Shapley values are for 1 to %d players, not %d: every player doubles the work".formatted(MAX_PLAYERS, players));
    }
    return 1 << players;
  }
}
