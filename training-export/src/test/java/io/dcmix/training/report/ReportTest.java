package io.dcmix.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.training.data.Sample;
import io.dcmix.training.fit.Epoch;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final List<String> CHANNELS = List.of("DNA", "ER", "Actin");

  @Test
  void aWellIsCalledByTheMeanOfItsSites() {
    List<Sample> sites = List.of(site("A01", 1, 1), site("A01", 2, 1), site("A02", 1, 0));
    Validation validation =
        Validation.of(WellCall.of(sites, List.of(new float[] {0, -1}, new float[] {0, 3}, new float[] {0, 1})));
    assertThat(validation).isEqualTo(new Validation(2, 1, List.of("P1/A02")));
  }

  private static Sample site(String well, int site, int label) {
    return new Sample(0, "P1", well, site, label, List.of());
  }

  @Test
  void theLineShowsHowFarAndWhatMatters() {
    ProgressLine line = new ProgressLine(System.out, false, 4, CHANNELS);
    assertThat(line.text(new Epoch(2, 0.25, 0.875, Double.NaN, Double.NaN, new float[] {1, 3, 4}, 1), Duration.ofSeconds(65)))
        .isEqualTo("██████████░░░░░░░░░░ epoch 2/4  loss 0.250  accuracy  88 %  weights Actin 0.50 ER 0.38 DNA 0.13  1:05");
  }

  @Test
  void withoutATerminalItPrintsWholeLinesNowAndThen() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ProgressLine line = new ProgressLine(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, 100, CHANNELS);
    for (int epoch = 1; epoch <= 100; epoch++) {
      line.show(new Epoch(epoch, 1, 0.5, 0.5, 1, new float[] {1, 1, 1}, 1));
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).hasSize(10).last().asString().contains("epoch 100/100");
  }
}
