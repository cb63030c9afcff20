package io.dcmix.app.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.schema.WellKey;
import io.dcmix.streams.publish.PublishObserver.SentWell;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** When a replayed well is due, and how far a replay is ahead of the processor. */
class PaceTest {
  private static final Instant NINE = Instant.parse("2025-03-01T09:00:00Z");
  private static final long START = 1_000_000_000L;

  @ParameterizedTest
  @CsvSource({"1x, 60000", "10x, 6000", "0.5x, 120000", "max, 0"})
  void aWellIsDueByTheTimeOfItsAcquisition(String speed, long millis) {
    Pace pace = new Pace(speed(speed));
    assertThat(pace.until(NINE, START)).as("the first goes at once").isZero();
    assertThat(pace.until(NINE.plusSeconds(60), START)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void timeThatHasPassedIsNotWaitedForAndALateWellDoesNotDelayTheNext() {
    Pace pace = new Pace(speed("1x"));
    pace.until(NINE, START);
    assertThat(pace.until(NINE.plusSeconds(10), START + seconds(4))).isEqualTo(Duration.ofSeconds(6));
    assertThat(pace.until(NINE.plusSeconds(10), START + seconds(15))).as("late").isZero();
    assertThat(pace.until(NINE.plusSeconds(20), START + seconds(15))).isEqualTo(Duration.ofSeconds(5));
    assertThat(pace.until(NINE.minusSeconds(5), START + seconds(15))).as("acquired before the first").isZero();
  }

  @Test
  void wellsWithoutATimeGoAtOnceAndThatIsSaid() {
    Pace pace = new Pace(speed("1x"));
    assertThat(pace.until(null, START)).isZero();
    assertThat(pace.isTimeless()).isTrue();
    assertThat(pace.until(NINE, START + seconds(100))).as("the first with a time").isZero();
    assertThat(pace.until(NINE.plusSeconds(1), START + seconds(100))).isEqualTo(Duration.ofSeconds(1));

    Pace max = new Pace(Speed.MAX);
    max.until(null, START);
    assertThat(max.isTimeless()).as("nobody asked for times").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "0x", "-1x", "1", "fast", "1e9x"})
  void whatIsNoSpeedIsRefused(String text) {
    assertThatThrownBy(() -> speed(text)).isInstanceOf(TypeConversionException.class).hasMessageContaining("'" + text + "' is no speed such as max");
  }

  @Test
  void aWellIsTakenInWhenTheProcessorIsPastItsLastImage() {
    Backlog backlog = new Backlog(Map.of(0, 0L, 1, 0L), Map.of(0, 0L, 1, 0L), Map.of());
    backlog.sent(well(0, 2, 3, 300));
    backlog.sent(well(0, 6, 3, 600));
    backlog.sent(well(1, 2, 3, 900));
    assertThat(backlog.bytes()).isEqualTo(1_800);
    backlog.taken(Map.of(0, 2L));
    assertThat(backlog.bytes()).as("the last image is not taken in").isEqualTo(1_800);
    backlog.taken(Map.of(0, 3L));
    assertThat(backlog.bytes()).isEqualTo(1_500);
    backlog.taken(Map.of(0, 8L, 1, 4L));
    assertThat(backlog.bytes()).isZero();
  }

  @Test
  void imagesThatLayThereBeforeCountAsMuchAsThoseOfNow() {
    Backlog backlog = new Backlog(Map.of(0, 10L, 1, 0L), Map.of(0, 30L, 1, 5L), Map.of(1, 5L));
    assertThat(backlog.bytes()).as("nobody knows how large they are").isZero();
    backlog.sent(well(1, 7, 2, 200));
    assertThat(backlog.bytes()).as("20 kept, of 100 bytes each, and its own").isEqualTo(20 * 100 + 200);
    backlog.taken(Map.of(0, 25L));
    assertThat(backlog.bytes()).isEqualTo(5 * 100 + 200);
    backlog.taken(Map.of(0, 40L, 1, 9L));
    assertThat(backlog.bytes()).isZero();
  }

  @Test
  void aWellWithoutImagesIsNowhere() {
    Backlog backlog = new Backlog(Map.of(), Map.of(), Map.of());
    backlog.sent(new SentWell(WellKey.of("P", "run", "A01", 0), -1, -1, 0, 0));
    assertThat(backlog.bytes()).isZero();
  }

  private static SentWell well(int partition, long lastOffset, int images, long bytes) {
    return new SentWell(WellKey.of("P", "run", "A01", 0), partition, lastOffset, images, bytes);
  }

  private static Speed speed(String text) {
    return new Speed.Converter().convert(text);
  }

  private static long seconds(long seconds) {
    return seconds * 1_000_000_000L;
  }
}
