package io.dcmix.training.report.page;

import io.dcmix.training.report.page.Block.Align;
import io.dcmix.training.report.page.Block.BarChart;
import io.dcmix.training.report.page.Block.Bars;
import io.dcmix.training.report.page.Block.Dot;
import io.dcmix.training.report.page.Block.Fact;
import io.dcmix.training.report.page.Block.Facts;
import io.dcmix.training.report.page.Block.Format;
import io.dcmix.training.report.page.Block.Gallery;
import io.dcmix.training.report.page.Block.GalleryRow;
import io.dcmix.training.report.page.Block.Group;
import io.dcmix.training.report.page.Block.Heatmap;
import io.dcmix.training.report.page.Block.Line;
import io.dcmix.training.report.page.Block.LineChart;
import io.dcmix.training.report.page.Block.Mark;
import io.dcmix.training.report.page.Block.Picture;
import io.dcmix.training.report.page.Block.Prose;
import io.dcmix.training.report.page.Block.StripPlot;
import io.dcmix.training.report.page.Block.Table;
import io.dcmix.training.report.page.Block.YAxis;
import io.dcmix.training.report.page.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A made-up report with every kind of block, and with the awkward cases: gaps, long names, 64 channels, one point, nothing at all. Its numbers
 * mean nothing. {@code main} writes it to the file that is named, to look at.
 */
final class SampleReport {
  static final List<String> CHANNELS = List.of("GFP", "DNA", "Decoy");
  private static final int EPOCHS = 30;

  private SampleReport() {}

  /** Writes the sample to a file. */
  public static void main(String[] args) throws IOException {
    HtmlPage.write(report(), Path.of(args[0]));
  }

  static Report report() {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("Seed", "1");
    provenance.put("Model", "translocation 3, SHA-256 f5adf87979570b1cf2d15a0f8f5b9f7a6a10d2b2ad7c51c66d1b1e9c3e0a4d77");
    provenance.put("Images", "sample images, 96 wells, 1 site each, 2 channels");
    provenance.put("Versions", "Java 25, engine 2.7.1, one thread");
    return new Report(
        "GFP carries the translocation, and the decoy carries nothing",
        "Sample numbers. Leave one compound out: trained on the controls of rows A to D, tested on those of rows E to H, and the reverse. Three seeds.",
        CHANNELS,
        List.of(
            new Verdict("Held-out wells right", "24 of 24", "24 of 24", Outcome.MET),
            new Verdict("Z′ of held-out controls", "0.72", "≥ 0.50", Outcome.MET),
            new Verdict("Dose and margin, Spearman ρ", "0.68", "≥ 0.75", Outcome.MISSED),
            new Verdict("Seconds per epoch", "1.4", null, Outcome.NEUTRAL)),
        List.of(training(), importance(), assay(), examples(), awkward()),
        provenance);
  }

  private static Section training() {
    Random random = new Random(1);
    double[] loss = new double[EPOCHS];
    double[] held = new double[EPOCHS];
    double[] low = new double[EPOCHS];
    double[] high = new double[EPOCHS];
    double[][] weights = new double[3][EPOCHS];
    for (int e = 0; e < EPOCHS; e++) {
      loss[e] = 0.69 * Math.exp(-e / 7.0) + 0.02 + 0.01 * random.nextGaussian();
      held[e] = e == 12 ? Double.NaN : 0.66 * Math.exp(-e / 8.0) + 0.07 + 0.015 * random.nextGaussian();
      low[e] = Math.max(0, held[e] - 0.03 - 0.002 * e);
      high[e] = held[e] + 0.03 + 0.002 * e;
      double g = 1.0 / 3 + 0.36 * (1 - Math.exp(-e / 9.0));
      double d = 1.0 / 3 - 0.08 * (1 - Math.exp(-e / 6.0));
      weights[0][e] = g;
      weights[1][e] = d;
      weights[2][e] = 1 - g - d;
    }
    double[] x = IntStream.rangeClosed(1, EPOCHS).asDoubleStream().toArray();
    return new Section("Training", "The loss settles after twenty epochs. The weights start equal and part within ten.", List.of(
        new LineChart("Loss", "epoch", "cross entropy", List.of(Line.counted("training", loss), new Line("held out", x, held, low, high)), YAxis.AUTO),
        new LineChart("Channel weights", "epoch", "share of the blend",
            List.of(Line.counted("GFP", weights[0]), Line.counted("DNA", weights[1]), Line.counted("Decoy", weights[2])), YAxis.between(0, 1)),
        new Facts(List.of(
            new Fact("Training wells", "12: 8 negative and 4 positive controls, rows A to D"),
            new Fact("Held-out wells", "12: 8 negative and 4 positive controls, rows E to H"),
            new Fact("Early stopping", "after 30 of 60 epochs; best epoch 26")))));
  }

