package io.dcmix.training.benchmark;

import java.util.Arrays;

/**
 * Mean and sample SD over seeds.
 *
 * @param mean NaN when a value is NaN or there is none
 * @param sd 0 for one value
 */
record Spread(double mean, double sd) {
  static Spread of(double... values) {
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return new Spread(mean, values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)));
  }
}
