package io.dcmix.training.fit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dcmix.training.fit.Objective.Loss;
import io.dcmix.training.net.Network;

/** The losses of {@link Objective}, on the gradient's tape and on plain numbers. */
final class Losses {
  private Losses() {}

  /**
   * Mean over a batch, plus the sparsity's part.
   *
   * @param logits [B, K]
   * @param classWeights how much a sample of each class counts
   */
  static NDArray of(NDArray logits, int[] labels, float[] classWeights, Objective objective, Network net) {
    NDManager manager = logits.getManager();
    int classes = classWeights.length;
    float[] hot = new float[labels.length * classes];
    float[] counts = new float[labels.length];
    for (int b = 0; b < labels.length; b++) {
      hot[b * classes + labels[b]] = 1;
      counts[b] = classWeights[labels[b]] / labels.length;
    }
    NDArray target = manager.create(hot, new Shape(labels.length, classes));
    NDArray each = switch (objective.loss()) {
      case CROSS_ENTROPY -> logits.logSoftmax(1).mul(target).sum(new int[] {1}).neg();
      case MARGIN -> logits.sub(logits.mean(new int[] {1}, true)).sub(target.sub(1f / classes)).square().sum(new int[] {1}).mul(2);
    };
    NDArray loss = each.mul(manager.create(counts)).sum();
    NDArray weights = objective.sparsity() > 0 ? net.weightsOnTape() : null;
    return weights == null ? loss : loss.add(entropy(weights).mul((float) objective.sparsity()));
  }

  /** Entropy of the shares over ln C: 1 when all are equal, 0 when one channel is all. */
  private static NDArray entropy(NDArray weights) {
    NDArray shares = weights.div(weights.sum());
    return shares.mul(shares.add(1e-12f).log()).sum().neg().div((float) Math.log((double) Math.max(2, weights.size())));
  }

  /** The loss of one sample, without the sparsity's part. */
  static double of(float[] logits, int label, Loss loss) {
    double mean = 0;
    double largest = Double.NEGATIVE_INFINITY;
    for (float z : logits) {
      mean += z / (double) logits.length;
      largest = Math.max(largest, z);
    }
    double sum = 0;
    for (int k = 0; k < logits.length; k++) {
      double target = (k == label ? 1 : 0) - 1.0 / logits.length;
      sum += loss == Loss.MARGIN ? 2 * Math.pow(logits[k] - mean - target, 2) : Math.exp(logits[k] - largest);
    }
    return loss == Loss.MARGIN ? sum : largest + Math.log(sum) - logits[label];
  }
}
