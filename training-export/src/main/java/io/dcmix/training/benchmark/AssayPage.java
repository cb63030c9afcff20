package io.dcmix.training.benchmark;

import static io.dcmix.training.benchmark.Pages.number;

import io.dcmix.training.benchmark.Assay.Half;
import io.dcmix.training.benchmark.AssayResult.Answers;
import io.dcmix.training.benchmark.AssayResult.Run;
import io.dcmix.training.data.Sample;
import io.dcmix.training.report.page.Block;
import io.dcmix.training.report.page.Block.BarChart;
import io.dcmix.training.report.page.Block.Bars;
import io.dcmix.training.report.page.Block.Dot;
import io.dcmix.training.report.page.Block.Format;
import io.dcmix.training.report.page.Block.Gallery;
import io.dcmix.training.report.page.Block.GalleryRow;
import io.dcmix.training.report.page.Block.Group;
import io.dcmix.training.report.page.Block.Heatmap;
import io.dcmix.training.report.page.Block.Line;
import io.dcmix.training.report.page.Block.LineChart;
import io.dcmix.training.report.page.Block.Mark;
import io.dcmix.training.report.page.Block.Prose;
import io.dcmix.training.report.page.Block.StripPlot;
import io.dcmix.training.report.page.Block.Table;
import io.dcmix.training.report.page.Block.YAxis;
import io.dcmix.training.report.page.Report;
import io.dcmix.training.report.page.Section;
import io.dcmix.training.report.page.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The page of the assay. */
final class AssayPage {
  private static final double EXCELLENT_Z = 0.5;
  private static final double DOSE_BAR = 0.75;
  private static final double DOSE_BAR_ALL = 0.85;

  private AssayPage() {}

  static Report of(AssayResult result) {
    boolean right = result.heldOutRight() == result.heldOutTotal();
    return new Report(
        right && result.gfpFirst() == result.seeds().size()
            ? "One compound is learnt, the other one is called right, and GFP carries it"
            : "One compound is learnt, the other one is not always called right",
        number("BBBC013, FKHR-GFP translocation. Learnt from the controls of one half of the plate, asked about the other half, and the reverse; %d seeds.",
            result.seeds().size()),
        AssayResult.CHANNELS, verdicts(result),
        List.of(doses(result), channels(result), training(result), examples(result), design(result)),
        Pages.provenance(result.seeds(), number("one plate, %d wells, 1 site each, GFP and DNA, %d × %d pixels averaged down to %d × %d",
            result.assay().set().samples().size(), result.assay().set().shape().width(), result.assay().set().shape().height(),
            result.assay().set().shape().smallWidth(), result.assay().set().shape().smallHeight())));
  }

  private static List<Verdict> verdicts(AssayResult result) {
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(Pages.atLeast("Held-out controls right", number(result.heldOutRight() % 1 == 0 ? "%.0f of %d" : "%.1f of %d",
        result.heldOutRight(), result.heldOutTotal()), result.heldOutRight(), "all", result.heldOutTotal()));
    for (Half half : Half.values()) {
      double z = result.zPrime(half).mean();
      verdicts.add(Pages.atLeast("Z′ of rows " + half.other().rows(), number("%.2f", z), z, "≥ 0.50", EXCELLENT_Z));
    }
    for (Half half : Half.values()) {
      double rho = result.doseSpearman(half, AssayResult.LAST_RISING_DOSE).mean();
      verdicts.add(Pages.atLeast("Dose 0–6 and margin, ρ, rows " + half.other().rows(), number("%.2f", rho), rho, "≥ 0.75", DOSE_BAR));
    }
    for (Half half : Half.values()) {
      double rho = result.doseSpearman(half, Integer.MAX_VALUE).mean();
      verdicts.add(Pages.atLeast("All doses and margin, ρ, rows " + half.other().rows(), number("%.2f", rho), rho, "≥ 0.85", DOSE_BAR_ALL));
    }
    int seeds = result.seeds().size();
    verdicts.add(Pages.atLeast("GFP weighs more than DNA", number("%d of %d seeds", result.gfpFirst(), seeds), result.gfpFirst(), "all", seeds));
    verdicts.add(Pages.atLeast("The decoy weighs most", number("%d of %d seeds", result.decoyFirst(), seeds), -result.decoyFirst(), "none", 0));
    return verdicts;
  }

