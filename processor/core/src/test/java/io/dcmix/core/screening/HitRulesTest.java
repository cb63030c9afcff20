package io.dcmix.core.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.schema.event.CallReference;
import io.dcmix.schema.event.HitDirection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HitRulesTest {
  @Test
  void shouldCallByNegativeControlsUnlessToldOtherwise() {
    HitRules rules = HitRules.preset("controls").orElseThrow();
    assertThat(rules.method()).isEqualTo(HitRules.Method.ROBUST_Z);
    assertThat(rules.reference()).isEqualTo(CallReference.NEGATIVE_CONTROLS);
    assertThat(rules.direction()).isEqualTo(HitDirection.UP);
    assertThat(rules.threshold()).isEqualTo(3);
    assertThat(rules.maxHitRate()).isEqualTo(0.2);
    assertThat(HitRules.preset("nothing")).isEmpty();
    assertThat(HitRules.PRESETS).extracting(HitRules::name).containsExactly("controls", "samples", "npi-50", "ssmd-3", "b-score");
  }

  @ParameterizedTest
  @CsvSource({"UP,3,true", "UP,2.9,false", "UP,-3,false", "DOWN,-3,true", "DOWN,3,false", "BOTH,-3,true", "BOTH,3,true", "BOTH,2.9,false"})
  void shouldLookOnTheSideThatTheDirectionSays(HitDirection direction, double score, boolean hit) {
    HitRules rules = HitRulesFile.parse("r", "direction = " + direction);
    assertThat(rules.isHit(score)).isEqualTo(hit);
  }

  @Test
  void shouldReadAFileThatChangesAPreset() {
    HitRules rules = HitRulesFile.parse("my.rules", """
        # kinase screen
        preset = npi-50
        version = 2
        threshold = 30   # percent
        direction = both
        alert-z-prime = 0.4
        alert-silence = 90s
        """);
    assertThat(rules.name()).isEqualTo("my.rules");
    assertThat(rules.version()).isEqualTo("2");
    assertThat(rules.method()).isEqualTo(HitRules.Method.NPI);
    assertThat(rules.threshold()).isEqualTo(30);
    assertThat(rules.direction()).isEqualTo(HitDirection.BOTH);
    assertThat(rules.alerts().zPrime()).isEqualTo(0.4);
    assertThat(rules.alerts().silence()).isEqualTo(Duration.ofSeconds(90));
    assertThat(rules.alerts().channelWells()).isEqualTo(AlertRules.DEFAULT.channelWells());
  }

  @Test
  void shouldTakeTheThresholdOfTheMethodThatAFileNames() {
    assertThat(HitRulesFile.parse("r", "method = npi").threshold()).isEqualTo(50);
    assertThat(HitRulesFile.parse("r", "method = npi\nthreshold = 70").threshold()).isEqualTo(70);
  }

  @Test
  void shouldNameEveryProblemOfAFileWithItsLine() {
    assertThatThrownBy(() -> HitRulesFile.parse("bad.rules", """
        treshold = 3
        threshold = -1
        min_reference = 4
        method = magic
        direction
        threshold = 5
        max-hit-rate = 20
        alert-silence = soon
        """))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bad.rules")
        .hasMessageContaining("line 1: 'treshold' is no key")
        .hasMessageContaining("line 2: threshold = -1 must be above 0")
        .hasMessageContaining("line 3: 'min_reference' is no key; did you mean min-reference?")
        .hasMessageContaining("line 4: method = magic must be one of robust-z, npi, ssmd, b-score")
        .hasMessageContaining("line 5: 'direction' is not key = value")
        .hasMessageContaining("line 6: 'threshold' stands in line 2 already")
        .hasMessageContaining("line 7: max-hit-rate = 20 must be above 0 and at most 1")
        .hasMessageContaining("line 8: alert-silence = soon must be a time such as 30s");
  }
}
