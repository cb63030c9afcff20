package io.dcmix.training.benchmark;

import static io.dcmix.training.benchmark.Pages.number;

import io.dcmix.training.benchmark.DigitsResult.NetworkRun;
import io.dcmix.training.benchmark.DigitsResult.SeedResult;
import io.dcmix.training.data.Sample;
import io.dcmix.training.net.Blend;
import io.dcmix.training.report.page.Block;
import io.dcmix.training.report.page.Block.BarChart;
import io.dcmix.training.report.page.Block.Bars;
import io.dcmix.training.report.page.Block.Format;
import io.dcmix.training.report.page.Block.Gallery;
import io.dcmix.training.report.page.Block.GalleryRow;
import io.dcmix.training.report.page.Block.Heatmap;
import io.dcmix.training.report.page.Block.Line;
import io.dcmix.training.report.page.Block.LineChart;
import io.dcmix.training.report.page.Block.Mark;
import io.dcmix.training.report.page.Block.Prose;
import io.dcmix.training.report.page.Block.Table;
import io.dcmix.training.report.page.Block.YAxis;
import io.dcmix.training.report.page.Report;
import io.dcmix.training.report.page.Section;
import io.dcmix.training.report.page.Verdict;
import io.dcmix.training.report.page.Verdict.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** The page of the six-channel digits. */
final class DigitsPage {
  /** Agreement of the published weights with their truth: Siegismund et al., arXiv 2308.16637. */
  private static final double PUBLISHED = 0.89;

  private static final double ACCURACY_LOSS = 0.005;

  private DigitsPage() {}

  static Report of(DigitsResult result, DigitsBenchmark benchmark) {
    Spread rho = result.rho("dcmix-weights");
    List<Section> sections = List.of(methods(result), networks(result), training(result), examples(result, benchmark), design(result, benchmark));
    DigitsBenchmark.Size size = benchmark.size();
    Map<String, String> provenance = Pages.provenance(result.seeds().stream().map(SeedResult::seed).toList(), number(
        "%,d training and %,d test images, %d epochs, %d images for leave-one-out and Shapley",
        Math.min(size.training(), benchmark.data().train().size()), result.testImages(), size.epochs(), size.attributed()));
    return new Report(
        rho.mean() >= PUBLISHED
            ? "The blend's weights rank the channels as they matter"
            : "The blend's weights do not rank the channels well enough",
        number("Six-channel digits of planted importance, %d seeds. The truth is how well a network does with each channel alone.", result.seeds().size()),
        SixChannelDigits.KINDS, verdicts(result), sections, provenance);
  }

  private static List<Verdict> verdicts(DigitsResult result) {
    double loss = result.accuracy("plain").mean() - result.accuracy("dcmix").mean();
    double seconds = result.secondsPerEpoch("attention").mean() / result.secondsPerEpoch("dcmix").mean();
    double parameters = (double) result.parameters("attention") / result.parameters("dcmix");
    Spread rho = result.rho("dcmix-weights");
    return List.of(
        Pages.atLeast("DCMIX weights and truth, Spearman ρ", number("%.3f ± %.3f", rho.mean(), rho.sd()), rho.mean(), "≥ 0.89", PUBLISHED),
        new Verdict("Accuracy against all channels unblended", number("%+.2f points", -100 * loss), "≥ −0.5 points",
            loss <= ACCURACY_LOSS ? Outcome.MET : Outcome.MISSED),
        Pages.atLeast("Time of an epoch with attention", number("%.1f times", seconds), seconds, "more than DCMIX", 1),
        Pages.atLeast("Numbers in the attention network", number("%.2f times", parameters), parameters, "more than DCMIX", 1));
  }

  private static Section methods(DigitsResult result) {
    List<String> methods = DigitsResult.METHODS;
    double[] means = methods.stream().mapToDouble(m -> result.rho(m).mean()).toArray();
    double[] sds = methods.stream().mapToDouble(m -> result.rho(m).sd()).toArray();
    double[][] agreement = new double[methods.size()][methods.size()];
    for (int i = 0; i < methods.size(); i++) {
      for (int j = 0; j < methods.size(); j++) {
        agreement[i][j] = result.agreement(methods.get(i), methods.get(j));
      }
    }
    List<Bars> shares = new ArrayList<>();
    for (String method : methods) {
      shares.add(new Bars(method, IntStream.range(0, SixChannelDigits.KINDS.size()).mapToDouble(kind -> meanShare(result, method, kind)).toArray()));
    }
    return new Section("Which channel matters",
        "Each method ranks the channels; ρ says how well its ranking agrees with the truth. Methods are known to disagree, so their agreement is measured too.",
        List.of(
            new BarChart("Agreement with the truth", "Spearman ρ, mean and SD over seeds", methods, List.of(new Bars("ρ", means, sds)),
                List.of(new Mark("published", PUBLISHED))),
            new Heatmap("Rank correlation of the methods", "", "", methods, methods, agreement, Format.TWO_DECIMALS, true),
            new BarChart("What each method gives each channel", "share of the sum of what is positive, mean over seeds", SixChannelDigits.KINDS, shares, List.of()),
            Table.numbers(List.of("Method", "ρ", "SD", "ρ, no ties in the truth"), methods.stream().map(m -> List.of(m,
                number("%.3f", result.rho(m).mean()), number("%.3f", result.rho(m).sd()), number("%.3f", result.rhoWithoutTies(m).mean()))).toList()),
            new Prose("Channels that alone do no better than guessing count as equal in the truth: which of two channels without any information wins by a "
                + "few images is chance. With such a tie no ranking reaches more than ρ = 0.986.")));
  }

