package io.dcmix.training.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.dcmix.training.data.Sample;
import io.dcmix.training.fit.Objective.Balance;
import io.dcmix.training.fit.Objective.Loss;
import io.dcmix.training.net.Backbone;
import io.dcmix.training.net.Blend;
import io.dcmix.training.net.DcmixNet;
import io.dcmix.training.net.PyTorch;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final float[] EVEN = {1, 1};

  /** The loss of a batch on PyTorch, with blend weights that follow from θ. */
  private static double loss(Objective objective, float[] classWeights, float[] theta, int[] labels, float... logits) {
    try (NDManager manager = PyTorch.open(1, PyTorch.Compute.CPU)) {
      DcmixNet net = new DcmixNet(manager, theta.length, classWeights.length, Blend.SOFTMAX,
          Backbone.Kind.SMALL.layers(1, Backbone.Summary.MEAN), 1);
      Map<String, float[]> values = net.parameters().values();
      values.put(DcmixNet.THETA, theta);
      net.parameters().restore(values);
      return Losses.of(manager.create(logits, new Shape(labels.length, classWeights.length)), labels, classWeights, objective, net).getFloat();
    }
  }

  private static Objective of(Loss loss, double sparsity) {
    return new Objective(loss, Balance.NONE, sparsity);
  }

  @Test
  void crossEntropyIsMinusTheLogProbabilityAndARareClassCountsMore() {
    // −log of 1 / (1 + e) and of 1 / (1 + e^−2), which is log(1 + e^1) and log(1 + e^−2).
    double first = Math.log(1 + Math.E);
    double second = Math.log(1 + Math.exp(-2));
    float[] theta = {0, 0};
    assertThat(loss(of(Loss.CROSS_ENTROPY, 0), EVEN, theta, new int[] {0, 1}, 0, 1, 0, 2)).isCloseTo((first + second) / 2, within(1e-6));
    assertThat(loss(of(Loss.CROSS_ENTROPY, 0), new float[] {3, 0.5f}, theta, new int[] {0, 1}, 0, 1, 0, 2))
        .isCloseTo((3 * first + 0.5 * second) / 2, within(1e-6));
    assertThat(Losses.of(new float[] {0, 1}, 0, Loss.CROSS_ENTROPY)).isCloseTo(first, within(1e-6));
  }

  @Test
  void theMarginLossOfTwoClassesIsTheSquareOfWhatTheMarginLacksOfOne() {
    float[] theta = {0, 0};
    // Margins 0.25 and 3, wanted −1 and 1: 1.25² and 2².
    assertThat(loss(of(Loss.MARGIN, 0), EVEN, theta, new int[] {0, 1}, 5, 5.25f, -1, 2)).isCloseTo((1.5625 + 4) / 2, within(1e-5));
    assertThat(Losses.of(new float[] {5, 5.25f}, 0, Loss.MARGIN)).isCloseTo(1.5625, within(1e-6));
    // Three classes: z − mean = (1, 0, −1), wanted (2/3, −1/3, −1/3).
    assertThat(Losses.of(new float[] {4, 3, 2}, 0, Loss.MARGIN)).isCloseTo(2 * (1 / 9.0 + 1 / 9.0 + 4 / 9.0), within(1e-6));
  }

  @Test
  void sparsityCostsAllForEqualSharesAndNothingForOneChannel() {
    double plain = loss(of(Loss.CROSS_ENTROPY, 0), EVEN, new float[] {0, 0, 0}, new int[] {1}, 0, 2);
    assertThat(loss(of(Loss.CROSS_ENTROPY, 0.5), EVEN, new float[] {0, 0, 0}, new int[] {1}, 0, 2) - plain).isCloseTo(0.5, within(1e-5));
    assertThat(loss(of(Loss.CROSS_ENTROPY, 0.5), EVEN, new float[] {40, 0, 0}, new int[] {1}, 0, 2) - plain).isCloseTo(0, within(1e-5));
    // Shares 3/4 and 1/4: entropy 0.5623 over ln 2.
    assertThat(loss(of(Loss.CROSS_ENTROPY, 1), EVEN, new float[] {(float) Math.log(3), 0}, new int[] {1}, 0, 2) - plain)
        .isCloseTo(0.8113, within(1e-4));
  }

  @Test
  void classWeightsMakeEveryClassCountAlikeInAll() {
    List<Sample> samples = IntStream.range(0, 12).mapToObj(i -> new Sample(i, "P1", "A" + i, 1, i < 9 ? 0 : 1, List.of())).toList();
    // n / (K · n_k): 12 / (2 · 9) and 12 / (2 · 3).
    assertThat(Fitter.classWeights(samples, 2, Balance.WEIGHTS)).containsExactly(12 / 18f, 2);
    assertThat(Fitter.classWeights(samples, 2, Balance.BATCHES)).containsExactly(1, 1);
  }
}
