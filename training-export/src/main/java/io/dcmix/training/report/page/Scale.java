package io.dcmix.training.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Maps values to places, with round ticks.
 *
 * @param low value at {@code from}, less than {@code high}
 * @param high value at {@code to}
 * @param ticks round values within
 * @param digits decimals that tell the ticks apart
 * @param log whether places go with the logarithm
 */
record Scale(double low, double high, double from, double to, List<Double> ticks, int digits, boolean log) {

  /** The place of a value. */
  double at(double v) {
    double share = log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low);
    return from + share * (to - from);
  }

  /** Whether a value has a place. */
  boolean shows(double v) {
    return log ? Numbers.positive(v) : Numbers.known(v);
  }

  String label(double tick) {
    if (log && tick >= 1e-5 && tick < 1e7) {
      return Numbers.fixed(tick, (int) Math.max(0, -Math.floor(Math.log10(tick) + 1e-9)));
    }
    return log || digits > 5 || Math.max(-low, high) >= 1e9 ? Numbers.text(tick) : Numbers.fixed(tick, digits);
  }

  /** From the least to the greatest known value; with two ticks at least. */
  static Scale exact(DoubleStream values, int wanted, double from, double to) {
    double[] range = range(values);
    Scale scale = linear(range[0], range[1], step(range[1] - range[0], wanted), from, to);
    for (int more = wanted + 1; scale.ticks.size() < 2; more++) {
      scale = linear(range[0], range[1], step(range[1] - range[0], more), from, to);
    }
    return scale;
  }

  /** As {@link #exact}, widened to whole steps. */
  static Scale nice(DoubleStream values, int wanted, double from, double to) {
    double[] range = range(values);
    double step = step(range[1] - range[0], wanted);
    return linear(step * Math.floor(range[0] / step + 1e-9), step * Math.ceil(range[1] / step - 1e-9), step, from, to);
  }

  /** Powers of ten, and 2 and 5 times these where there is room; values of 0 and less are left out. */
  static Scale logarithmic(DoubleStream values, int wanted, double from, double to) {
    double[] range = range(values.filter(Numbers::positive).map(Math::log10));
    int low = (int) Math.floor(range[0] + 1e-9);
    int high = (int) Math.ceil(range[1] - 1e-9);
    int stride = Math.max(1, (high - low) / Math.max(1, wanted));
    List<Double> ticks = new ArrayList<>();
    for (int power = low; power <= high; power += stride) {
      for (int factor : high - low <= 2 ? new int[] {1, 2, 5} : new int[] {1}) {
        if (power < high || factor == 1) {
          ticks.add(factor * Math.pow(10, power));
        }
      }
    }
    return new Scale(Math.pow(10, low), Math.pow(10, high), from, to, List.copyOf(ticks), 0, true);
  }

  private static Scale linear(double low, double high, double step, double from, double to) {
    List<Double> ticks = new ArrayList<>();
    for (double i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
      ticks.add(i * step + 0.0); // + 0.0: no negative zero
    }
    int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return new Scale(low, high, from, to, List.copyOf(ticks), Math.min(digits, 12), false);
  }

  /** The least of 1, 2 and 5 times a power of ten that gives no more than so many steps. */
  static double step(double length, int wanted) {
    double raw = length / Math.max(1, wanted);
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    for (int factor : new int[] {1, 2, 5}) {
      if (raw <= factor * power * (1 + 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static double[] range(DoubleStream values) {
    double[] known = values.filter(Numbers::known).toArray();
    double low = DoubleStream.of(known).min().orElse(0);
    double high = DoubleStream.of(known).max().orElse(1);
    // A range too small to divide, such as that of identical values, is opened on both sides.
    double least = Math.max(Math.abs(low), Math.abs(high)) * 1e-9;
    double open = high - low > Math.max(least, 1e-300) ? 0 : low == 0 ? 1 : Math.max(Math.abs(low) * 0.1, 1e-290);
    return new double[] {low - open, high + open};
  }
}