  private static Section doses(AssayResult result) {
    List<Block> blocks = new ArrayList<>();
    for (Half half : Half.values()) {
      blocks.add(strip("Rows " + half.other().rows() + ", not learnt from", result, half));
    }
    double[][] confusion = new double[2][2];
    for (Half half : Half.values()) {
      for (Run run : result.runs(half, false)) {
        for (int i = 0; i < run.answers().margins().length; i++) {
          int label = run.answers().wells().get(i).label();
          if (label <= Assay.POSITIVE) {
            confusion[label][run.answers().margins()[i] > 0 ? 1 : 0]++;
          }
        }
      }
    }
    blocks.add(new Heatmap(number("Held-out controls, all %d seeds", result.seeds().size()), "truth", "called",
        List.of("negative", "positive"), List.of("negative", "positive"), confusion, Format.COUNT, false));
    blocks.add(table(result));
    return new Section("Wells that no model saw", "One dot is one well, its margin the mean over seeds. The margin is the log odds of a hit; nothing squashes it after training.", blocks);
  }

  private static StripPlot strip(String title, AssayResult result, Half learntFrom) {
    List<Run> runs = result.runs(learntFrom, false);
    List<Sample> wells = runs.getFirst().answers().wells();
    Map<Integer, List<Dot>> byDose = new TreeMap<>();
    for (int i = 0; i < wells.size(); i++) {
      int at = i;
      double mean = runs.stream().mapToDouble(r -> r.answers().margins()[at]).average().orElse(Double.NaN);
      byDose.computeIfAbsent(result.assay().dose(wells.get(i)), d -> new ArrayList<>()).add(new Dot(wells.get(i).well(), mean));
    }
    int last = byDose.keySet().stream().mapToInt(d -> d).max().orElse(0);
    List<Group> groups = new ArrayList<>();
    byDose.forEach((dose, dots) ->
        groups.add(new Group(Integer.toString(dose), dose == 0 ? "negative control" : dose == last ? "positive control" : "dose", dots)));
    return new StripPlot(title, "dose level", "hit logit margin", groups, List.of(new Mark("called a hit", 0)));
  }

  private static Table table(AssayResult result) {
    List<List<String>> rows = new ArrayList<>();
    for (Half half : Half.values()) {
      for (Run run : result.runs(half, false)) {
        rows.add(row("rows " + half.rows(), Long.toString(run.seed()), run.answers(), result, number("%.2f", run.shares()[0])));
      }
    }
    for (Half half : Half.values()) {
      rows.add(row("rows " + half.rows() + ", folds", Long.toString(result.seeds().getFirst()), result.folds(half), result, "–"));
    }
    return Table.numbers(List.of("Learnt from", "Seed", "Controls right", "Z′", "Dose ρ, 0–6", "Dose ρ, all", "Share of GFP"), rows);
  }

  private static List<String> row(String name, String seed, Answers answers, AssayResult result, String share) {
    return List.of(name, seed, answers.right() + " of " + answers.controls(), number("%.2f", answers.zPrime()),
        number("%.2f", answers.doseSpearman(result.assay(), AssayResult.LAST_RISING_DOSE)),
        number("%.2f", answers.doseSpearman(result.assay(), Integer.MAX_VALUE)), share);
  }

  private static Section channels(AssayResult result) {
    return new Section("Which channel carries it",
        "GFP moves, DNA shows where the nucleus is. The decoy is the DNA of another well: it knows nothing, and what it gets is how far a weight can be wrong.", List.of(
            bars("Weights", "share of the blend", result, false, true),
            bars("Leave-one-out", "margin lost on held-out positive controls", result, false, false),
            bars("Weights with a decoy", "share of the blend", result, true, true),
            bars("Leave-one-out with a decoy", "margin lost on held-out positive controls", result, true, false),
            new Prose("Weights start equal and are drawn apart only as far as training goes, so a useless channel keeps some. Leave-one-out asks what the call loses "
                + "without the channel, and a useless channel gets close to nothing.")));
  }