  private static double meanShare(DigitsResult result, String method, int kind) {
    double sum = 0;
    for (SeedResult seed : result.seeds()) {
      double[] values = seed.importance(method);
      double positive = 0;
      for (double v : values) {
        positive += Math.max(0, v);
      }
      sum += values[seed.channels().indexOf(SixChannelDigits.KINDS.get(kind))] / positive;
    }
    return sum / result.seeds().size();
  }

  private static Section networks(DigitsResult result) {
    List<List<String>> rows = new ArrayList<>();
    for (String network : DigitsResult.NETWORKS) {
      Spread accuracy = result.accuracy(network);
      rows.add(List.of(network, number("%.2f %%", 100 * accuracy.mean()), number("%.2f", 100 * accuracy.sd()),
          number("%,d", result.parameters(network)), number("%.1f", result.secondsPerEpoch(network).mean())));
    }
    return new Section("What the networks cost and reach", "One small backbone behind every way of reading the channels.", List.of(
        Table.numbers(List.of("Network", "Test accuracy", "SD", "Numbers", "Seconds an epoch"), rows)));
  }

  private static Section training(DigitsResult result) {
    SeedResult first = result.seeds().getFirst();
    NetworkRun dcmix = first.network("dcmix");
    List<Line> losses = new ArrayList<>();
    for (String network : List.of("dcmix", "plain", "attention")) {
      losses.add(Line.counted(network, Pages.losses(first.network(network).history())));
    }
    List<String> digits = IntStream.range(0, dcmix.confusion().length).mapToObj(Integer::toString).toList();
    double[][] confusion = new double[digits.size()][digits.size()];
    for (int i = 0; i < confusion.length; i++) {
      for (int j = 0; j < confusion.length; j++) {
        confusion[i][j] = dcmix.confusion()[i][j];
      }
    }
    return new Section("Training", number("Seed %d.", first.seed()), List.of(
        new LineChart("Loss", "epoch", "cross-entropy, nats", losses, YAxis.AUTO),
        new LineChart("Channels in the blend", "epoch", "share of the weights", Pages.shares(dcmix.history(), first.channels()), YAxis.AUTO),
        new Heatmap("Test images, DCMIX", "truth", "called", digits, digits, confusion, Format.COUNT, false)));
  }

  private static Section examples(DigitsResult result, DigitsBenchmark benchmark) {
    SeedResult first = result.seeds().getFirst();
    SixChannelDigits pixels = benchmark.testPixels(first.seed());
    double[] shares = Blend.shares(Objects.requireNonNull(first.network("dcmix").history().getLast().weights()));
    int[] places = SixChannelDigits.KINDS.stream().mapToInt(first.channels()::indexOf).toArray();
    double[] sharesByKind = IntStream.of(places).mapToDouble(p -> shares[p]).toArray();
    int n = pixels.height() * pixels.width();
    List<GalleryRow> rows = new ArrayList<>();
    for (Sample sample : pixels.samples(4)) {
      List<float[]> planes = new ArrayList<>();
      for (int place : places) {
        float[] plane = new float[n];
        pixels.read(sample.index(), place, 0, 0, pixels.height(), pixels.width(), plane);
        planes.add(plane);
      }
      rows.add(Pages.gallery("a " + sample.label(), "", SixChannelDigits.KINDS, planes, pixels.height(), pixels.width(), sharesByKind));
    }
    List<String> columns = new ArrayList<>(SixChannelDigits.KINDS);
    columns.add("Blend");
    List<Block> blocks = List.of(new Gallery("Digits", columns, rows));
    return new Section("What the network sees", "Test images as six channels, and as the one image that DCMIX makes of them.", blocks);
  }

  private static Section design(DigitsResult result, DigitsBenchmark benchmark) {
    List<List<String>> rows = new ArrayList<>();
    for (SeedResult seed : result.seeds()) {
      List<String> row = new ArrayList<>(List.of(Long.toString(seed.seed())));
      for (String kind : SixChannelDigits.KINDS) {
        int place = seed.channels().indexOf(kind);
        row.add(number("%.3f", seed.importance("dcmix-weights")[place]));
      }
      row.add(number("%.3f", result.rho(seed, "dcmix-weights")));
      rows.add(row);
    }
    List<String> columns = new ArrayList<>(List.of("Seed"));
    columns.addAll(SixChannelDigits.KINDS);
    columns.add("ρ");
    return new Section("How it was done",
        "Four channels show the digit under noise of 0.3, 0.8, 1.5 and 2.5 times its own SD, one shows another digit, one only noise; each image has mean 0 "
            + "and SD 1; the seed draws their order.", List.of(
                Table.numbers(columns, rows),
                new Prose("Weights, seed by seed. Networks with several channels were trained with one channel missing from " + Math.round(100 * DigitsBenchmark.DROP)
                    + " % of the images, as leave-one-out will ask of them. Leave-one-out and Shapley are means over " + benchmark.size().attributed()
                    + " test images of the true digit's margin, a missing channel being replaced by its mean.")));
  }
}
