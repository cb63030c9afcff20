package io.dcmix.training.fit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.dcmix.training.data.Augmentation.Dropped;
import io.dcmix.training.data.BatchMaker;
import io.dcmix.training.data.BatchMaker.Batch;
import io.dcmix.training.data.Order;
import io.dcmix.training.data.Sample;
import io.dcmix.training.fit.Objective.Balance;
import io.dcmix.training.net.Blend;
import io.dcmix.training.net.Mode;
import io.dcmix.training.net.Network;
import io.dcmix.training.net.PyTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Fits a {@link Network} to labelled samples. Belongs to the thread that opened the manager. */
public final class Fitter {
  /** Passes that measure the batch statistics anew after the last step: running means lag behind the weights. */
  private static final int MEASURING_PASSES = 100;

  private static final int PREDICTION_BATCH = 16;

  private final NDManager manager;
  private final Network net;
  private final BatchMaker batches;
  private final FitOptions options;
  private final int classes;
  private final int channels;

  /**
   * A fitter of a fresh network.
   *
   * @param manager of the network's numbers
   * @param channels of the samples
   * @param classes number of classes
   */
  public Fitter(NDManager manager, Network net, BatchMaker batches, int channels, int classes, FitOptions options) {
    this.manager = manager;
    this.net = net;
    this.batches = batches;
    this.channels = channels;
    this.classes = classes;
    this.options = options;
  }

  /**
   * Where a fit leaves its checkpoints.
   *
   * @param file written after every epoch
   * @param fingerprint of options and data
   * @param resume whether to go on from the file when it is there
   */
  public record Checkpoints(Path file, String fingerprint, boolean resume) {}

  /**
   * Fits.
   *
   * @param training to learn from
   * @param validation to measure on after every epoch; may be empty
   * @param checkpoints null writes none
   * @param listener told after every epoch, and of those that a checkpoint brings
   * @return all epochs
   * @throws IOException if a checkpoint cannot be read or written
   */
  public List<Epoch> fit(
      List<Sample> training, List<Sample> validation, @Nullable Checkpoints checkpoints, Consumer<Epoch> listener) throws IOException {
    Schedule schedule = options.schedule();
    Adam adam = new Adam(net.parameters(), schedule);
    List<Epoch> history = new ArrayList<>();
    double best = Double.POSITIVE_INFINITY;
    Map<String, float[]> bestParameters = Map.of();
    if (checkpoints != null && checkpoints.resume() && Files.exists(checkpoints.file())) {
      Checkpoint from = Checkpoint.read(checkpoints.file(), checkpoints.fingerprint());
      net.parameters().restore(from.parameters());
      adam.restore(from.steps(), from.moments());
      history.addAll(from.history());
      history.forEach(listener);
      best = from.bestLoss();
      bestParameters = from.bestParameters();
    }
    float[] classWeights = classWeights(training, classes, options.objective().balance());
    while (history.size() < schedule.epochs() && !stalled(history, schedule.patience())) {
      Epoch epoch = epoch(history.size() + 1, training, validation, classWeights, adam);
      history.add(epoch);
      if (schedule.patience() > 0 && epoch.validationLoss() < best) {
        best = epoch.validationLoss();
        bestParameters = net.parameters().values();
      }
      if (checkpoints != null) {
        new Checkpoint(checkpoints.fingerprint(), history, net.parameters().values(), adam.steps(), adam.moments(), best, bestParameters)
            .write(checkpoints.file());
      }
      listener.accept(epoch);
    }
    if (!bestParameters.isEmpty()) {
      net.parameters().restore(bestParameters);
    }
    measure(training);
    return history;
  }

  /** Whether the best epoch lies {@code patience} epochs back. */
  private static boolean stalled(List<Epoch> history, int patience) {
    if (patience == 0 || history.isEmpty() || Double.isNaN(history.getLast().validationLoss())) {
      return false;
    }
    int best = 0;
    for (int i = 1; i < history.size(); i++) {
      best = history.get(i).validationLoss() < history.get(best).validationLoss() ? i : best;
    }
    return history.size() - 1 - best >= patience;
  }

  /** Everything random in a part of the fit follows from the seed and the part, so that a fit can go on from any epoch. */
  private SplittableRandom random(int part) {
    return new SplittableRandom(new SplittableRandom(options.seed() ^ 0x5DEECE66DL).nextLong() + 0x9E3779B97F4A7C15L * part);
  }

  private List<List<Sample>> order(List<Sample> samples, int steps, SplittableRandom random) {
    int size = options.schedule().batchSize();
    return options.objective().balance() == Balance.BATCHES
        ? Order.balanced(samples, classes, size, steps, random)
        : Order.shuffled(samples, size, steps, random);
  }

