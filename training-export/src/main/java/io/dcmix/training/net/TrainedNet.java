package io.dcmix.training.net;

import java.util.Map;

/**
 * A trained DCMIX network as plain numbers, ready to be written down.
 *
 * @param weights effective blend weight per channel, 0 or more
 * @param backbone the layers
 * @param values numbers by parameter, row-major: {@code layer0.kernel} [out, in, k, k], {@code .gamma}, {@code .beta},
 *     {@code .mean}, {@code .variance} [out]; {@code head} [K, features]; {@code bias} [K]
 */
@SuppressWarnings("ArrayRecordComponent")
public record TrainedNet(float[] weights, Backbone backbone, Map<String, float[]> values) {
  /** The numbers as they are now. */
  public static TrainedNet of(DcmixNet net, Backbone backbone) {
    return new TrainedNet(net.weights(), backbone, net.parameters().values());
  }

  /** Numbers of a parameter. */
  public float[] get(String name) {
    float[] found = values.get(name);
    if (found == null) {
      throw new IllegalStateException("The network has no parameter " + name);
    }
    return found;
  }

  /** Numbers that were learnt or measured, the blend's included. */
  public int parameters() {
    return values.values().stream().mapToInt(v -> v.length).sum();
  }
}