  private static Section importance() {
    String[] methods = {"Weights", "Contribution", "Leave-one-out", "Shapley", "Attention"};
    double[][] agreement = {{1, 0.96, 0.9, 0.88, 0.31}, {0.96, 1, 0.92, 0.9, 0.36}, {0.9, 0.92, 1, 0.99, -0.22}, {0.88, 0.9, 0.99, 1, -0.41},
        {0.31, 0.36, -0.22, -0.41, Double.NaN}};
    return new Section("Which channel matters", "Four of five methods agree. Attention does not, and it is the one that cannot see the blend.", List.of(
        new BarChart("Weight in the model", "share of the blend", CHANNELS,
            List.of(new Bars("weight", new double[] {0.69, 0.25, 0.06}, new double[] {0.03, 0.02, 0.01})), List.of(new Mark("equal start", 1 / 3.0))),
        new BarChart("Logit lost without the channel", "logit", CHANNELS,
            List.of(new Bars("importance", new double[] {5.82, 3.41, -0.42}, new double[] {0.9, 0.7, 0.6})), List.of()),
        new BarChart("Methods side by side", "normalised importance", CHANNELS,
            List.of(new Bars("Weights", 0.69, 0.25, 0.06), new Bars("Contribution", 0.71, 0.24, 0.05), new Bars("Leave-one-out", 0.63, 0.42, -0.05),
                new Bars("Shapley", 0.6, 0.4, 0), new Bars("Attention", 0.2, 0.35, Double.NaN)), List.of()),
        new Heatmap("Rank correlation of the methods", "", "", List.of(methods), List.of(methods), agreement, Format.TWO_DECIMALS, true),
        new Table(List.of("Method", "Mean ρ", "SD", "What it asks"), List.of(
            List.of("Weights", "0.95", "0.02", "How much of each channel is in the blend"),
            List.of("Leave-one-out", "0.92", "0.03", "What the hit score loses without the channel"),
            List.of("Attention", "–", "–", "Where a gate looked")), List.of(Align.LEFT, Align.RIGHT, Align.RIGHT, Align.LEFT))));
  }

  private static Section assay() {
    Random random = new Random(2);
    List<Group> doses = new ArrayList<>();
    String[] labels = {"0", "0.3", "0.5", "1", "2", "4", "8", "16", "31", "63", "125 nM"};
    for (int d = 0; d < labels.length; d++) {
      List<Dot> dots = new ArrayList<>();
      for (int w = 0; w < (d == 0 || d == 10 ? 12 : 6); w++) {
        dots.add(new Dot((char) ('A' + w % 8) + String.format("%02d", d + 1), -3 + 6 / (1 + Math.exp(-(d - 4) * 1.1)) + 0.45 * random.nextGaussian()));
      }
      doses.add(new Group(labels[d], d == 0 ? "negative control" : d == 10 ? "positive control" : "dose", dots));
    }
    List<Group> pair = List.of(
        new Group("negative", doses.getFirst().dots()), new Group("positive", doses.getLast().dots()));
    List<String> digits = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    double[][] confusion = new double[10][10];
    for (int r = 0; r < 10; r++) {
      for (int c = 0; c < 10; c++) {
        confusion[r][c] = r == c ? 940 + random.nextInt(60) : random.nextInt(12);
      }
    }
    return new Section("The assay", "The margin rises with dose and saturates at 8 nM. One dot is one well.", List.of(
        new StripPlot("Margin by dose", "dose", "hit logit margin", doses, List.of(new Mark("called a hit", 0))),
        new StripPlot("Held-out controls", "control", "hit logit margin", pair, List.of(new Mark("mean + 3 SD", -1.6), new Mark("mean − 3 SD", 1.4))),
        new Heatmap("Held-out controls", "truth", "called", List.of("negative", "positive"), List.of("negative", "positive"),
            new double[][] {{16, 0}, {1, 7}}, Format.COUNT, false),
        new Heatmap("Digits, weighted blend", "truth", "called", digits, digits, confusion, Format.COUNT, false),
        new BarChart("Accuracy on the same backbone", "test accuracy", List.of("dcmix", "plain", "attention", "single-1", "single-6"),
            List.of(new Bars("accuracy", new double[] {0.981, 0.983, 0.979, 0.964, 0.113}, new double[] {0.001, 0.001, 0.002, 0.002, 0.004})),
            List.of(new Mark("plain − 0.005", 0.978), new Mark("chance", 0.1)))));
  }

