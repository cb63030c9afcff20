package io.dcmix.training.benchmark;

import ai.djl.ndarray.NDManager;
import io.dcmix.core.screening.HitMargin;
import io.dcmix.training.benchmark.Assay.Half;
import io.dcmix.training.benchmark.AssayResult.Answers;
import io.dcmix.training.benchmark.AssayResult.Run;
import io.dcmix.training.data.Augmentation;
import io.dcmix.training.data.Augmentation.Dropped;
import io.dcmix.training.data.BatchMaker;
import io.dcmix.training.data.Moments;
import io.dcmix.training.data.Normalisation;
import io.dcmix.training.data.Pixels;
import io.dcmix.training.data.Sample;
import io.dcmix.training.fit.Epoch;
import io.dcmix.training.fit.FitOptions;
import io.dcmix.training.fit.Fitter;
import io.dcmix.training.fit.Objective;
import io.dcmix.training.fit.Schedule;
import io.dcmix.training.net.Backbone.Kind;
import io.dcmix.training.net.Backbone.Summary;
import io.dcmix.training.net.Blend;
import io.dcmix.training.net.DcmixNet;
import io.dcmix.training.net.PyTorch;
import io.dcmix.training.net.PyTorch.Compute;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Leave one compound out: learn from the controls of one half of the plate, and ask about every well of the other half. The
 * recipe was chosen on folds within the halves (docs/training.md), the same for both directions.
 *
 * @param assay the plate
 */
record AssayBenchmark(Assay assay) {
  private static final int CLASSES = 2;
  private static final int EPOCHS = 16;
  private static final int STEPS = 25;

  /** The decoy's wells are paired once and for all. */
  private static final long PAIRING = 7;

  /** Which channel of which well stands in for the decoy. */
  private static final int DECOY_SHOWS = 1;

  static FitOptions recipe(long seed) {
    return new FitOptions(
        new Schedule(EPOCHS, STEPS, 16, 0.003, 3, 0.3, 0),
        new Objective(Objective.Loss.MARGIN, Objective.Balance.BATCHES, 0),
        new Augmentation(80, true, 0.3, 0.1, 0.1, Dropped.WEAKER), seed);
  }

  /** Trains all models, {@code workers} at a time with one thread each; equal seeds give equal results. */
  AssayResult run(List<Long> seeds, int workers, Consumer<String> done) throws IOException {
    List<Callable<Run>> tasks = new ArrayList<>();
    for (long seed : seeds) {
      for (Half half : Half.values()) {
        tasks.add(() -> told(train(seed, half, false), done));
        tasks.add(() -> told(train(seed, half, true), done));
      }
    }
    List<Run> runs = SideBySide.run(tasks, workers);
    List<Callable<Answers>> folds = new ArrayList<>();
    for (Half half : Half.values()) {
      List<Integer> rows = assay.wells(half).stream().map(Assay::row).distinct().toList();
      for (int row : rows) {
        folds.add(() -> {
          List<Sample> learnt = assay.controls(half).stream().filter(s -> Assay.row(s) != row).toList();
          List<Sample> asked = assay.wells(half).stream().filter(s -> Assay.row(s) == row).toList();
          Answers answers = fit(assay.set().pixels(), learnt, asked, seeds.getFirst()).answers();
          done.accept("fold without row " + (char) ('A' + row));
          return answers;
        });
      }
    }
    return new AssayResult(assay, runs, SideBySide.run(folds, workers));
  }

  /** How many models {@link #run} trains. */
  static int trainings(int seeds) {
    return 4 * seeds + 8;
  }

  private static Run told(Run run, Consumer<String> done) {
    done.accept("seed %d, learnt from rows %s%s".formatted(run.seed(), run.learntFrom().rows(), run.decoy() ? ", with a decoy" : ""));
    return run;
  }

  private Run train(long seed, Half half, boolean decoy) throws IOException {
    Pixels pixels = assay.set().pixels();
    List<Sample> learnt = assay.controls(half);
    List<Sample> asked = assay.wells(half.other());
    if (decoy) {
      int[] from = pairing();
      pixels = new WithDecoy(pixels, DECOY_SHOWS, from);
      learnt = learnt.stream().map(s -> decoyed(s, from)).toList();
      asked = asked.stream().map(s -> decoyed(s, from)).toList();
    }
    Fitted fitted = fit(pixels, learnt, asked, seed);
    return new Run(seed, half, decoy, fitted.history(), fitted.shares(), fitted.answers(), fitted.importance());
  }

  private Sample decoyed(Sample sample, int[] from) {
    List<Moments> moments = new ArrayList<>(sample.moments());
    moments.add(assay.set().samples().get(from[sample.index()]).moments().get(DECOY_SHOWS));
    return new Sample(sample.index(), sample.plate(), sample.well(), sample.site(), sample.label(), moments);
  }

  /** For each sample another one of the same half, by a permutation without fixed points. */
  int[] pairing() {
    SplittableRandom random = new SplittableRandom(PAIRING);
    int[] from = new int[assay.set().samples().size()];
    for (Half half : Half.values()) {
      List<Sample> wells = assay.wells(half);
      // Sattolo's shuffle: one cycle through all wells, so none stays where it is.
      int[] cycle = wells.stream().mapToInt(Sample::index).toArray();
      for (int i = cycle.length - 1; i > 0; i--) {
        int j = random.nextInt(i);
        int swap = cycle[i];
        cycle[i] = cycle[j];
        cycle[j] = swap;
      }
      for (int i = 0; i < cycle.length; i++) {
        from[wells.get(i).index()] = cycle[i];
      }
    }
    return from;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Fitted(List<Epoch> history, double[] shares, Answers answers, double[] importance) {}

  private static Fitted fit(Pixels pixels, List<Sample> learnt, List<Sample> asked, long seed) throws IOException {
    int channels = pixels.channels();
    List<String> names = List.of("GFP", "DNA", "decoy").subList(0, channels);
    BatchMaker batches = new BatchMaker(pixels, Normalisation.of(names, learnt));
    try (NDManager manager = PyTorch.open(1, Compute.CPU)) {
      DcmixNet net = new DcmixNet(manager, channels, CLASSES, Blend.SOFTPLUS, Kind.MEDIUM.layers(1, Summary.LOG_MEAN), seed);
      Fitter fitter = new Fitter(manager, net, batches, channels, CLASSES, recipe(seed));
      List<Epoch> history = fitter.fit(learnt, List.of(), null, e -> {});
      double[] margins = margins(fitter.predictTurned(asked));
      List<Sample> positives = asked.stream().filter(s -> s.label() == Assay.POSITIVE).toList();
      double[] importance = positives.isEmpty() ? new double[channels] : new Attribution(fitter, channels).leaveOneOut(positives);
      return new Fitted(history, Blend.shares(net.weights()), new Answers(asked, margins), importance);
    }
  }

  private static double[] margins(List<float[]> logits) {
    return logits.stream().mapToDouble(z -> HitMargin.of(new double[] {z[0], z[1]}, Assay.POSITIVE)).toArray();
  }
}
