package io.dcmix.training.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AttentionNetTest {
  @Test
  void attentionSumsToOneAndMovesWithItsChannelWhileTheCallStays() {
    try (NDManager manager = PyTorch.open(1, PyTorch.Compute.CPU)) {
      AttentionNet net = new AttentionNet(manager, 3, 2, Backbone.Kind.SMALL.layers(1, Backbone.Summary.MEAN), 5);
      NDArray pixels = noise(manager, 4, 3, 16);
      NDArray moved = NDArrays.concat(new NDList(pixels.get(":,2:3"), pixels.get(":,0:1"), pixels.get(":,1:2")), 1);
      float[] attention = net.attention(pixels, Mode.PREDICT).toFloatArray();
      float[] movedAttention = net.attention(moved, Mode.PREDICT).toFloatArray();
      for (int b = 0; b < 4; b++) {
        assertThat(attention[3 * b] + attention[3 * b + 1] + attention[3 * b + 2]).isCloseTo(1, within(1e-5f));
        for (int c = 0; c < 3; c++) {
          assertThat(movedAttention[3 * b + (c + 1) % 3]).isCloseTo(attention[3 * b + c], within(1e-5f));
        }
      }
      float[] logits = net.forward(pixels, Mode.PREDICT).toFloatArray();
      float[] movedLogits = net.forward(moved, Mode.PREDICT).toFloatArray();
      for (int i = 0; i < logits.length; i++) {
        assertThat(movedLogits[i]).isCloseTo(logits[i], within(1e-4f));
      }
    }
  }

  @Test
  void freshStatisticsAreTheMeanOverThePasses() {
    try (NDManager manager = PyTorch.open(1, PyTorch.Compute.CPU)) {
      PlainNet net = new PlainNet(manager, 2, Backbone.Kind.SMALL.layers(1, Backbone.Summary.MEAN), 5);
      double[] wanted = new double[12];
      for (int pass = 0; pass < 3; pass++) {
        NDArray pixels = noise(manager, 2 + pass, 1, 16).mul(1 + pass);
        // One pass alone gives that batch's own statistics.
        net.forward(pixels, Mode.measure(0));
        float[] alone = net.parameters().get("layer0.mean").toFloatArray();
        for (int c = 0; c < 12; c++) {
          wanted[c] += alone[c] / 3;
        }
      }
      for (int pass = 0; pass < 3; pass++) {
        net.forward(noise(manager, 2 + pass, 1, 16).mul(1 + pass), Mode.measure(pass));
      }
      float[] mean = net.parameters().get("layer0.mean").toFloatArray();
      for (int c = 0; c < 12; c++) {
        assertThat((double) mean[c]).isCloseTo(wanted[c], within(1e-5));
      }
    }
  }

  private static NDArray noise(NDManager manager, int images, int channels, int side) {
    float[] values = new float[images * channels * side * side];
    SplittableRandom random = new SplittableRandom(images);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return manager.create(values, new Shape(images, channels, side, side));
  }
}
