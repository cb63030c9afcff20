package io.dcmix.core.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.quality.QualityPolicy.Action;
import io.dcmix.core.quality.QualityPolicy.Refusal;
import io.dcmix.schema.event.FailureReason;
import io.dcmix.schema.event.PlaneQuality;
import io.dcmix.schema.event.WellFlag;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QualityPolicyTest {
  private static final QualityPolicy DEFAULT = QualityPolicy.DEFAULT;
  private static final PlaneQuality GOOD = new PlaneQuality(1, "DNA", 3, 240, 20.0, 0.0, 0.0, 0.2, 0.05);
  private static final PlaneQuality EMPTY = new PlaneQuality(1, "DNA", 3, 14, 8.0, 0.0, 0.0, 0.0002, 0.0);
  private static final PlaneQuality FLAT = new PlaneQuality(1, "DNA", 8, 8, 8.0, 0.0, 0.0, 0.0, 0.0);
  private static final PlaneQuality BLACK = new PlaneQuality(1, "DNA", 0, 4, 0.0, 0.9995, 0.0, 0.0005, 0.0);
  private static final PlaneQuality BRIGHT = new PlaneQuality(1, "DNA", 3, 255, 90.0, 0.0, 0.025, 0.4, 0.05);
  private static final PlaneQuality WHITE = new PlaneQuality(1, "DNA", 255, 255, 255.0, 0.0, 1.0, 0.0, 0.0);

  @Test
  void findsBlankAndSaturatedPlanes() {
    assertThat(DEFAULT.defects(GOOD)).isEmpty();
    assertThat(DEFAULT.defects(EMPTY)).isEmpty();
    assertThat(DEFAULT.defects(FLAT)).containsExactly(WellFlag.BLANK_CHANNEL);
    assertThat(DEFAULT.defects(BLACK)).containsExactly(WellFlag.BLANK_CHANNEL);
    assertThat(DEFAULT.defects(BRIGHT)).containsExactly(WellFlag.SATURATED_CHANNEL);
    assertThat(DEFAULT.defects(WHITE)).containsExactly(WellFlag.SATURATED_CHANNEL);
    assertThat(DEFAULT.withBlankAbove(1).defects(BLACK)).isEmpty();
    assertThat(DEFAULT.withSaturatedAbove(0.025).defects(BRIGHT)).isEmpty();
  }

  @Test
  void callsAPlaneBlurredOnlyInAChannelThatHasAThreshold() {
    assertThat(DEFAULT.withBlurredBelow(Map.of("DNA", 0.06)).defects(GOOD)).containsExactly(WellFlag.BLURRED);
    assertThat(DEFAULT.withBlurredBelow(Map.of("DNA", 0.04)).defects(GOOD)).isEmpty();
    assertThat(DEFAULT.withBlurredBelow(Map.of("GFP", 0.06)).defects(GOOD)).isEmpty();
  }

  @Test
  void refusesBlankPlanesAndFlagsSaturatedOnesUnlessToldOtherwise() {
    assertThat(DEFAULT.refusal(GOOD)).isNull();
    assertThat(DEFAULT.refusal(FLAT)).isEqualTo(new Refusal(FailureReason.BLANK_CHANNEL, "the image is blank: all its pixels are 8"));
    assertThat(DEFAULT.refusal(BLACK)).isEqualTo(new Refusal(FailureReason.BLANK_CHANNEL, "the image is blank: 99.9 % of its pixels are 0"));
    assertThat(DEFAULT.refusal(BRIGHT)).isNull();
    assertThat(DEFAULT.withActions("blank=flag").refusal(FLAT)).isNull();
    assertThat(DEFAULT.withActions("saturated=refuse").refusal(BRIGHT)).isEqualTo(new Refusal(FailureReason.SATURATED_CHANNEL,
        "the image is saturated: 2.5 % of its pixels are at full scale (255), and 1.0 % may be"));
  }

  @Test
  void aWellHasNoCellsWhenNoneOfItsImagesShowsAny() {
    assertThat(DEFAULT.noCells(List.of(EMPTY, EMPTY))).isTrue();
    assertThat(DEFAULT.noCells(List.of(EMPTY, GOOD))).isFalse();
    assertThat(DEFAULT.withNoCellsBelow(0.0002).noCells(List.of(EMPTY))).isFalse();
  }

  @Test
  void blankImagesDoNotTellThatThereAreNoCells() {
    assertThat(DEFAULT.noCells(List.of(FLAT, BLACK))).isFalse();
    assertThat(DEFAULT.noCells(List.of(FLAT, EMPTY))).isTrue();
    assertThat(DEFAULT.noCells(List.of())).isFalse();
  }

  @Test
  void readsWhatIsDoneAboutEachKind() {
    QualityPolicy policy = DEFAULT.withActions(" Blank=flag , saturated = refuse");
    assertThat(policy.blank()).isEqualTo(Action.FLAG);
    assertThat(policy.saturated()).isEqualTo(Action.REFUSE);
    assertThat(policy.duplicate()).isEqualTo(Action.REFUSE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "blank", "blank=", "blank=drop", "dark=flag", "blank=flag,", "blank=flag=refuse"})
  void refusesWhatIsNoPolicyAndSaysWhatIs(String text) {
    assertThatThrownBy(() -> DEFAULT.withActions(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("blank=refuse,saturated=flag");
  }

  @Test
  void namesEverySettingThatMakesNoSense() {
    assertThat(DEFAULT.problems()).isEmpty();
    assertThat(DEFAULT.withBlankAbove(1.5).withSaturatedAbove(-0.1).withNoCellsBelow(Double.NaN).withBitDepth(8)
        .withBlurredBelow(Map.of("DNA", 2.0)).problems()).hasSize(5)
        .anyMatch(p -> p.contains("blank")).anyMatch(p -> p.contains("saturated")).anyMatch(p -> p.contains("without cells"))
        .anyMatch(p -> p.contains("9 to 16")).anyMatch(p -> p.contains("channel DNA"));
  }
}
