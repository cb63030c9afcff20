package io.dcmix.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.ContributionReference;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.screening.HitMargin;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.data.Augmentation;
import io.dcmix.training.data.Sample;
import io.dcmix.training.data.Split;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.export.Parity;
import io.dcmix.training.fit.Epoch;
import io.dcmix.training.fit.FitOptions;
import io.dcmix.training.fit.Fitter.Checkpoints;
import io.dcmix.training.fit.Objective;
import io.dcmix.training.fit.Objective.Balance;
import io.dcmix.training.fit.Objective.Loss;
import io.dcmix.training.fit.Schedule;
import io.dcmix.training.net.Backbone;
import io.dcmix.training.net.Backbone.Summary;
import io.dcmix.training.net.Blend;
import io.dcmix.training.net.PyTorch.Compute;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"UINT8, 32, 32", "UINT16, 32, 32", "UINT8, 65, 33"})
  void findsThePlantedChannelAndWritesAFileThatComputesTheSame(PixelType type, int size, int largestSide) throws Exception {
    Path file = folder.resolve("model.onnx");
    Training.Result result = run(type, size, largestSide, 24, recipe(14, 1), file);

    assertThat(result.parity()).isLessThan(Parity.LIMIT);
    assertThat(result.validation().wells()).isEqualTo(10);
    assertThat(result.validation().wrong()).isEmpty();
    assertThat(folder).isDirectoryNotContaining(p -> !p.equals(file));
    try (DcmixModel model = DcmixModel.load(file, DevicePolicy.CPU)) {
      assertThat(model.card().channels()).isEqualTo(SyntheticSites.CHANNELS);
      assertThat(model.card().pixelType()).isEqualTo(type);
      assertThat(model.card().normalisedWeights().get(SyntheticSites.PLANTED)).isGreaterThan(0.4);
      assertThat(model.reproducible()).isTrue();
      try (TrainingSet fresh = SyntheticSites.of(type, size, largestSide, 3, 99)) {
        for (Sample sample : fresh.samples()) {
          SiteScore score = model.score(fresh.whole(sample), true);
          assertThat(HitMargin.of(score.logits(), 1) > 0).isEqualTo(sample.label() == 1);
          if (sample.label() == 1) {
            assertThat(score.importance()[SyntheticSites.PLANTED]).isGreaterThan(Math.max(score.importance()[0], score.importance()[2]));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = PixelType.class, names = {"UINT8", "UINT16"})
  void theFileSaysWhatShareEachChannelHasInTheWellsItWasTrainedOn(PixelType type) throws Exception {
    Path file = folder.resolve("model.onnx");
    run(type, 64, 32, 12, recipe(1, 1), file);
    try (DcmixModel model = DcmixModel.load(file, DevicePolicy.CPU); TrainingSet set = SyntheticSites.of(type, 64, 32, 12, 7)) {
      Map<String, List<double[]>> wells = new TreeMap<>();
      for (Sample sample : Split.byWells(set.samples(), set.labels().classes(), 0.2, 1).training()) {
        wells.computeIfAbsent(sample.wellKey(), k -> new ArrayList<>()).add(model.score(set.whole(sample), false).contribution());
      }
      ContributionReference reference = model.card().contributionReference();
      assertThat(reference.wells()).isEqualTo(wells.size());
      for (int c = 0; c < SyntheticSites.CHANNELS.size(); c++) {
        int channel = c;
        double[] shares = wells.values().stream().mapToDouble(w -> w.stream().mapToDouble(s -> s[channel]).average().orElseThrow()).toArray();
        double mean = Arrays.stream(shares).average().orElseThrow();
        double squares = Arrays.stream(shares).map(s -> (s - mean) * (s - mean)).sum();
        assertThat(reference.means().get(c)).isCloseTo(mean, within(1e-5));
        assertThat(reference.standardDeviations().get(c)).isCloseTo(Math.sqrt(squares / (shares.length - 1)), within(1e-5)).isPositive();
      }
    }
  }

  @Test
  void aModelOfAFewWellsOfEachClassHasAReferenceToo() throws Exception {
    Training.Result result = run(PixelType.UINT8, 32, 32, 1, recipe(1, 1), folder.resolve("model.onnx"));
    assertThat(result.card().contributionReference().wells()).as("one well of each class").isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"RELU", "SOFTMAX", "OVER"})
  void everyBlendFindsThePlantedChannel(Blend blend) throws Exception {
    Recipe recipe = new Recipe(blend, Backbone.Kind.SMALL, Summary.LOG_MEAN, recipe(14, 1).fit(), 1, Compute.CPU);
    Training.Result result = run(PixelType.UINT8, 32, 32, 24, recipe, folder.resolve("model.onnx"));
    assertThat(result.validation().wrong()).isEmpty();
    assertThat(result.card().weights()).allSatisfy(w -> assertThat(w).isNotNegative());
    assertThat(result.card().normalisedWeights().get(SyntheticSites.PLANTED)).isGreaterThan(0.4);
  }

  @Test
  void aResidualNetworkIsExportedAsItWasTrained() throws Exception {
    Schedule short2 = new Schedule(1, 3, 4, 0.001, 3, 1e-4, 0);
    FitOptions fit = recipe(1, 1).fit();
    Recipe recipe = new Recipe(Blend.SOFTPLUS, Backbone.Kind.RESNET18, Summary.MEAN,
        new FitOptions(short2, fit.objective(), fit.augmentation(), 1), 1, Compute.CPU);
    Training.Result result = run(PixelType.UINT8, 64, 64, 4, recipe, folder.resolve("model.onnx"));
    assertThat(result.parity()).isLessThan(Parity.LIMIT);
    // torchvision's ResNet-18 has 11,689,512 learnt numbers with 1000 classes and 3 channels; here 1 channel, 2 classes, and
    // 9,600 measured numbers and 3 blend weights beside them.
    assertThat(result.parameters()).isEqualTo(11_689_512 - 2 * 64 * 49 - 998 * 513 + 9_600 + 3);
  }

  @Test
  void equalSeedsGiveEqualBytesAndOtherSeedsOtherOnes() throws Exception {
    for (Map.Entry<String, Long> one : Map.of("one", 1L, "two", 1L, "other", 2L).entrySet()) {
      run(PixelType.UINT8, 32, 32, 8, recipe(2, one.getValue()), folder.resolve(one.getKey() + ".onnx"));
    }
    assertThat(folder.resolve("one.onnx")).hasSameBinaryContentAs(folder.resolve("two.onnx"));
    assertThat(Files.readAllBytes(folder.resolve("one.onnx"))).isNotEqualTo(Files.readAllBytes(folder.resolve("other.onnx")));
  }

  @Test
  void aRunThatWasKilledAndResumedGivesTheSameBytes() throws Exception {
    run(PixelType.UINT8, 32, 32, 8, recipe(5, 1), folder.resolve("whole.onnx"));
    Path file = folder.resolve("killed.onnx");
    Path checkpoint = folder.resolve("killed.onnx.checkpoint");
    assertThatThrownBy(() -> run(recipe(5, 1), file, new Checkpoints(checkpoint, "f", false), e -> {
      if (e.number() == 2) {
        throw new Killed();
      }
    })).isInstanceOf(Killed.class);
    assertThat(file).doesNotExist();
    assertThat(checkpoint).exists();

    assertThatThrownBy(() -> run(recipe(5, 1), file, new Checkpoints(checkpoint, "g", true), e -> {}))
        .isInstanceOf(CliException.class).hasMessageContaining("other options or data");
    List<Integer> epochs = new ArrayList<>();
    run(recipe(5, 1), file, new Checkpoints(checkpoint, "f", true), e -> epochs.add(e.number()));
    assertThat(epochs).containsExactly(1, 2, 3, 4, 5);
    assertThat(file).hasSameBinaryContentAs(folder.resolve("whole.onnx"));
    assertThat(checkpoint).doesNotExist();
  }

  private static final class Killed extends RuntimeException {}

  @Test
  void stopsWhenTheHeldBackWellsBecomeNoBetterAndGoesBackToTheBest() throws Exception {
    Schedule patient = new Schedule(60, 5, 16, 0.02, 3, 1e-4, 2);
    FitOptions fit = recipe(1, 1).fit();
    Recipe recipe = new Recipe(Blend.SOFTPLUS, Backbone.Kind.SMALL, Summary.MEAN,
        new FitOptions(patient, fit.objective(), fit.augmentation(), 1), 1, Compute.CPU);
    Training.Result result = run(PixelType.UINT8, 32, 32, 16, recipe, folder.resolve("model.onnx"));
    List<Epoch> history = result.history();
    assertThat(history).hasSizeLessThan(60);
    double best = history.stream().mapToDouble(Epoch::validationLoss).min().orElseThrow();
    assertThat(history.subList(history.size() - 2, history.size())).allSatisfy(e -> assertThat(e.validationLoss()).isGreaterThan(best));
    assertThat(history.get(history.size() - 3).validationLoss()).isEqualTo(best);
    float[] weights = history.get(history.size() - 3).weights();
    assertThat(result.card().weights().get(0)).isEqualTo(weights[0]);
  }

  @Test
  void anExportThatDiffersFromTheNetworkIsRefused() throws Exception {
    Path file = folder.resolve("model.onnx");
    run(PixelType.UINT8, 32, 32, 4, recipe(1, 1), file);
    try (TrainingSet set = SyntheticSites.of(PixelType.UINT8, 32, 32, 4, 7)) {
      List<float[]> wrong = set.samples().stream().map(e -> new float[] {7, 7}).toList();
      assertThatThrownBy(() -> Parity.check(file, set, set.samples(), wrong))
          .isInstanceOf(CliException.class).hasMessageContaining("differs from the trained network").hasMessageContaining("1e-04");
    }
  }

  private static Recipe recipe(int epochs, long seed) {
    return new Recipe(Blend.SOFTPLUS, Backbone.Kind.SMALL, Summary.LOG_MEAN, new FitOptions(
        new Schedule(epochs, 20, 16, 0.01, 3, 1e-4, 0),
        new Objective(Loss.CROSS_ENTROPY, Balance.BATCHES, 0),
        new Augmentation(24, true, 0.1, 0.1, 0.2, Augmentation.Dropped.ANY), seed), 1, Compute.CPU);
  }

  private static Training.Result run(PixelType type, int size, int largestSide, int wells, Recipe recipe, Path file) throws Exception {
    try (TrainingSet set = SyntheticSites.of(type, size, largestSide, wells, 7)) {
      Split split = Split.byWells(set.samples(), set.labels().classes(), 0.2, recipe.fit().seed());
      return Training.run(set, split, recipe, IDENTITY, file, null, e -> {});
    }
  }

  private static void run(Recipe recipe, Path file, Checkpoints checkpoints, Consumer<Epoch> listener) throws Exception {
    try (TrainingSet set = SyntheticSites.of(PixelType.UINT8, 32, 32, 8, 7)) {
      Split split = Split.byWells(set.samples(), set.labels().classes(), 0.2, recipe.fit().seed());
      Training.run(set, split, recipe, IDENTITY, file, checkpoints, listener);
    }
  }

  private static final Training.Identity IDENTITY = new Training.Identity("test", "1", Map.of("made by", "a test"));
}