  private static BarChart bars(String title, String value, AssayResult result, boolean decoy, boolean shares) {
    List<String> names = AssayResult.CHANNELS.subList(0, decoy ? 3 : 2);
    double[] means = new double[names.size()];
    double[] sds = new double[names.size()];
    for (int c = 0; c < means.length; c++) {
      int channel = c;
      Spread spread = Spread.of(result.runs().stream().filter(r -> r.decoy() == decoy)
          .mapToDouble(r -> (shares ? r.shares() : r.importance())[channel]).toArray());
      means[c] = spread.mean();
      sds[c] = spread.sd();
    }
    return new BarChart(title, value, names, List.of(new Bars(title, means, sds)),
        shares ? List.of(new Mark("equal start", 1.0 / names.size())) : List.of());
  }

  private static Section training(AssayResult result) {
    List<Line> losses = new ArrayList<>();
    for (Half half : Half.values()) {
      losses.add(Line.counted("rows " + half.rows(), Pages.losses(result.runs(half, false).getFirst().history())));
    }
    Run decoy = result.runs(Half.AD, true).getFirst();
    return new Section("Training", number("Seed %d. An epoch is 25 steps of 16 cut-outs.", decoy.seed()), List.of(
        new LineChart("Loss", "epoch", "(margin ∓ 1)²", losses, YAxis.AUTO),
        new LineChart("Channels in the blend, with a decoy", "epoch", "share of the weights", Pages.shares(decoy.history(), AssayResult.CHANNELS), YAxis.AUTO)));
  }

  private static Section examples(AssayResult result) {
    Run run = result.runs(Half.AD, false).getFirst();
    List<GalleryRow> rows = new ArrayList<>();
    List<Sample> wells = run.answers().wells();
    int h = result.assay().set().pixels().height();
    int w = result.assay().set().pixels().width();
    for (int dose : new int[] {0, 4, 10}) {
      int at = IntStream.range(0, wells.size()).filter(i -> result.assay().dose(wells.get(i)) == dose).findFirst().orElse(0);
      Sample sample = wells.get(at);
      List<float[]> planes = new ArrayList<>();
      for (int c = 0; c < 2; c++) {
        float[] plane = new float[h * w];
        result.assay().set().pixels().read(sample.index(), c, 0, 0, h, w, plane);
        double mean = sample.moments().get(c).mean();
        double sd = sample.moments().get(c).standardDeviation();
        for (int p = 0; p < plane.length; p++) {
          plane[p] = (float) ((plane[p] - mean) / sd);
        }
        planes.add(plane);
      }
      rows.add(Pages.gallery(sample.well(), number("dose level %d, margin %+.2f", dose, run.answers().margins()[at]),
          AssayResult.CHANNELS.subList(0, 2), planes, h, w, run.shares()));
    }
    return new Section("Example wells", "Held-out wells as their channels, and as the one image that the network sees.", List.of(
        new Gallery("Wells", List.of("GFP", "DNA", "Blend"), rows)));
  }

  private static Section design(AssayResult result) {
    return new Section("How it was done",
        "Nothing was chosen by looking at a held-out half.", List.of(
            new Prose("The plate shows one compound in rows A to D and another one in rows E to H, each with eight negative and four positive controls. A model learns from "
                + "the twelve controls of one half alone; every well of the other half is asked once, as the mean over its eight turned and mirrored views. Wells are the "
                + "points of every correlation.\n\nSize, crops, loss, schedule, variation and the logarithm behind the average were chosen on folds within the halves: "
                + "three rows learn, the fourth is asked. docs/training.md lists what was compared. The folds above repeat that for the recipe that was taken, with seed "
                + result.seeds().getFirst() + ". Both directions use the same recipe: " + AssayBenchmark.recipe(result.seeds().getFirst()) + "."),
            new Prose("The doses rise to level 6 and saturate above. Wells of one dose tie, so that no margin reaches ρ = 1. A margin that orders levels 4 to 6 "
                + "rightly and levels 0 to 3 by lot is expected to reach 0.76 over levels 0 to 6.")));
  }
}
