package io.dcmix.training;

import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.ContributionReference;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./dcmix inspect}: what a model file says of itself, after it passed the checks. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    header = "Check a model file against the contract and print what it says of itself.",
    footer = {"", "Exit codes: 0 the file keeps the contract, 1 it does not, 2 wrong usage."})
public final class InspectCommand implements CliCommand {
  @Option(names = "--model", required = true, paramLabel = "FILE", description = "The ONNX file.")
  private @Nullable Path model;

  @Override
  public Integer call() {
    try (DcmixModel loaded = DcmixModel.load(model == null ? Path.of("") : model, DevicePolicy.CPU)) {
      print(System.out, loaded.card());
      return 0;
    } catch (ModelContractException | IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  static void print(PrintStream out, ModelCard card) {
    int channels = card.channels().size();
    String type = card.pixelType() == PixelType.UINT16 ? "uint16" : "uint8";
    out.printf("%s version %s%n", card.name(), card.version());
    out.printf("  SHA-256   %s%n", card.sha256());
    out.printf("  contract  kept: pixels [N, %d, %d, %d] %s and masks [P, %d]%n", channels, card.height(), card.width(),
        card.pixelType() == PixelType.UINT16 ? "int16 holding uint16 bits" : "uint8", channels);
    out.printf("            to logits and probabilities [N, P, %d] and contribution [N, %d]%n", card.classes().size(), channels);
    out.printf("  images    %d x %d, %s%n", card.width(), card.height(), type);
    out.printf("  classes   %s; a hit is '%s'%n", String.join(", ", card.classes()), card.hitClass());
    int names = Math.max(8, card.channels().stream().mapToInt(String::length).max().orElse(0));
    out.printf("  %-" + (names + 2) + "s weight   share        mean          SD%n", "channels");
    List<Double> shares = card.normalisedWeights();
    for (int c = 0; c < channels; c++) {
      out.printf(Locale.ROOT, "    %-" + names + "s %6.3f %6.1f %% %11.3f %11.3f%n", card.channels().get(c), card.weights().get(c),
          100 * shares.get(c), card.means().get(c), card.standardDeviations().get(c));
    }
    ContributionReference reference = card.contributionReference();
    if (reference == null) {
      out.println("  drift     not measured: the file does not say what the training wells looked like");
    } else {
      out.printf("  share of each channel in the images of %d training wells, which drift is measured from%n", reference.wells());
      for (int c = 0; c < channels; c++) {
        out.printf(Locale.ROOT, "    %-" + names + "s %5.1f %% ± %.1f%n", card.channels().get(c), 100 * reference.means().get(c),
            100 * reference.standardDeviations().get(c));
      }
    }
    if (!card.provenance().isEmpty()) {
      out.println("  how it was made");
      ProvenanceText.lines(card.provenance()).forEach(line -> out.println("    " + line));
    }
  }
}
