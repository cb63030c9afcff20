package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {
  private final Durations durations = new Durations();

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "10s, PT10S", "30m, PT30M", "24h, PT24H", "7d, PT168H", "0s, PT0S", "' 5 s ', PT5S", "2H, PT2H", "999999999999ms, PT277777H46M39.999S"})
  void shouldReadAnAmountAndItsUnit(String text, Duration expected) {
    assertThat(durations.convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "s", "-1s", "1.5h", "10 sec", "1w", "PT10S", "1h30m", "1234567890123s", "١s"})
  void shouldRefuseAnythingElseAndShowHowItIsWritten(String text) {
    assertThatThrownBy(() -> durations.convert(text))
        .isInstanceOf(TypeConversionException.class).hasMessageContaining("'" + text + "'").hasMessageContaining("500ms, 10s, 30m, 24h or 7d");
  }
}
