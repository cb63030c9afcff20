package io.dcmix.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> NAMES = List.of("max-delay", "lane", "also-lane", "model", "z", "kafka", "bootstrap-servers");

  /** The classic examples, as any book gives them, and one swap. */
  @ParameterizedTest
  @CsvSource({"kitten, sitting, 3", "flaw, lawn, 2", "'', abc, 3", "abc, abc, 0", "lnae, lane, 1"})
  void shouldCountWhatMustBeChanged(String a, String b, int changes) {
    assertThat(Nearest.distance(a, b)).isEqualTo(changes);
    assertThat(Nearest.distance(b, a)).isEqualTo(changes);
  }

  @ParameterizedTest
  @CsvSource({"max-dleay, max-delay", "maxDelay, max-delay", "MAX_DELAY, max-delay", "--max-delay, max-delay", "lnae, lane", "bootstrap.servers, bootstrap-servers",
      "bootstrap-server, bootstrap-servers"})
  void shouldFindTheNameThatWasMeant(String mistyped, String meant) {
    assertThat(Nearest.to(mistyped, NAMES)).contains(meant);
  }

  @Test
  void shouldRatherSayNothingThanSomethingFarOff() {
    assertThat(Nearest.to("colour", NAMES)).isEmpty();
    assertThat(Nearest.hint("colour", NAMES)).isEmpty();
    assertThat(Nearest.to("x", NAMES)).isEmpty();
  }
}
