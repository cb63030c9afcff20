package io.dcmix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.screening.HitMargin;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.data.Augmentation;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.export.Parity;
import io.dcmix.training.fit.FitOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"UINT8, 32, 32", "UINT16, 32, 32", "UINT8, 65, 33"})
  void findsThePlantedChannelAndWritesAFileThatComputesTheSame(PixelType type, int size, int largestSide) throws Exception {
    TrainingSet set = SyntheticSites.of(type, size, largestSide, 24, 7);
    Path file = folder.resolve("model.onnx");
    Training.Result result = run(set, 14, 1, file);

    assertThat(result.parity()).isLessThan(Parity.LIMIT);
    assertThat(result.validation().wells()).isEqualTo(10);
    assertThat(result.validation().wrong()).isEmpty();
    assertThat(folder).isDirectoryNotContaining(p -> !p.equals(file));
    try (DcmixModel model = DcmixModel.load(file, DevicePolicy.CPU)) {
      assertThat(model.card().channels()).isEqualTo(SyntheticSites.CHANNELS);
      assertThat(model.card().pixelType()).isEqualTo(type);
      assertThat(model.card().normalisedWeights().get(SyntheticSites.PLANTED)).isGreaterThan(0.4);
      assertThat(model.reproducible()).isTrue();
      for (TrainingSet.Example example : SyntheticSites.of(type, size, largestSide, 6, 99).examples()) {
        SiteScore score = model.score(example.raw(), true);
        assertThat(HitMargin.of(score.logits(), 1) > 0).isEqualTo(example.site().label() == 1);
        if (example.site().label() == 1) {
          assertThat(score.importance()[SyntheticSites.PLANTED]).isGreaterThan(Math.max(score.importance()[0], score.importance()[2]));
        }
      }
    }
  }

  @Test
  void equalSeedsGiveEqualBytesAndOtherSeedsOtherOnes() throws Exception {
    TrainingSet set = SyntheticSites.of(PixelType.UINT8, 32, 32, 8, 7);
    run(set, 2, 1, folder.resolve("one.onnx"));
    run(set, 2, 1, folder.resolve("two.onnx"));
    run(set, 2, 2, folder.resolve("other.onnx"));
    assertThat(folder.resolve("one.onnx")).hasSameBinaryContentAs(folder.resolve("two.onnx"));
    assertThat(Files.readAllBytes(folder.resolve("one.onnx"))).isNotEqualTo(Files.readAllBytes(folder.resolve("other.onnx")));
  }

  @Test
  void anExportThatDiffersFromTheNetworkIsRefused() throws Exception {
    TrainingSet set = SyntheticSites.of(PixelType.UINT8, 32, 32, 4, 7);
    Path file = folder.resolve("model.onnx");
    run(set, 1, 1, file);
    List<float[]> wrong = set.examples().stream().map(e -> new float[] {7, 7}).toList();
    assertThatThrownBy(() -> Parity.check(file, set.examples(), wrong))
        .isInstanceOf(CliException.class).hasMessageContaining("differs from the trained network").hasMessageContaining("1e-04");
  }

  private static Training.Result run(TrainingSet set, int epochs, long seed, Path file) throws Exception {
    FitOptions options = new FitOptions(epochs, 20, 16, 0.01, 3, 1e-4, new Augmentation(24, 0.1, 0.1, 0.2), seed, 1);
    return Training.run(set, 0.2, options, new Training.Identity("test", "1", "positive", Map.of("made by", "a test")), file, e -> {});
  }
}
