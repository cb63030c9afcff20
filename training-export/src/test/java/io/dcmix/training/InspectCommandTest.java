package io.dcmix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.ContributionReference;
import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.PixelType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class InspectCommandTest {
  @Test
  void showsTheShareOfEveryChannel() {
    ModelCard card = new ModelCard("m", "2", "ab12", List.of("DNA", "GFP"), List.of("negative", "positive"), "positive",
        PixelType.UINT16, 40, 30, List.of(0.5, 1.5), List.of(10.0, 20.0), List.of(1.0, 2.0), Map.of("seed", "7"));
    assertThat(printed(card)).contains("drift     not measured: the file does not say what the training wells looked like");
    card = card.withContributionReference(new ContributionReference(12, List.of(0.25, 0.75), List.of(0.031, 0.031)));
    assertThat(printed(card))
        .contains("share of each channel in the images of 12 training wells, which drift is measured from", "GFP       75.0 % ± 3.1")
        .contains("m version 2", "SHA-256   ab12", "images    30 x 40, uint16", "classes   negative, positive; a hit is 'positive'")
        .contains("contract  kept: pixels [N, 2, 40, 30] int16 holding uint16 bits and masks [P, 2]")
        .contains("GFP       1.500   75.0 %      20.000       2.000", "seed      7");
  }

  private static List<String> printed(ModelCard card) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    InspectCommand.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), card);
    return bytes.toString(StandardCharsets.UTF_8).lines().map(String::strip).toList();
  }

  @Test
  void aMissingFileIsOneLine() {
    InspectCommand command = new InspectCommand();
    new CommandLine(command).parseArgs("--model", "none.onnx");
    assertThatThrownBy(command::call).isInstanceOf(CliException.class).hasMessageContaining("none.onnx");
  }
}
