package io.dcmix.core.archive.simulation;

/**
 * SplitMix64 (Steele, Lea, Flood 2014). Written out rather than taken from the JDK, because a plate must be the same bytes on
 * every machine and every later JDK. Each thing that is drawn has its own generator, named by {@link #seed}, so no draw
 * depends on what was drawn before or on another thread.
 */
final class Rng {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final double SQRT_3 = 1.7320508075688772;

  private long state;

  Rng(long seed) {
    state = seed;
  }

  /** A seed for a thing inside another: {@code seed(plate, row, column, site)}. */
  static long seed(long parent, long... path) {
    long seed = parent;
    for (long step : path) {
      seed = mix(seed + GAMMA * (step + 1));
    }
    return seed;
  }

  long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in [from, to). */
  double uniform(double from, double to) {
    return from + (to - from) * uniform();
  }

  /** Uniform in [0, bound). */
  int below(int bound) {
    return (int) (uniform() * bound);
  }

  /** Mean 0, SD 1, at most 3.5: four 16-bit uniforms from one draw, because camera noise needs one a pixel. */
  double gaussian() {
    long bits = nextLong();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    return (sum * 0x1.0p-16 - 2) * SQRT_3;
  }

  private static long mix(long z) {
    long a = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
    return b ^ b >>> 31;
  }
}
