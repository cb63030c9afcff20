package io.dcmix.training.net;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** The numbers of a network by name, in a fixed order: those that are learnt, and the statistics that are measured beside. */
public final class Parameters {
  private final NDManager manager;
  private final SplittableRandom random;
  private final Map<String, NDArray> learnt = new LinkedHashMap<>();
  private final Map<String, NDArray> measured = new LinkedHashMap<>();

  Parameters(NDManager manager, long seed) {
    this.manager = manager;
    random = new SplittableRandom(seed);
  }

  void learn(String name, float[] start, long... shape) {
    NDArray array = manager.create(start, new Shape(shape));
    array.setRequiresGradient(true);
    learnt.put(name, array);
  }

  void learnConstant(String name, float value, int size) {
    float[] start = new float[size];
    Arrays.fill(start, value);
    learn(name, start, size);
  }

  void learnGaussian(String name, double sd, long... shape) {
    float[] values = new float[Math.toIntExact(new Shape(shape).size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (sd * random.nextGaussian());
    }
    learn(name, values, shape);
  }

  void measure(String name, float start, int size) {
    measured.put(name, manager.full(new Shape(size), start));
  }

  /** What an optimiser moves. */
  public Map<String, NDArray> learnt() {
    return learnt;
  }

  NDArray get(String name) {
    NDArray array = learnt.containsKey(name) ? learnt.get(name) : measured.get(name);
    if (array == null) {
      throw new IllegalStateException("The network has no parameter " + name);
    }
    return array;
  }

  /** Numbers that are learnt or measured. */
  public int count() {
    long n = 0;
    for (NDArray array : learnt.values()) {
      n += array.size();
    }
    for (NDArray array : measured.values()) {
      n += array.size();
    }
    return Math.toIntExact(n);
  }

  /** A copy of all numbers, row-major, by name. */
  public Map<String, float[]> values() {
    Map<String, float[]> values = new LinkedHashMap<>();
    learnt.forEach((name, array) -> values.put(name, array.toFloatArray()));
    measured.forEach((name, array) -> values.put(name, array.toFloatArray()));
    return values;
  }

  /**
   * Takes over numbers that {@link #values()} gave.
   *
   * @throws IllegalArgumentException if a name is missing or a size differs
   */
  public void restore(Map<String, float[]> values) {
    learnt.replaceAll((name, old) -> {
      NDArray array = like(name, old, values);
      array.setRequiresGradient(true);
      old.close();
      return array;
    });
    measured.replaceAll((name, old) -> {
      NDArray array = like(name, old, values);
      old.close();
      return array;
    });
  }

  private NDArray like(String name, NDArray old, Map<String, float[]> values) {
    float[] numbers = values.get(name);
    if (numbers == null || numbers.length != old.size()) {
      throw new IllegalArgumentException("Parameter %s has %d numbers here and %s there"
          .formatted(name, old.size(), numbers == null ? "none" : Integer.toString(numbers.length)));
    }
    return manager.create(numbers, old.getShape());
  }
}
