package io.dcmix.core.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);
  private final AtomicLong clock = new AtomicLong();

  private ProgressBar start(long total, boolean terminal) {
    return ProgressBar.start("Scoring wells", total, out, terminal, clock::get);
  }

  private void passSeconds(double seconds) {
    clock.addAndGet((long) (seconds * 1e9));
  }

  private String written() {
    return bytes.toString(UTF_8);
  }

  @Test
  void shouldShowRateAndRemainingTimeOnOneTerminalLine() {
    try (ProgressBar bar = start(384, true)) {
      passSeconds(4);
      bar.update(96, "1 failure");
      assertThat(written()).contains(" 25 %  96/384  24/s  12 s left  1 failure").doesNotContain("\n");
    }
    assertThat(written()).contains("in 4 s").endsWith(System.lineSeparator());
  }

  @Test
  void shouldFillTheBarInProportion() {
    try (ProgressBar bar = start(2, true)) {
      passSeconds(1);
      bar.update(1, "");
      assertThat(written()).endsWith("▕" + "█".repeat(14) + " ".repeat(14) + "▏   50 %  1/2  1.0/s  1 s left\u001b[K");
    }
  }

  @Test
  void shouldWriteFewPlainLinesWhereThereIsNoTerminal() {
    try (ProgressBar bar = start(1000, false)) {
      for (int done = 1; done <= 1000; done++) {
        passSeconds(0.012);
        bar.update(done, "");
      }
    }
    assertThat(written().lines()).hasSize(4).last().asString().isEqualTo("Scoring wells: 100 %  1,000/1,000  83/s  in 12 s");
    assertThat(written()).doesNotContain("\r").doesNotContain("\u001b");
  }

  @Test
  void shouldCountWhereTheTotalIsUnknown() {
    try (ProgressBar bar = start(0, false)) {
      passSeconds(10);
      bar.update(5, "reading");
    }
    assertThat(written().lines()).contains("Scoring wells: 5  0.5/s  reading");
  }

  @Test
  void shouldNotPassHundredPercentOrDrawAfterItsEnd() {
    ProgressBar bar = start(10, true);
    passSeconds(1);
    bar.update(12, "");
    bar.close();
    String end = written();
    bar.update(13, "");
    bar.close();
    assertThat(end).contains("100 %  12/10");
    assertThat(written()).isEqualTo(end);
  }

  @Test
  void shouldWriteDurationsForPeople() {
    assertThat(ProgressBar.duration(6.6)).isEqualTo("7 s");
    assertThat(ProgressBar.duration(125)).isEqualTo("2:05 min");
    assertThat(ProgressBar.duration(3750)).isEqualTo("1:02:30 h");
  }
}
