package io.dcmix.core.quality;

/**
 * The background of a plane: the value of pixels that show nothing, and its spread. A pixel of value v counts as spread evenly
 * from v − ½ to v + ½.
 *
 * <p>The level is the middle of the shortest interval that holds a quarter of all pixels: a mode that needs no smoothing, and that
 * finds the background as long as its values are the densest. The spread is taken from the darker side, where no cells are: the
 * distance from the level that 68.27 % of the pixels below it keep, which is the standard deviation of a Gaussian. Uneven light
 * widens it. Where values are cut off at the level, there is no darker side, and the least spread stands in.
 *
 * @param level pixel value
 * @param spread standard deviation, at least half a grey value
 */
record Background(double level, double spread) {
  private static final double SHARE = 0.25;
  private static final double LEAST_SPREAD = 0.5;
  private static final double WITHIN_SIGMA = 0.6827;

  /** Spreads above the level at which the foreground begins. */
  private static final double BEYOND = 5;

  static Background of(Histogram h) {
    double level = level(h, SHARE * h.pixels());
    return new Background(level, Math.max(LEAST_SPREAD, spread(h, level)));
  }

  /** Middle of the shortest interval that holds so many pixels; of several the darkest. */
  private static double level(Histogram h, double wanted) {
    int densest = h.min();
    for (int v = h.min(); v <= h.max(); v++) {
      densest = h.count(v) > h.count(densest) ? v : densest;
    }
    if (h.count(densest) >= wanted) {
      return densest;
    }
    double level = 0;
    double shortest = Double.POSITIVE_INFINITY;
    int low = h.min();
    long inside = 0;
    for (int high = h.min(); high <= h.max(); high++) {
      inside += h.count(high);
      while (inside - h.count(low) >= wanted) {
        inside -= h.count(low);
        low++;
      }
      if (inside >= wanted && inside - h.count(high) < wanted) {
        // A value less is too few, so the shortest interval leaves out a part of the first or of the last one, of whichever is rarer.
        double spare = (inside - wanted) / Math.min(h.count(low), h.count(high));
        double length = high - low + 1 - spare;
        if (length < shortest - 1e-9) {
          shortest = length;
          level = (low + high + (h.count(low) < h.count(high) ? spare : -spare)) / 2;
        }
      }
    }
    return level;
  }

  private static double spread(Histogram h, double level) {
    int v = (int) Math.round(level);
    double darker = h.count(v) * (level - (v - 0.5));
    double below = darker;
    for (int u = h.min(); u < v; u++) {
      below += h.count(u);
    }
    double left = WITHIN_SIGMA * below - darker;
    while (left > 0) {
      v--;
      left -= h.count(v);
    }
    return level - (v - 0.5) + left / h.count(v);
  }

  /** Share of pixels that are brighter, 0 to 1. */
  double brighter(Histogram h) {
    return h.shareFrom((int) Math.floor(level + BEYOND * spread) + 1);
  }
}
