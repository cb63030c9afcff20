package io.dcmix.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.images.CorruptPlaneException;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.PixelType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingSetTest {
  /** A plate with one channel; a site without a plane is corrupt. */
  private record Plate(Map<LabelledSite, List<Plane>> planes) implements SiteSource {
    @Override
    public String plate() {
      return "P1";
    }

    @Override
    public List<LabelledSite> sites() {
      return List.copyOf(planes.keySet());
    }

    @Override
    public List<Plane> read(LabelledSite site) throws CorruptPlaneException {
      List<Plane> found = planes.getOrDefault(site, List.of());
      if (found.isEmpty()) {
        throw new CorruptPlaneException("file.png: cut short");
      }
      return found;
    }
  }

  private static Map<SiteSource.LabelledSite, List<Plane>> sites(Plane... planes) {
    Map<SiteSource.LabelledSite, List<Plane>> sites = new LinkedHashMap<>();
    for (int i = 0; i < planes.length; i++) {
      sites.put(new SiteSource.LabelledSite(new WellAddress(i, 2), 4, i % 2), List.of(planes[i]));
    }
    return sites;
  }

  private static TrainingSet read(Map<SiteSource.LabelledSite, List<Plane>> sites, int largestSide, List<String> warnings) throws IOException {
    return TrainingSet.read(List.of(new Plate(sites)), List.of("DNA"), Labels.controls(), largestSide, warnings::add, n -> {});
  }

  @Test
  void namesTheSiteWhoseImageDiffers() {
    assertThatThrownBy(() -> read(sites(plane(2, 2, 1), plane(4, 3, 1)), 8, new ArrayList<>()))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("P1 well B03 site 4 channel DNA is 3 x 4 uint8, but P1 well A03 site 4 is 2 x 2 uint8");
  }

  @Test
  void leavesCorruptSitesOutAndSaysSo() throws IOException {
    Map<SiteSource.LabelledSite, List<Plane>> sites = sites(plane(2, 2, 1), plane(2, 2, 5), plane(2, 2, 9));
    sites.replaceAll((site, planes) -> site.well().row() == 1 ? List.of() : planes);
    List<String> warnings = new ArrayList<>();
    try (TrainingSet set = read(sites, 8, warnings)) {
      assertThat(warnings).containsExactly("P1 well B03 site 4 is left out: file.png: cut short");
      assertThat(set.samples()).extracting(Sample::well).containsExactly("A03", "C03");
      float[] pixel = new float[1];
      set.pixels().read(set.samples().get(1).index(), 0, 1, 1, 1, 1, pixel);
      assertThat(pixel[0]).isEqualTo(9);
    }
    assertThatThrownBy(() -> read(sites(), 8, new ArrayList<>()))
        .isInstanceOf(CliException.class).hasMessageContaining("No labelled well");
  }

  @Test
  void givesRectanglesOfShrunkImagesAndWholeOnesAgain() throws IOException {
    byte[] values = new byte[4 * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (10 * (i / 6) + i % 6);
    }
    Plane plane = new Plane(4, 6, PixelType.UINT8, ByteBuffer.wrap(values));
    try (TrainingSet set = read(sites(plane, plane), 3, new ArrayList<>())) {
      assertThat(List.of(set.shape().shrink(), set.shape().smallHeight(), set.shape().smallWidth())).containsExactly(2, 2, 3);
      float[] window = new float[4];
      set.pixels().read(1, 0, 0, 1, 2, 2, window);
      // Means of 2 x 2 blocks: (2 + 3 + 12 + 13) / 4 and so on.
      assertThat(window).containsExactly(7.5f, 9.5f, 27.5f, 29.5f);
      ByteBuffer whole = set.whole(set.samples().get(1));
      byte[] again = new byte[whole.remaining()];
      whole.get(again);
      assertThat(again).isEqualTo(values);
    }
  }

  @ParameterizedTest
  @CsvSource({"640, 640, 320, 2", "128, 128, 320, 1", "320, 320, 320, 1", "321, 100, 320, 2", "1080, 1080, 320, 4"})
  void shrinksByTheSmallestWholeFactorThatFits(int height, int width, int largest, int factor) {
    assertThat(TrainingSet.shrinkFactor(height, width, largest)).isEqualTo(factor);
  }

  @Test
  void measuresNormalisationOverTheTrainingSamplesAndRefusesAChannelWithoutContrast() throws IOException {
    try (TrainingSet set = read(sites(plane(2, 2, 10), plane(2, 2, 14), plane(2, 2, 200)), 8, new ArrayList<>())) {
      Normalisation normalisation = Normalisation.of(List.of("DNA"), set.samples().subList(0, 2));
      assertThat(normalisation.means()).containsExactly(12.0);
      assertThat(normalisation.standardDeviations().getFirst()).isCloseTo(2, within(1e-9));
      assertThatThrownBy(() -> Normalisation.of(List.of("DNA"), set.samples().subList(0, 1)))
          .isInstanceOf(CliException.class).hasMessageContaining("Channel DNA has the value 10 in every pixel");
    }
  }

  private static Plane plane(int height, int width, int value) {
    byte[] pixels = new byte[height * width];
    Arrays.fill(pixels, (byte) value);
    return new Plane(height, width, PixelType.UINT8, ByteBuffer.wrap(pixels));
  }
}