  private static Section examples() {
    List<GalleryRow> rows = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      List<Picture> pictures = new ArrayList<>();
      float[] sum = new float[200 * 200];
      for (int c = 0; c < 3; c++) {
        float[] cells = cells(200, 10 * i + c, i == 1 && c == 0 ? 9 : 5);
        for (int p = 0; p < sum.length; p++) {
          sum[p] += new float[] {0.69f, 0.25f, 0.06f}[c] * cells[p];
        }
        GreyImage.Range range = GreyImage.range(cells, 0.01, 0.995);
        pictures.add(new Picture(GreyImage.png(cells, 200, 200, range.low(), range.high(), Palette.tint(c)), CHANNELS.get(c) + " of the well",
            "× " + new double[] {0.69, 0.25, 0.06}[c]));
      }
      GreyImage.Range range = GreyImage.range(sum, 0.01, 0.995);
      pictures.add(new Picture(GreyImage.png(sum, 200, 200, range.low(), range.high(), 0xffffff), "The blend of the channels", "what the network sees"));
      rows.add(new GalleryRow(i == 0 ? "A01" : "D12", i == 0 ? "negative control, margin −2.9" : "positive control, margin +3.1", pictures));
    }
    return new Section("Example wells", "Each channel as it was imaged, and the blend.", List.of(
        new Gallery("Wells", List.of("GFP", "DNA", "Decoy", "Blend"), rows)));
  }

  /** Round spots on a dim ground. */
  private static float[] cells(int size, int seed, double radius) {
    Random random = new Random(seed);
    float[] pixels = new float[size * size];
    for (int cell = 0; cell < 60; cell++) {
      double cx = random.nextDouble() * size;
      double cy = random.nextDouble() * size;
      for (int p = 0; p < pixels.length; p++) {
        int row = p / size;
        double far = ((p % size - cx) * (p % size - cx) + (row - cy) * (row - cy)) / (radius * radius);
        pixels[p] += far < 9 ? (float) Math.exp(-far) : 0;
      }
    }
    for (int p = 0; p < pixels.length; p++) {
      pixels[p] += (float) (0.05 * random.nextGaussian());
    }
    return pixels;
  }

  private static Section awkward() {
    Random random = new Random(3);
    List<Line> many = new ArrayList<>();
    List<String> names = new ArrayList<>();
    double[] values = new double[64];
    double[][] square = new double[64][64];
    for (int c = 0; c < 64; c++) {
      names.add("channel " + (c + 1));
      double[] y = new double[EPOCHS];
      for (int e = 0; e < EPOCHS; e++) {
        y[e] = 1 / 64.0 + e * 0.002 * Math.sin(c * c) + 0.001 * random.nextGaussian();
      }
      values[c] = y[EPOCHS - 1];
      many.add(Line.counted(names.get(c), y));
      for (int k = 0; k < 64; k++) {
        square[c][k] = Math.cos((c - k) / 9.0);
      }
    }
    double[] x = IntStream.range(0, 20_000).asDoubleStream().toArray();
    double[] noisy = IntStream.range(0, 20_000).mapToDouble(i -> Math.exp(-i / 4000.0) * (1 + 0.3 * random.nextGaussian()) + 0.002).toArray();
    float[] tiny = cells(28, 4, 4);
    List<Picture> pictures = IntStream.range(0, 24)
        .mapToObj(c -> new Picture(GreyImage.png(tiny, 28, 28, 0, 2, Palette.tint(c)), "a digit", "")).toList();
    String longName = "Mitochondria stained with a dye whose name is long, and <b>&\"quoted\"</b>";
    return new Section("Awkward cases", "Many channels, many points, one point, none, identical values and names that do not fit.", List.of(
        new LineChart("Sixty-four channels", "epoch", "weight", many, YAxis.AUTO),
        new LineChart("Twenty thousand steps", "step", "loss, logarithmic", List.of(new Line("batch", x, noisy)), YAxis.LOG),
        new LineChart("One point", "epoch", "accuracy", List.of(Line.counted("only", 0.5)), YAxis.AUTO),
        new LineChart("Identical values and a gap", "epoch", "accuracy",
            List.of(Line.counted(longName, 0.5, 0.5, Double.NaN, 0.5, Double.NaN, 0.5, 0.5), Line.counted("twin", 0.5, 0.5, 0.5)), YAxis.AUTO),
        new BarChart("Long names", "value", List.of(longName, "ER"), List.of(new Bars("one", 1e-7, -2.5e-8)), List.of()),
        new BarChart("Nothing", "value", List.of("ER"), List.of(new Bars("one", Double.NaN)), List.of()),
        new BarChart("Sixty-four bars", "weight", names, List.of(new Bars("weight", values)), List.of(new Mark("equal start", 1 / 64.0))),
        new Heatmap("Sixty-four by sixty-four", "channel", "channel", names, names, square, Format.TWO_DECIMALS, true),
        new StripPlot("Long group names", "group", "value", List.of(
            new Group(longName, List.of(new Dot("a", 1), new Dot("b", 1), new Dot("c", Double.NaN))),
            new Group("empty", List.of()),
            new Group("one thousand", IntStream.range(0, 1000).mapToObj(i -> new Dot("w" + i, 1 + 0.2 * random.nextGaussian())).toList())), List.of()),
        new LineChart("No lines", "epoch", "loss", List.of(), YAxis.AUTO),
        new Prose("A paragraph with <script>alert(1)</script> in it.\n\nAnd a second one."),
        new Gallery("Twenty-four channels", names.subList(0, 24), List.of(new GalleryRow("B02", longName, pictures)))));
  }
}
