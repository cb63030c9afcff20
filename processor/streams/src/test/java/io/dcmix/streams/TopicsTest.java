package io.dcmix.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
  private static final String LONGEST = "a23456789012345678901234567890123456789012345678901234567890";

  @Test
  void shouldPrefixTheTopicsOfALaneAndShareTheLayouts() {
    Topics topics = new Topics("replay-2025");
    assertThat(topics.imageEvents()).isEqualTo("replay-2025.image-events");
    assertThat(topics.wellPredictions()).isEqualTo("replay-2025.well-predictions");
    assertThat(topics.plateLayouts()).isEqualTo("shared.plate-layouts");
    assertThat(topics.applicationId()).isEqualTo("dcmix-replay-2025");
    assertThat(topics.publishProgress()).isEqualTo("replay-2025.publish-progress");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "screening", "replay-2025", "a-", LONGEST})
  void shouldTakeLowerCaseLettersDigitsAndDashes(String lane) {
    assertThat(new Topics(lane).imageEvents()).isEqualTo(lane + ".image-events");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "Bad", "bad lane", "bad.lane", "bad_lane", "lane\n", "bühne", LONGEST + "1"})
  void shouldRefuseWhatKafkaOrAReaderWouldStumbleOver(String lane) {
    assertThatThrownBy(() -> new Topics(lane))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("'" + lane + "'").hasMessageContaining("lower-case letters, digits and dashes");
  }

  @Test
  void shouldTakeImagesAndAnnouncementsFromAnotherLaneAndKeepTheResultsApart() {
    Topics topics = new Topics("replay-m2", "screening");
    assertThat(topics.borrowsImages()).isTrue();
    assertThat(topics.imageEvents()).isEqualTo("screening.image-events");
    assertThat(topics.acquisitions()).isEqualTo("screening.acquisitions");
    assertThat(topics.wellPredictions()).isEqualTo("replay-m2.well-predictions");
    assertThat(topics.applicationId()).isEqualTo("dcmix-replay-m2");
    assertThat(topics.publishProgress()).as("of whoever publishes").isEqualTo("screening.publish-progress");
    assertThat(new Topics("screening").borrowsImages()).isFalse();
    assertThatThrownBy(() -> new Topics("replay", "Bad")).hasMessageContaining("'Bad'");
  }
}
