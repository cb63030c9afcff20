package io.dcmix.training.report;

import io.dcmix.core.model.ModelCard;
import io.dcmix.training.data.Pixels;
import io.dcmix.training.data.Sample;
import io.dcmix.training.report.page.Block.Gallery;
import io.dcmix.training.report.page.Block.GalleryRow;
import io.dcmix.training.report.page.Block.Picture;
import io.dcmix.training.report.page.GreyImage;
import io.dcmix.training.report.page.GreyImage.Range;
import io.dcmix.training.report.page.Palette;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Wells to look at: every channel, and the one image that the network sees. */
final class Examples {
  /** Channels shown, and the blend. */
  static final int MOST_CHANNELS = 16;

  /** Wells shown of all classes together, where each class has at least one. */
  private static final int MOST_WELLS = 6;

  /** Pictures of many channels are smaller, so that pages stay easy to forward. */
  private static final int SIDE_OF_FEW = 240;

  private static final int SIDE_OF_MANY = 160;
  private static final int FEW_CHANNELS = 3;
  private static final String BLEND = "Blend";
  private static final int GREY = 0xffffff;

  private Examples() {}

  /**
   * Some wells of every class: first those called wrong, then those whose margin is in the middle of their class.
   *
   * @param hit 0-based class
   */
  static List<WellCall> choose(List<WellCall> wells, int classes, int hit) {
    int each = Math.max(1, MOST_WELLS / classes);
    List<WellCall> chosen = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      int wanted = label;
      List<WellCall> ofClass = wells.stream().filter(w -> w.label() == wanted)
          .sorted(Comparator.comparingDouble(w -> w.margin(hit))).toList();
      if (ofClass.isEmpty()) {
        continue;
      }
      double middle = ofClass.get(ofClass.size() / 2).margin(hit);
      Comparator<WellCall> wrongFirst = Comparator.comparing(WellCall::right);
      chosen.addAll(ofClass.stream()
          .sorted(wrongFirst.thenComparingDouble(w -> Math.abs(w.margin(hit) - middle)).thenComparing(WellCall::name))
          .limit(each)
          .toList());
    }
    return chosen;
  }

  /** Side of the cut-out that is shown, for images of these sides. */
  static int side(int channels, int height, int width) {
    return Math.min(channels <= FEW_CHANNELS ? SIDE_OF_FEW : SIDE_OF_MANY, Math.min(height, width));
  }

  /**
   * The middle of the first site of each well, pixel by pixel as the network gets it; a channel has one range of brightness in all wells,
   * so wells can be compared.
   *
   * @param pixels shrunk, as the network was trained on
   */
  static Gallery gallery(List<WellCall> wells, Pixels pixels, ModelCard card) {
    int side = side(card.channels().size(), pixels.height(), pixels.width());
    int shown = Math.min(card.channels().size(), MOST_CHANNELS);
    @Nullable Range[] ranges = new Range[card.channels().size() + 1];
    for (WellCall well : wells) {
      float[][] planes = planes(pixels, well.sites().getFirst(), side, card);
      for (int c = 0; c < planes.length; c++) {
        ranges[c] = wider(ranges[c], GreyImage.range(planes[c], 0.01, 0.998));
      }
    }
    List<GalleryRow> rows = new ArrayList<>();
    for (WellCall well : wells) {
      Sample site = well.sites().getFirst();
      float[][] planes = planes(pixels, site, side, card);
      List<Picture> pictures = new ArrayList<>();
      for (int c = 0; c < shown; c++) {
        pictures.add(picture(planes[c], side, ranges[c], Palette.tint(c), "%s of %s".formatted(card.channels().get(c), well.name()), ""));
      }
      pictures.add(picture(planes[planes.length - 1], side, ranges[planes.length - 1], GREY, "The blended image of " + well.name(), ""));
      rows.add(new GalleryRow(well.name(), caption(well, card), pictures));
    }
    return new Gallery("As imaged, and as blended", Stream.concat(card.channels().stream().limit(shown), Stream.of(BLEND)).toList(), rows);
  }

  private static String caption(WellCall well, ModelCard card) {
    String margin = String.format(Locale.ROOT, "%+.2f", well.margin(card.hitIndex())).replace('-', '−');
    String truth = card.classes().get(well.label());
    return well.right() ? "%s ✓ called right, margin %s".formatted(truth, margin)
        : "%s ✕ called %s, margin %s".formatted(truth, card.classes().get(well.called()), margin);
  }

  private static Picture picture(float[] pixels, int side, Range range, int tint, String alt, String caption) {
    return new Picture(GreyImage.png(pixels, side, side, range.low(), range.high(), tint), alt, caption);
  }

  private static Range wider(@Nullable Range one, Range other) {
    return one == null ? other : new Range(Math.min(one.low(), other.low()), Math.max(one.high(), other.high()));
  }

  /** Every channel as it is, and last the blend Σ w·(x − μ)/σ: [C + 1, side · side]. */
  static float[][] planes(Pixels pixels, Sample site, int side, ModelCard card) {
    int channels = pixels.channels();
    float[][] planes = new float[channels + 1][side * side];
    for (int c = 0; c < channels; c++) {
      pixels.read(site.index(), c, (pixels.height() - side) / 2, (pixels.width() - side) / 2, side, side, planes[c]);
      double scale = card.weights().get(c) / card.standardDeviations().get(c);
      for (int i = 0; i < planes[c].length; i++) {
        planes[channels][i] += (float) (scale * (planes[c][i] - card.means().get(c)));
      }
    }
    return planes;
  }
}
