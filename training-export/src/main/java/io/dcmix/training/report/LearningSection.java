package io.dcmix.training.report;

import io.dcmix.training.fit.Epoch;
import io.dcmix.training.net.Blend;
import io.dcmix.training.report.page.Block;
import io.dcmix.training.report.page.Block.Line;
import io.dcmix.training.report.page.Block.LineChart;
import io.dcmix.training.report.page.Block.Mark;
import io.dcmix.training.report.page.Block.YAxis;
import io.dcmix.training.report.page.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Loss, accuracy and channel shares over the epochs. */
final class LearningSection {
  private LearningSection() {}

  static Section of(TrainedRun run) {
    List<Block> charts = new ArrayList<>();
    charts.add(new LineChart("Loss", "epoch", "loss", lines(run, Epoch::loss, Epoch::validationLoss), YAxis.AUTO));
    charts.add(new LineChart("Accuracy", "epoch", "share of sites called right", lines(run, Epoch::accuracy, Epoch::validationAccuracy),
        YAxis.between(0, 1)));
    if (run.card().channels().size() > 1) {
      charts.add(shares(run));
    }
    return new Section("How it learnt", lead(run), charts);
  }

  private static String lead(TrainedRun run) {
    StringBuilder lead = new StringBuilder("Training values are of cut-outs that are turned, stained and now and then lack a channel");
    lead.append(run.checked() ? ", so they can look worse than those of held-back sites, which are shown whole and as they are."
        : ". No wells were held back, so there is no curve that tells learning from learning by heart.");
    if (run.stoppedEarly()) {
      lead.append(" It stopped after %d of %d epochs, because %d in a row brought no progress on held-back sites; epoch %d is in the file."
          .formatted(run.history().size(), run.plannedEpochs(), run.patience(), run.keptEpoch()));
    } else if (run.keptEpoch() < run.history().size()) {
      lead.append(" Epoch %d was the best on held-back sites and is in the file.".formatted(run.keptEpoch()));
    }
    return lead.toString();
  }

  private static List<Line> lines(TrainedRun run, ToDoubleFunction<Epoch> training, ToDoubleFunction<Epoch> heldBack) {
    Line learnt = Line.counted("training", run.history().stream().mapToDouble(training).toArray());
    return run.checked() ? List.of(learnt, Line.counted("held back", run.history().stream().mapToDouble(heldBack).toArray())) : List.of(learnt);
  }

  /** Shares from the equal start, epoch 0, on. */
  private static LineChart shares(TrainedRun run) {
    int channels = run.card().channels().size();
    double[] epochs = IntStream.rangeClosed(0, run.history().size()).asDoubleStream().toArray();
    double[][] shares = new double[channels][epochs.length];
    for (int c = 0; c < channels; c++) {
      shares[c][0] = 1.0 / channels;
    }
    for (int e = 0; e < run.history().size(); e++) {
      double[] of = shares(run.history().get(e), channels);
      for (int c = 0; c < channels; c++) {
        shares[c][e + 1] = of[c];
      }
    }
    List<Line> lines = new ArrayList<>();
    for (int c = 0; c < channels; c++) {
      lines.add(new Line(run.card().channels().get(c), epochs, shares[c]));
    }
    return new LineChart("Share of each channel in the blend", "epoch", "share", lines, YAxis.between(0, Double.NaN),
        List.of(new Mark("equal start", 1.0 / channels)));
  }

  /** Shares of the blend after an epoch; NaN where the network has none. */
  static double[] shares(Epoch epoch, int channels) {
    float[] weights = epoch.weights();
    if (weights == null) {
      double[] none = new double[channels];
      Arrays.fill(none, Double.NaN);
      return none;
    }
    return Blend.shares(weights);
  }
}
