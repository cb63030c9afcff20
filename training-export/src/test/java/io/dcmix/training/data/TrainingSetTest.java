package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.core.cli.CliException;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingSetTest {
  private static final List<String> CLASSES = List.of("negative", "positive");

  @Test
  void aWellIsNeverOnBothSidesOfASplit() {
    TrainingReader reader = new TrainingReader(List.of("DNA"), CLASSES, 8);
    for (int well = 0; well < 20; well++) {
      for (int site = 1; site <= 3; site++) {
        reader.add("P1", new WellAddress(0, well), site, well % 4 == 0 ? 1 : 0, List.of(plane(2, 2, well)));
      }
    }
    TrainingSet.Split split = reader.finish().split(0.2, 5);
    Set<String> both = new HashSet<>(wells(split.training()));
    both.retainAll(wells(split.validation()));
    assertThat(both).isEmpty();
    assertThat(split.training().size() + split.validation().size()).isEqualTo(60);
    // 15 negative and 5 positive wells: a fifth of each.
    assertThat(split.validation()).hasSize(12).filteredOn(s -> s.label() == 1).hasSize(3);
  }

  private static Set<String> wells(List<LabelledSite> sites) {
    return sites.stream().map(LabelledSite::wellKey).collect(Collectors.toSet());
  }

  @Test
  void smallClassesKeepTwoWellsForTraining() {
    TrainingReader reader = new TrainingReader(List.of("DNA"), CLASSES, 8);
    for (int well = 0; well < 5; well++) {
      reader.add("P1", new WellAddress(0, well), 1, well < 3 ? 0 : 1, List.of(plane(2, 2, well)));
    }
    TrainingSet.Split split = reader.finish().split(0.9, 5);
    assertThat(split.training()).filteredOn(s -> s.label() == 0).hasSize(2);
    assertThat(split.training()).filteredOn(s -> s.label() == 1).hasSize(2);
  }

  @Test
  void saysWhichClassIsMissing() {
    TrainingReader reader = new TrainingReader(List.of("DNA"), CLASSES, 8);
    reader.add("P1", new WellAddress(0, 0), 1, 0, List.of(plane(2, 2, 1)));
    TrainingSet set = reader.finish();
    assertThatThrownBy(() -> set.split(0.2, 1)).isInstanceOf(CliException.class).hasMessageContaining("No well of class 'positive'");
    assertThatThrownBy(() -> new TrainingReader(List.of("DNA"), CLASSES, 8).finish())
        .isInstanceOf(CliException.class).hasMessageContaining("No labelled well");
  }

  @Test
  void namesTheSiteWhoseImageDiffers() {
    TrainingReader reader = new TrainingReader(List.of("DNA"), CLASSES, 8);
    reader.add("P1", new WellAddress(0, 0), 1, 0, List.of(plane(2, 2, 1)));
    assertThatThrownBy(() -> reader.add("P1", new WellAddress(1, 2), 4, 0, List.of(plane(4, 3, 1))))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("P1 well B03 site 4 channel DNA is 3 x 4 uint8, but P1 well A01 site 1 is 2 x 2 uint8");
  }

  @ParameterizedTest
  @CsvSource({"640, 640, 320, 2", "128, 128, 320, 1", "320, 320, 320, 1", "321, 100, 320, 2", "1080, 1080, 320, 4"})
  void shrinksByTheSmallestWholeFactorThatFits(int height, int width, int largest, int factor) {
    assertThat(TrainingReader.shrinkFactor(height, width, largest)).isEqualTo(factor);
  }

  @Test
  void measuresNormalisationOverAllSites() {
    TrainingReader reader = new TrainingReader(List.of("DNA"), CLASSES, 8);
    reader.add("P1", new WellAddress(0, 0), 1, 0, List.of(plane(2, 2, 10)));
    reader.add("P1", new WellAddress(0, 1), 1, 1, List.of(plane(2, 2, 14)));
    Normalisation normalisation = Normalisation.of(List.of("DNA"), reader.finish().sites());
    assertThat(normalisation.means()).containsExactly(12.0);
    assertThat(normalisation.standardDeviations().getFirst()).isCloseTo(2, within(1e-9));
  }

  @Test
  void refusesAChannelWithoutContrast() {
    TrainingReader reader = new TrainingReader(List.of("DNA"), CLASSES, 8);
    reader.add("P1", new WellAddress(0, 0), 1, 0, List.of(plane(2, 2, 10)));
    List<LabelledSite> sites = reader.finish().sites();
    assertThatThrownBy(() -> Normalisation.of(List.of("DNA"), sites))
        .isInstanceOf(CliException.class).hasMessageContaining("Channel DNA has the value 10 in every pixel");
  }

  private static Plane plane(int height, int width, int value) {
    byte[] pixels = new byte[height * width];
    Arrays.fill(pixels, (byte) value);
    return new Plane(height, width, PixelType.UINT8, ByteBuffer.wrap(pixels));
  }
}
