package io.dcmix.training.fit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.dcmix.training.net.DcmixNet;
import io.dcmix.training.net.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adam (Kingma, Ba 2015, arXiv 1412.6980) with decoupled weight decay (Loshchilov, Hutter 2019, arXiv 1711.05101), by PyTorch's
 * own step. DJL's optimiser keeps its moments to itself, and a training
 * that is to resume must write them down.
 */
final class Adam {
  private static final float BETA_1 = 0.9f;
  private static final float BETA_2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final Parameters parameters;
  private final Schedule schedule;
  private final Map<String, NDArray> means = new LinkedHashMap<>();
  private final Map<String, NDArray> variances = new LinkedHashMap<>();
  private int steps;

  Adam(Parameters parameters, Schedule schedule) {
    this.parameters = parameters;
    this.schedule = schedule;
    parameters.learnt().forEach((name, array) -> {
      means.put(name, array.getManager().zeros(array.getShape()));
      variances.put(name, array.getManager().zeros(array.getShape()));
    });
  }

  /** One step along the gradients, which are then 0. */
  void step() {
    steps++;
    double done = steps / ((double) schedule.epochs() * schedule.steps());
    double rate = schedule.learningRate() * Schedule.rate(Math.min(1, done));
    double corrected = rate * Math.sqrt(1 - Math.pow(BETA_2, steps)) / (1 - Math.pow(BETA_1, steps));
    parameters.learnt().forEach((name, array) -> {
      boolean blend = name.equals(DcmixNet.THETA);
      try (NDArray gradient = array.getGradient()) {
        array.getNDArrayInternal().adamUpdate(
            new NDList(array, gradient, find(means, name), find(variances, name)), new NDList(array),
            (float) (blend ? schedule.blendRate() * rate : rate), (float) (blend ? schedule.blendRate() * corrected : corrected),
            (float) (blend ? 0 : schedule.weightDecay()), 1, -1, BETA_1, BETA_2, EPSILON, true, true);
      }
    });
  }

  int steps() {
    return steps;
  }

  /** Both moments by name: {@code mean:} and {@code variance:}. */
  Map<String, float[]> moments() {
    Map<String, float[]> moments = new LinkedHashMap<>();
    means.forEach((name, array) -> moments.put("mean:" + name, array.toFloatArray()));
    variances.forEach((name, array) -> moments.put("variance:" + name, array.toFloatArray()));
    return moments;
  }

  void restore(int stepsDone, Map<String, float[]> moments) {
    steps = stepsDone;
    means.replaceAll((name, old) -> like("mean:" + name, old, moments));
    variances.replaceAll((name, old) -> like("variance:" + name, old, moments));
  }

  private static NDArray like(String name, NDArray old, Map<String, float[]> moments) {
    float[] numbers = moments.get(name);
    if (numbers == null || numbers.length != old.size()) {
      throw new IllegalArgumentException("The checkpoint has no moment " + name + " of this size");
    }
    NDArray array = old.getManager().create(numbers, old.getShape());
    old.close();
    return array;
  }

  private static NDArray find(Map<String, NDArray> arrays, String name) {
    NDArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalStateException("No moments of " + name);
    }
    return array;
  }
}
