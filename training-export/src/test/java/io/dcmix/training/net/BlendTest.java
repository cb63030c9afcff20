package io.dcmix.training.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlendTest {
  @ParameterizedTest
  @EnumSource(Blend.class)
  void allChannelsStartEqualWhateverTheirNumber(Blend blend) {
    for (int channels : new int[] {1, 2, 6, 64}) {
      double expected = switch (blend) {
        case SOFTPLUS, RELU -> 1;
        case SOFTMAX -> 1.0 / channels;
        case OVER -> 1.0 / (channels + 1);
      };
      assertThat(weights(blend, blend.start(channels))).hasSize(channels).allSatisfy(w -> assertThat(w).isCloseTo(expected, within(1e-6)));
    }
  }

  @Property(tries = 100)
  void overIsAWeightedBlendWithTheWeightsThatItsAlphasSay(@ForAll @Size(min = 1, max = 8) List<@DoubleRange(min = -6, max = 6) Double> thetas) {
    double[] theta = thetas.stream().mapToDouble(t -> t).toArray();
    List<Double> w = weights(Blend.OVER, floats(theta));
    // Porter and Duff, one layer after the other from the bottom: colour = a·layer + (1 − a)·below.
    double[] colours = new double[theta.length];
    for (int layer = 0; layer < theta.length; layer++) {
      colours[layer] = 1 + 0.37 * layer * layer;
    }
    double below = 0;
    for (int i = theta.length - 1; i >= 0; i--) {
      double a = 1 / (1 + Math.exp(-theta[i]));
      below = a * colours[i] + (1 - a) * below;
    }
    double blended = 0;
    double sum = 0;
    for (int i = 0; i < w.size(); i++) {
      blended += w.get(i) * colours[i];
      sum += w.get(i);
    }
    assertThat(blended).isCloseTo(below, within(1e-4));
    assertThat(sum).isLessThanOrEqualTo(1 + 1e-5);
  }

  @Property(tries = 100)
  void everyWeightedBlendWithASumBelowOneIsAnOver(@ForAll @Size(min = 1, max = 6) List<@DoubleRange(min = 0.01, max = 1) Double> raws) {
    double[] raw = raws.stream().mapToDouble(w -> w).toArray();
    double scale = 0.9 / DoubleStream.of(raw).sum();
    double[] wanted = DoubleStream.of(raw).map(w -> w * scale).toArray();
    float[] theta = floats(DoubleStream.of(Blend.alphas(wanted)).map(a -> Math.log(a / (1 - a))).toArray());
    List<Double> w = weights(Blend.OVER, theta);
    for (int i = 0; i < w.size(); i++) {
      assertThat(w.get(i)).isCloseTo(wanted[i], within(1e-5));
    }
  }

  @Test
  void weightsThatSumToMoreThanOneAreNoOver() {
    assertThatThrownBy(() -> Blend.alphas(new double[] {0.7, 0.6})).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noBlendGivesANegativeWeight() {
    for (Blend blend : Blend.values()) {
      assertThat(weights(blend, new float[] {-30, 5, 0, -1})).allSatisfy(w -> assertThat(w).isNotNegative());
    }
    assertThat(Blend.shares(new float[] {1, 3})).containsExactly(0.25, 0.75);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static List<Double> weights(Blend blend, float[] theta) {
    try (NDManager manager = PyTorch.open(1, PyTorch.Compute.CPU)) {
      float[] w = blend.weights(manager.create(theta)).toFloatArray();
      return IntStream.range(0, w.length).mapToObj(i -> (double) w[i]).toList();
    }
  }
}
