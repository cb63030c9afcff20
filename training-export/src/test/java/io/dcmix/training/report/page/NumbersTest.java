package io.dcmix.training.report.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void numbersHaveThreeSignificantDigitsAndAProperMinus() {
    assertThat(Stream.of(0.0, -0.0, 12.0, 1234567.0, 0.12345, -1.2345, 12.345, 1234.4, 1.2e-5, 3e9, Double.NaN).map(Numbers::text))
        .containsExactly("0", "0", "12", "1,234,567", "0.123", "−1.23", "12.3", "1,234", "1.2e−05", "3.0e+09", "–");
  }

  @Test
  void theLocaleOfTheMachineChangesNothing() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(Numbers.text(1.5)).isEqualTo("1.50");
      assertThat(Numbers.coordinate(1.25)).isEqualTo("1.25");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void valuesOfOneChartShareTheirDecimals() {
    assertThat(Numbers.digits(DoubleStream.of(0.69, 0.2, 0.05))).isEqualTo(2);
    assertThat(Numbers.digits(DoubleStream.of(0.981, 0.983, 0.5))).isEqualTo(3);
    assertThat(Numbers.digits(DoubleStream.of(3, 12, Double.NaN))).isZero();
    assertThat(Numbers.digits(DoubleStream.of(1e-7))).as("decimals would not do").isNegative();
  }

  @Test
  void aMissingValueIsNeverAPlaceInADrawing() {
    assertThatIllegalArgumentException().isThrownBy(() -> Numbers.coordinate(Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> Numbers.coordinate(Double.POSITIVE_INFINITY));
    assertThat(Numbers.coordinate(-0.001)).isEqualTo("0");
  }

  @Test
  void labelsThatWouldMeetAreMovedApartInTheirOrder() {
    List<TextFit.Label> placed = TextFit.spread(
        List.of(new TextFit.Label(0, 50), new TextFit.Label(1, 49), new TextFit.Label(2, 51), new TextFit.Label(3, 99)), 15, 0, 100);
    assertThat(placed.stream().map(TextFit.Label::index)).containsExactly(1, 0, 2, 3);
    for (int i = 1; i < placed.size(); i++) {
      assertThat(placed.get(i).at() - placed.get(i - 1).at()).isGreaterThanOrEqualTo(15);
    }
    assertThat(placed.getLast().at()).isLessThanOrEqualTo(100);
  }

  @Test
  void aNameThatDoesNotFitIsCutToItsRoom() {
    assertThat(TextFit.fit("GFP", 100, 12)).isEqualTo("GFP");
    String cut = TextFit.fit("Mitochondria, stained", 60, 12);
    assertThat(cut).startsWith("Mito").endsWith("…");
    assertThat(TextFit.width(cut, 12)).isLessThanOrEqualTo(60);
  }

  @Test
  void aLongLineLosesPointsButNoPeak() {
    double[] y = new double[50_000];
    y[31_234] = 9;
    y[40_001] = -9;
    List<Integer> kept = LineDrawing.thin(IntStream.range(0, y.length).boxed().toList(), y);
    assertThat(kept).hasSizeLessThanOrEqualTo(2000).isSorted().contains(0, 31_234, 40_001, 49_999);
  }
}
