package io.dcmix.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.core.model.ModelCard;
import io.dcmix.schema.event.PixelType;
import io.dcmix.training.data.Pixels;
import io.dcmix.training.report.page.Block.Gallery;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExamplesTest {
  private static final ModelCard CARD = new ModelCard("m", "1", "", List.of("DNA", "GFP"), List.of("negative", "positive"), "positive",
      PixelType.UINT8, 4, 6, List.of(0.5, 2.0), List.of(10.0, 20.0), List.of(2.0, 4.0), Map.of());

  @Test
  void wrongCallsComeFirstThenTheMiddleOfTheClass() {
    List<WellCall> wells = Stream.concat(
        IntStream.rangeClosed(1, 9).mapToObj(i -> WellCallTest.well("N" + i, 0, -i)),
        Stream.of(WellCallTest.well("wrong", 0, 4), WellCallTest.well("P1", 1, 5))).toList();
    assertThat(Examples.choose(wells, 2, 1)).extracting(WellCall::well).containsExactly("wrong", "N4", "N3", "P1");
  }

  @Test
  void theBlendIsTheSumOfNormalisedChannelsTimesTheirWeights() {
    float[][] planes = Examples.planes(ramp(), WellCallTest.site("P", "A01", 1, 0), 2, CARD);
    // The middle 2 x 2 of 4 x 6 pixels: rows 1 and 2, columns 2 and 3; GFP is 100 above DNA.
    assertThat(planes[0]).containsExactly(12, 13, 22, 23);
    assertThat(planes[1]).containsExactly(112, 113, 122, 123);
    // 0.5 · (12 − 10) / 2 + 2 · (112 − 20) / 4
    assertThat(planes[2]).containsExactly(46.5f, 47.25f, 54f, 54.75f);
  }

  @Test
  void everyWellShowsItsChannelsItsBlendAndWhetherItsCallIsRight() {
    Gallery gallery = Examples.gallery(List.of(WellCallTest.well("A01", 0, -2), WellCallTest.well("A02", 1, -1)), ramp(), CARD);
    assertThat(gallery.columns()).containsExactly("DNA", "GFP", "Blend");
    assertThat(gallery.rows().get(0).caption()).isEqualTo("negative ✓ called right, margin −2.00");
    assertThat(gallery.rows().get(1).caption()).isEqualTo("positive ✕ called negative, margin −1.00");
    assertThat(gallery.rows()).allSatisfy(row -> assertThat(row.pictures()).hasSize(3));
  }

  /** Two channels of 4 x 6 pixels: 10 · row + column, and 100 more. */
  private static Pixels ramp() {
    return new Pixels() {
      @Override
      public int channels() {
        return 2;
      }

      @Override
      public int height() {
        return 4;
      }

      @Override
      public int width() {
        return 6;
      }

      @Override
      public void read(int sample, int channel, int top, int left, int h, int w, float[] out) {
        for (int i = 0; i < h * w; i++) {
          out[i] = 100 * channel + 10 * (top + i / w) + left + i % w;
        }
      }
    };
  }
}
