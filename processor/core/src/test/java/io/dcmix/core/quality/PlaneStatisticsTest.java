package io.dcmix.core.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.schema.event.PlaneQuality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlaneStatisticsTest {

  // ---- against a slow, plain computation ----

  @Property(tries = 100)
  void saysOfAnyPlaneWhatAPlainComputationSays(
      @ForAll @IntRange(min = 1, max = 24) int width, @ForAll @IntRange(min = 1, max = 24) int height, @ForAll boolean wide,
      @ForAll @DoubleRange(min = 0, max = 20) double noise, @ForAll @IntRange(max = 200) int level, @ForAll long seed) {
    int most = wide ? 0xFFFF : 0xFF;
    Planes plane = Planes.of(width, height, (x, y) -> level + (x / 5 + y / 3) % 4 * 11).noisy(noise, most, seed);
    PlaneStatistics measured = wide ? plane.shorts(16) : plane.bytes();

    int[] sorted = plane.values().clone();
    Arrays.sort(sorted);
    double n = sorted.length;
    assertThat(measured.min()).isEqualTo(sorted[0]);
    assertThat(measured.max()).isEqualTo(sorted[sorted.length - 1]);
    assertThat(measured.mean()).isCloseTo(Arrays.stream(sorted).average().orElseThrow(), within(1e-9));
    assertThat(measured.zeroFraction()).isEqualTo(Arrays.stream(sorted).filter(v -> v == 0).count() / n);
    assertThat(measured.foregroundFraction()).isEqualTo(brighter(sorted));
    assertThat(measured.focus()).isCloseTo(focus(plane), within(1e-6));
  }

  /** Share of pixels beyond five spreads of the background, from the sorted pixels, each spread evenly over its grey value. */
  private static double brighter(int[] sorted) {
    double level = level(sorted);
    double upTo = below(sorted, level);
    double near = 0;
    double far = level - sorted[0] + 0.5;
    for (int i = 0; i < 60; i++) {
      double middle = (near + far) / 2;
      if (upTo - below(sorted, level - middle) < 0.6827 * upTo) {
        near = middle;
      } else {
        far = middle;
      }
    }
    double threshold = level + 5 * Math.max(0.5, near);
    return (double) Arrays.stream(sorted).filter(v -> v > threshold).count() / sorted.length;
  }

  /** Middle of the shortest interval that holds a quarter of the pixels: it begins or ends where a grey value does. */
  private static double level(int[] sorted) {
    double quarter = sorted.length / 4.0;
    int[] values = Arrays.stream(sorted).distinct().toArray();
    long most = Arrays.stream(values).mapToLong(v -> count(sorted, v)).max().orElseThrow();
    if (most >= quarter) {
      return Arrays.stream(values).filter(v -> count(sorted, v) == most).findFirst().orElseThrow();
    }
    double level = 0;
    double shortest = 1e9;
    for (int v : values) {
      for (double[] interval : new double[][] {
          {v - 0.5, quantile(sorted, below(sorted, v - 0.5) + quarter)}, {quantile(sorted, below(sorted, v + 0.5) - quarter), v + 0.5}}) {
        double length = interval[1] - interval[0];
        double middle = (interval[0] + interval[1]) / 2;
        if (length < shortest - 1e-6 || (length < shortest + 1e-6 && middle < level)) {
          shortest = length;
          level = middle;
        }
      }
    }
    return level;
  }

  /** Where so many pixels lie below; far away if there are not so many. */
  private static double quantile(int[] sorted, double pixels) {
    if (pixels < 0 || pixels > sorted.length) {
      return pixels < 0 ? -1e6 : 1e6;
    }
    double low = sorted[0] - 0.5;
    double high = sorted[sorted.length - 1] + 0.5;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (below(sorted, middle) < pixels) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static double below(int[] sorted, double value) {
    return Arrays.stream(sorted).mapToDouble(v -> Math.clamp(value - (v - 0.5), 0, 1)).sum();
  }

  private static long count(int[] sorted, int value) {
    return Arrays.stream(sorted).filter(v -> v == value).count();
  }

  /** 1 - C2 / C1 over every fourth row, in two passes of double. */
  private static double focus(Planes plane) {
    List<double[]> triples = new ArrayList<>();
    for (int y = 0; y < plane.height(); y += 4) {
      for (int x = 0; x + 2 < plane.width(); x++) {
        int at = y * plane.width() + x;
        triples.add(new double[] {plane.values()[at], plane.values()[at + 1], plane.values()[at + 2]});
      }
    }
    double mean = Arrays.stream(plane.values()).average().orElseThrow();
    double variance = Arrays.stream(plane.values()).mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double c1 = covariance(triples, 1);
    return c1 > 4 * variance / Math.sqrt(triples.size()) ? Math.clamp(1 - covariance(triples, 2) / c1, 0, 1) : 0;
  }

  private static double covariance(List<double[]> triples, int other) {
    double a = triples.stream().mapToDouble(t -> t[0]).average().orElse(0);
    double b = triples.stream().mapToDouble(t -> t[other]).average().orElse(0);
    return triples.stream().mapToDouble(t -> (t[0] - a) * (t[other] - b)).average().orElse(0);
  }

  // ---- pixels at the ends ----

  @Test
  void countsPixelsAtZeroAndAtFullScaleOfTheBitDepth() {
    Planes plane = Planes.of(100, 10, (x, y) -> x == 0 ? 0 : x < 4 ? 4095 : 500 + x * 7);
    assertThat(plane.shorts(12).zeroFraction()).isEqualTo(0.01);
    assertThat(plane.shorts(12).fullScaleFraction()).isEqualTo(0.03);
    assertThat(Planes.of(100, 10, (x, y) -> x < 7 ? 255 : x).bytes().fullScaleFraction()).isEqualTo(0.07);
  }

  @Test
  void findsAPileOfPixelsAtTheLargestValueWhateverTheBitDepthIsSaidToBe() {
    // A camera of 12 bits, less an offset, that nobody was told of.
    Planes exposed = Planes.of(200, 200, (x, y) -> (int) Math.min(4000, 300 + 0.15 * x * (y + 20)));
    double clipped = (double) Arrays.stream(exposed.values()).filter(v -> v == 4000).count() / exposed.values().length;
    assertThat(clipped).isBetween(0.01, 0.4);
    assertThat(exposed.shorts(16).fullScaleFraction()).isEqualTo(clipped);
  }

  @Property(tries = 50)
  void callsTheTailOfAnOrdinaryImageNoPile(@ForAll @DoubleRange(min = 0.5, max = 30) double noise, @ForAll long seed) {
    Planes plane = Planes.of(64, 64, (x, y) -> 100).noisy(noise, 255, seed);
    assertThat(Arrays.stream(plane.values()).max().orElseThrow() < 255 ? plane.bytes().fullScaleFraction() : 0).isZero();
  }

  @Test
  void hasNothingToSayOfAFlatPlaneButItsValue() {
    assertThat(Planes.of(30, 30, (x, y) -> 0).bytes()).isEqualTo(new PlaneStatistics(0, 0, 0, 1, 0, 0, 0));
    assertThat(Planes.of(30, 30, (x, y) -> 77).shorts(16)).isEqualTo(new PlaneStatistics(77, 77, 77, 0, 0, 0, 0));
    assertThat(Planes.of(30, 30, (x, y) -> 255).bytes()).isEqualTo(new PlaneStatistics(255, 255, 255, 0, 1, 0, 0));
    assertThat(Planes.of(1, 1, (x, y) -> 5).bytes()).isEqualTo(new PlaneStatistics(5, 5, 5, 0, 0, 0, 0));
  }

  @Test
  void doesNotCarryOverFromOnePlaneToTheNext() {
    PlaneStatistics first = Planes.of(50, 50, (x, y) -> 30 + x % 9).bytes();
    Planes.of(300, 300, (x, y) -> 200 + y % 50 * 1000).shorts(16);
    Planes.of(60, 20, (x, y) -> 250).bytes();
    assertThat(Planes.of(50, 50, (x, y) -> 30 + x % 9).bytes()).isEqualTo(first);
  }

  @Test
  void looksAtRowsFromTopToBottomOfALargePlane() {
    Planes bottom = Planes.of(64, 2000, (x, y) -> y < 1500 ? 0 : 100);
    assertThat(bottom.bytes().zeroFraction()).isCloseTo(0.75, within(0.01));
    assertThat(Planes.of(64, 2000, (x, y) -> y < 500 ? 100 : 0).bytes().zeroFraction()).isCloseTo(0.75, within(0.01));
  }

  // ---- foreground ----

  @Property(tries = 50)
  void findsNoForegroundInNoiseAlone(
      @ForAll @IntRange(min = 400, max = 2000) int level, @ForAll @DoubleRange(min = 0, max = 80) double noise, @ForAll long seed) {
    assertThat(Planes.of(128, 128, (x, y) -> level).noisy(noise, 0xFFFF, seed).shorts(16).foregroundFraction()).isLessThan(0.001);
  }

  @Property(tries = 50)
  void findsTheShareOfBrightPixels(
      @ForAll @DoubleRange(min = 0.01, max = 0.6) double share, @ForAll @DoubleRange(min = 0.3, max = 3) double noise, @ForAll long seed) {
    int width = (int) Math.round(200 * share);
    Planes plane = Planes.of(200, 100, (x, y) -> x < width ? 90 + 3 * x % 60 : 20).noisy(noise, 255, seed);
    assertThat(plane.bytes().foregroundFraction()).isCloseTo(width / 200.0, within(0.004));
  }

  // ---- focus ----

  @Property(tries = 30)
  void focusDoesNotDependOnGainAndOffset(
      @ForAll @IntRange(min = 1, max = 60) int gain, @ForAll @IntRange(max = 5000) int offset, @ForAll long seed) {
    Planes plane = new Planes(64, new Random(seed).ints(64 * 64, 0, 1000).toArray()).blurred(1.2);
    assertThat(plane.shorts(16).focus()).isGreaterThan(0.05);
    assertThat(plane.map(v -> gain * v + offset).shorts(16).focus()).isCloseTo(plane.shorts(16).focus(), within(1e-6));
  }

  @Test
  void noiseDoesNotPassForSharpness() {
    Planes texture = new Planes(256, new Random(5).ints(256 * 256, 0, 60_000).toArray()).blurred(2);
    double sharp = texture.shorts(16).focus();
    double blurred = texture.blurred(3).shorts(16).focus();
    double blurredAndNoisy = texture.blurred(3).noisy(300, 0xFFFF, 6).shorts(16).focus();
    assertThat(blurred).isLessThan(sharp / 2);
    assertThat(blurredAndNoisy).isCloseTo(blurred, within(0.15 * blurred));
    assertThat(Planes.of(256, 256, (x, y) -> 900).noisy(300, 0xFFFF, 7).shorts(16).focus()).isZero();
  }

  @Test
  void goesIntoAnEventWithItsPlace() {
    assertThat(new PlaneStatistics(1, 9, 4.5, 0.25, 0.125, 0.5, 0.0625).at(3, "DNA"))
        .isEqualTo(new PlaneQuality(3, "DNA", 1, 9, 4.5, 0.25, 0.125, 0.5, 0.0625));
  }
}