  private Epoch epoch(int number, List<Sample> training, List<Sample> validation, float[] classWeights, Adam adam) {
    long start = System.nanoTime();
    SplittableRandom random = random(number);
    double loss = 0;
    int right = 0;
    int seen = 0;
    for (List<Sample> drawn : order(training, options.schedule().steps(), random)) {
      Batch batch = batches.varied(drawn, options.augmentation(), dropRates(), random);
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        NDArray[] logits = new NDArray[1];
        NDArray error = PyTorch.backward(() -> {
          logits[0] = net.forward(pixels(batch), Mode.TRAIN);
          return Losses.of(logits[0], batch.labels(), classWeights, options.objective(), net);
        });
        adam.step();
        loss += error.getFloat();
        right += right(logits[0].toFloatArray(), batch.labels(), classes);
        seen += batch.size();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double validationLoss = Double.NaN;
    double validationAccuracy = Double.NaN;
    if (!validation.isEmpty()) {
      double sum = 0;
      int called = 0;
      for (Prediction p : predictions(validation, null)) {
        sum += Losses.of(p.logits(), p.label(), options.objective().loss());
        called += right(p.logits(), new int[] {p.label()}, classes);
      }
      validationLoss = sum / validation.size();
      validationAccuracy = (double) called / validation.size();
    }
    return new Epoch(number, loss / options.schedule().steps(), (double) right / seen, validationLoss, validationAccuracy,
        net.weights(), seconds);
  }

  /** Batch statistics as the mean over fresh batches. */
  private void measure(List<Sample> training) {
    SplittableRandom random = random(0);
    int pass = 0;
    for (List<Sample> drawn : order(training, MEASURING_PASSES, random)) {
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        net.forward(pixels(batches.varied(drawn, options.augmentation(), dropRates(), random)), Mode.measure(pass++));
      }
    }
  }

  /** How much a sample of each class counts. */
  static float[] classWeights(List<Sample> training, int classes, Balance balance) {
    float[] weights = new float[classes];
    Arrays.fill(weights, 1);
    if (balance == Balance.WEIGHTS) {
      int[] counts = new int[classes];
      training.forEach(s -> counts[s.label()]++);
      for (int k = 0; k < classes; k++) {
        weights[k] = (float) training.size() / (classes * Math.max(1, counts[k]));
      }
    }
    return weights;
  }

  /** How often each channel is the one left out, relative to the others. */
  private float[] dropRates() {
    float[] rates = new float[channels];
    float[] weights = options.augmentation().drop() > 0 ? net.weights() : null;
    Arrays.fill(rates, 1);
    if (weights != null) {
      double[] shares = Blend.shares(weights);
      int strongest = 0;
      for (int c = 0; c < channels; c++) {
        rates[c] = options.augmentation().dropped() == Dropped.ANY ? (float) (0.5 * shares[c] + 0.5 / channels) : 1;
        strongest = shares[c] > shares[strongest] ? c : strongest;
      }
      rates[strongest] = options.augmentation().dropped() == Dropped.WEAKER && channels > 1 ? 0 : rates[strongest];
    }
    return rates;
  }

  private NDArray pixels(Batch batch) {
    return manager.create(batch.pixels(), new Shape(batch.size(), channels, batch.height(), batch.width()));
  }

  /** How many rows of logits, [B, K], are largest at their label. */
  static int right(float[] logits, int[] labels, int classes) {
    int right = 0;
    for (int b = 0; b < labels.length; b++) {
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = logits[b * classes + k] > logits[b * classes + best] ? k : best;
      }
      right += best == labels[b] ? 1 : 0;
    }
    return right;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Prediction(int label, float[] logits) {}

  private List<Prediction> predictions(List<Sample> samples, float @Nullable [] mask) {
    List<Prediction> all = new ArrayList<>();
    for (int from = 0; from < samples.size(); from += PREDICTION_BATCH) {
      List<Sample> part = samples.subList(from, Math.min(from + PREDICTION_BATCH, samples.size()));
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        NDArray images = pixels(batches.plain(part));
        if (mask != null) {
          images = images.mul(manager.create(mask, new Shape(1, channels, 1, 1)));
        }
        float[] logits = net.forward(images, Mode.PREDICT).toFloatArray();
        for (int i = 0; i < part.size(); i++) {
          all.add(new Prediction(part.get(i).label(), Arrays.copyOfRange(logits, i * classes, (i + 1) * classes)));
        }
      }
    }
    return all;
  }

  /**
   * Logits of whole samples, as the exported model computes them.
   *
   * @return one array of K logits per sample
   */
  public List<float[]> predict(List<Sample> samples) {
    return predictions(samples, null).stream().map(Prediction::logits).toList();
  }

  /**
   * The same with some channels replaced by their mean.
   *
   * @param mask [C], 1 keeps a channel and 0 takes it out
   */
  public List<float[]> predict(List<Sample> samples, float[] mask) {
    return predictions(samples, Objects.requireNonNull(mask)).stream().map(Prediction::logits).toList();
  }

  /**
   * Mean logits over the eight ways to turn and mirror each sample; images must be square. Place and direction mean nothing
   * under a microscope, and a network that learnt from few wells has not quite understood that.
   *
   * @return one array of K logits per sample
   */
  public List<float[]> predictTurned(List<Sample> samples) {
    List<float[]> all = new ArrayList<>();
    for (Sample sample : samples) {
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        NDArray upright = pixels(batches.plain(List.of(sample)));
        NDArray swapped = upright.transpose(0, 1, 3, 2);
        NDList views = new NDList();
        for (NDArray image : List.of(upright, swapped)) {
          views.add(image);
          views.add(image.flip(2));
          views.add(image.flip(3));
          views.add(image.flip(2).flip(3));
        }
        all.add(net.forward(NDArrays.concat(views), Mode.PREDICT).mean(new int[] {0}).toFloatArray());
      }
    }
    return all;
  }
}
