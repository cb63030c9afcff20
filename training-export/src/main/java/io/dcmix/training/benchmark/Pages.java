package io.dcmix.training.benchmark;

import io.dcmix.training.fit.Epoch;
import io.dcmix.training.net.Blend;
import io.dcmix.training.net.PyTorch;
import io.dcmix.training.report.page.Block.GalleryRow;
import io.dcmix.training.report.page.Block.Line;
import io.dcmix.training.report.page.Block.Picture;
import io.dcmix.training.report.page.GreyImage;
import io.dcmix.training.report.page.Palette;
import io.dcmix.training.report.page.Verdict;
import io.dcmix.training.report.page.Verdict.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What the pages of the benchmarks have in common. */
final class Pages {
  private static final double DARKEST = 0.01;
  private static final double BRIGHTEST = 0.995;

  private Pages() {}

  /** Formats with a point, wherever the program runs. */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency for one word
  static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** A tile that says whether a bar was reached: at least {@code bar}. */
  static Verdict atLeast(String label, String shown, double value, String barText, double bar) {
    return new Verdict(label, shown, barText, value >= bar ? Outcome.MET : Outcome.MISSED);
  }

  /** Share of each channel over the epochs, from the equal start on. */
  static List<Line> shares(List<Epoch> history, List<String> channels) {
    List<Line> lines = new ArrayList<>();
    double[] x = IntStream.rangeClosed(0, history.size()).asDoubleStream().toArray();
    for (int c = 0; c < channels.size(); c++) {
      double[] y = new double[x.length];
      y[0] = 1.0 / channels.size();
      for (int e = 0; e < history.size(); e++) {
        float[] weights = history.get(e).weights();
        y[e + 1] = weights == null ? Double.NaN : Blend.shares(weights)[c];
      }
      lines.add(new Line(channels.get(c), x, y));
    }
    return lines;
  }

  static double[] losses(List<Epoch> history) {
    return history.stream().mapToDouble(Epoch::loss).toArray();
  }

  /**
   * A well or image as its channels, and as the image that the network sees.
   *
   * @param planes one per channel, normalised
   */
  static GalleryRow gallery(String label, String caption, List<String> channels, List<float[]> planes, int height, int width, double[] shares) {
    List<Picture> pictures = new ArrayList<>();
    float[] blend = new float[height * width];
    for (int c = 0; c < planes.size(); c++) {
      float[] plane = planes.get(c);
      for (int p = 0; p < blend.length; p++) {
        blend[p] += (float) (shares[c] * plane[p]);
      }
      pictures.add(picture(plane, height, width, Palette.tint(c), channels.get(c) + " of " + label, number("× %.2f", shares[c])));
    }
    pictures.add(picture(blend, height, width, 0xffffff, "the blended image of " + label, ""));
    return new GalleryRow(label, caption, pictures);
  }

  private static Picture picture(float[] pixels, int height, int width, int tint, String alt, String caption) {
    GreyImage.Range range = GreyImage.range(pixels, DARKEST, BRIGHTEST);
    return new Picture(GreyImage.png(pixels, height, width, range.low(), range.high(), tint), alt, caption);
  }

  /** With what a page was made. */
  static Map<String, String> provenance(List<Long> seeds, String data) {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("Data", data);
    provenance.put("Seeds", seeds.toString());
    provenance.put("Versions", PyTorch.version() + ", Java " + Runtime.version().feature() + ", one thread a training");
    return provenance;
  }
}
