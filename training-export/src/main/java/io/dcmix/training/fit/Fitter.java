package io.dcmix.training.fit;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.optimizer.Optimizer;
import io.dcmix.training.data.BatchMaker;
import io.dcmix.training.data.BatchMaker.Batch;
import io.dcmix.training.data.LabelledSite;
import io.dcmix.training.net.DcmixNet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Fits a {@link DcmixNet} to labelled sites by Adam on the cross-entropy. */
public final class Fitter {
  /** Passes that measure the batch statistics anew after the last step: running means lag behind the weights. */
  private static final int RE_ESTIMATION_PASSES = 100;

  private static final int PREDICTION_BATCH = 16;

  private final NDManager manager;
  private final DcmixNet net;
  private final BatchMaker batches;
  private final FitOptions options;

  public Fitter(NDManager manager, DcmixNet net, BatchMaker batches, FitOptions options) {
    this.manager = manager;
    this.net = net;
    this.batches = batches;
    this.options = options;
  }

  /** Learning rate after a share of all steps, as a share of the highest: a short rise, then half a cosine. */
  static double schedule(double done) {
    double rise = 0.05;
    return done < rise ? 0.1 + 0.9 * done / rise : 0.02 + 0.98 * 0.5 * (1 + Math.cos(Math.PI * (done - rise) / (1 - rise)));
  }

  /**
   * Fits.
   *
   * @param sites the training sites
   * @param classes number of classes
   * @param listener told after every epoch
   */
  public void fit(List<LabelledSite> sites, int classes, Consumer<Epoch> listener) {
    SplittableRandom random = new SplittableRandom(options.seed() ^ 0x5DEECE66DL);
    double total = (double) options.epochs() * options.steps();
    Optimizer kernels = adam(1, options.weightDecay(), total);
    Optimizer blend = adam(options.blendRate(), 0, total);
    Loss crossEntropy = Loss.softmaxCrossEntropyLoss();
    for (int epoch = 1; epoch <= options.epochs(); epoch++) {
      double loss = 0;
      int right = 0;
      int seen = 0;
      for (List<LabelledSite> drawn : BatchMaker.balanced(sites, classes, options.batchSize(), options.steps(), random)) {
        Batch batch = batches.varied(drawn, options.augmentation(), dropRates(), random);
        try (NDManager step = manager.newSubManager()) {
          try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray logits = net.forward(pixels(step, batch), true);
            NDArray error = crossEntropy.evaluate(new NDList(step.create(batch.labels())), new NDList(logits));
            collector.backward(error);
            loss += error.getFloat();
            right += right(logits, batch);
            seen += batch.size();
          }
          for (Map.Entry<String, NDArray> p : net.trainable().entrySet()) {
            try (NDArray gradient = p.getValue().getGradient()) {
              (p.getKey().equals(DcmixNet.THETA) ? blend : kernels).update(p.getKey(), p.getValue(), gradient);
            }
          }
        }
      }
      listener.accept(new Epoch(epoch, loss / options.steps(), (double) right / seen, net.weights()));
    }
    for (List<LabelledSite> drawn
        : BatchMaker.balanced(sites, classes, options.batchSize(), RE_ESTIMATION_PASSES, random)) {
      try (NDManager step = manager.newSubManager()) {
        net.forward(pixels(step, batches.varied(drawn, options.augmentation(), dropRates(), random)), true);
      }
    }
  }

  /**
   * How often each channel is the one left out: half evenly, half by its weight, so that the network cannot lean on the
   * strongest channel alone while another one shows the same.
   */
  private float[] dropRates() {
    float[] rates = net.weights();
    float sum = 0;
    for (float w : rates) {
      sum += w;
    }
    for (int c = 0; c < rates.length; c++) {
      rates[c] = 0.5f * rates[c] / sum + 0.5f / rates.length;
    }
    return rates;
  }

  private Optimizer adam(double factor, double decay, double total) {
    return Adam.builder()
        .optLearningRateTracker((id, update) -> (float) (options.learningRate() * factor * schedule(Math.min(1, update / total))))
        .optWeightDecays((float) decay)
        .build();
  }

  private static NDArray pixels(NDManager manager, Batch batch) {
    int channels = batch.pixels().length / (batch.size() * batch.height() * batch.width());
    return manager.create(batch.pixels(), new Shape(batch.size(), channels, batch.height(), batch.width()));
  }

  private static int right(NDArray logits, Batch batch) {
    float[] values = logits.toFloatArray();
    int classes = values.length / batch.size();
    int right = 0;
    for (int b = 0; b < batch.size(); b++) {
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = values[b * classes + k] > values[b * classes + best] ? k : best;
      }
      right += best == batch.labels()[b] ? 1 : 0;
    }
    return right;
  }

  /**
   * Logits of whole sites, as the exported model computes them.
   *
   * @return one array of K logits per site
   */
  public List<float[]> predict(List<LabelledSite> sites) {
    List<float[]> all = new ArrayList<>();
    for (int from = 0; from < sites.size(); from += PREDICTION_BATCH) {
      List<LabelledSite> part = sites.subList(from, Math.min(from + PREDICTION_BATCH, sites.size()));
      try (NDManager step = manager.newSubManager()) {
        float[] logits = net.forward(pixels(step, batches.plain(part)), false).toFloatArray();
        int classes = logits.length / part.size();
        for (int i = 0; i < part.size(); i++) {
          all.add(Arrays.copyOfRange(logits, i * classes, (i + 1) * classes));
        }
      }
    }
    return all;
  }
}
