package io.dcmix.training.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import io.dcmix.training.benchmark.DigitsResult.NetworkRun;
import io.dcmix.training.benchmark.DigitsResult.SeedResult;
import io.dcmix.training.data.Augmentation;
import io.dcmix.training.data.Augmentation.Dropped;
import io.dcmix.training.data.BatchMaker;
import io.dcmix.training.data.MnistFiles;
import io.dcmix.training.data.Normalisation;
import io.dcmix.training.data.OneChannel;
import io.dcmix.training.data.Pixels;
import io.dcmix.training.data.Sample;
import io.dcmix.training.fit.Epoch;
import io.dcmix.training.fit.FitOptions;
import io.dcmix.training.fit.Fitter;
import io.dcmix.training.fit.Objective;
import io.dcmix.training.fit.Schedule;
import io.dcmix.training.net.AttentionNet;
import io.dcmix.training.net.Backbone;
import io.dcmix.training.net.Backbone.Summary;
import io.dcmix.training.net.Blend;
import io.dcmix.training.net.DcmixNet;
import io.dcmix.training.net.Mode;
import io.dcmix.training.net.Network;
import io.dcmix.training.net.PlainNet;
import io.dcmix.training.net.PyTorch;
import io.dcmix.training.net.PyTorch.Compute;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Trains the same small backbone behind every way of reading six channels, on digits whose channel importance is planted, and
 * asks every importance method for its ranking.
 *
 * @param data the digits
 * @param size how much of them is used
 */
record DigitsBenchmark(MnistFiles data, Size size) {
  private static final int CLASSES = 10;
  private static final int CHANNELS = SixChannelDigits.KINDS.size();
  private static final int BATCH = 50;

  /** A tenth of the images lack one channel, as in the product: else the clearest channel alone settles every digit. */
  static final double DROP = 0.1;

  /**
   * How long the benchmark takes.
   *
   * @param training images
   * @param test images
   * @param epochs passes over them
   * @param attributed test images that leave-one-out and Shapley look at
   */
  record Size(int training, int test, int epochs, int attributed) {
    static final Size QUICK = new Size(10_000, 10_000, 5, 400);
    static final Size FULL = new Size(60_000, 10_000, 8, 2_000);
  }

  /** Trains all networks for all seeds, {@code workers} at a time with one thread each; equal seeds give equal results. */
  List<SeedResult> run(List<Long> seeds, int workers, Consumer<String> done) throws IOException {
    Map<Long, Map<String, NetworkRun>> runs = new ConcurrentHashMap<>();
    Map<Long, Map<String, double[]>> importance = new ConcurrentHashMap<>();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (long seed : seeds) {
      runs.put(seed, new ConcurrentHashMap<>());
      importance.put(seed, new ConcurrentHashMap<>());
    }
    // The longest first, so that no worker is left with a long one at the end.
    List<String> networks = new ArrayList<>(List.of("attention", "dcmix", "plain"));
    IntStream.range(0, CHANNELS).forEach(c -> networks.add("single-" + c));
    for (String network : networks) {
      for (long seed : seeds) {
        tasks.add(() -> {
          NetworkRun run = train(network, seed, found(importance, seed));
          found(runs, seed).put(run.name(), run);
          done.accept("seed %d %s".formatted(seed, run.name()));
          return null;
        });
      }
    }
    SideBySide.run(tasks, workers);
    return seeds.stream()
        .map(seed -> new SeedResult(seed, names(seed), sorted(found(runs, seed)), Collections.unmodifiableMap(found(importance, seed))))
        .toList();
  }

  private static List<NetworkRun> sorted(Map<String, NetworkRun> runs) {
    List<NetworkRun> sorted = new ArrayList<>();
    for (String name : DigitsResult.NETWORKS) {
      sorted.add(found(runs, name));
    }
    return sorted;
  }

  private static <K, V> V found(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("Nothing for " + key);
    }
    return value;
  }

  /** Names of the channels of a seed, in their order. */
  private static List<String> names(long seed) {
    return SixChannelDigits.order(seed).stream().map(SixChannelDigits.KINDS::get).toList();
  }

  private NetworkRun train(String name, long seed, Map<String, double[]> importance) throws IOException {
    List<Integer> order = SixChannelDigits.order(seed);
    SixChannelDigits training = new SixChannelDigits(data.train(), 2 * seed, order);
    SixChannelDigits test = new SixChannelDigits(data.test(), 2 * seed + 1, order);
    int single = name.startsWith("single-") ? Integer.parseInt(name.substring(7)) : -1;
    List<Sample> learnt = training.samples(size.training());
    List<Sample> asked = test.samples(size.test());
    try (NDManager manager = PyTorch.open(1, Compute.CPU)) {
      Network net = network(name, manager, seed);
      int channels = single >= 0 ? 1 : CHANNELS;
      FitOptions options = new FitOptions(
          new Schedule(size.epochs(), learnt.size() / BATCH, BATCH, 0.004, 10, 1e-5, 0),
          new Objective(Objective.Loss.CROSS_ENTROPY, Objective.Balance.NONE, 0),
          new Augmentation(0, false, 0, 0, DROP, Dropped.ANY), seed);
      Fitter fitter = new Fitter(manager, net, batches(view(training, single)), channels, CLASSES, options);
      List<Epoch> history = fitter.fit(learnt, List.of(), null, e -> {});
      Fitter tester = new Fitter(manager, net, batches(view(test, single)), channels, CLASSES, options);
      int[][] confusion = confusion(asked, tester.predict(asked));
      List<Sample> attributed = asked.subList(0, Math.min(asked.size(), size.attributed()));
      if (net instanceof DcmixNet dcmix) {
        double[] shares = Blend.shares(dcmix.weights());
        importance.put("dcmix-weights", shares);
        importance.put("contribution", contribution(test, attributed, shares));
        Attribution attribution = new Attribution(tester, CHANNELS);
        importance.put("leave-one-out", attribution.leaveOneOut(attributed));
        importance.put("shapley", attribution.shapley(attributed));
      } else if (net instanceof AttentionNet attention) {
        importance.put("attention", attention(manager, attention, batches(test), attributed));
      }
      String shown = single >= 0 ? "single-" + names(seed).get(single) : name;
      double seconds = history.stream().mapToDouble(Epoch::seconds).average().orElseThrow();
      return new NetworkRun(shown, confusion, net.parameters().count(), seconds, history);
    }
  }

  private static Network network(String name, NDManager manager, long seed) {
    return switch (name) {
      case "dcmix" -> new DcmixNet(manager, CHANNELS, CLASSES, Blend.SOFTPLUS, Backbone.Kind.SMALL.layers(1, Summary.MEAN), seed);
      case "plain" -> new PlainNet(manager, CLASSES, Backbone.Kind.SMALL.layers(CHANNELS, Summary.MEAN), seed);
      case "attention" -> new AttentionNet(manager, CHANNELS, CLASSES, Backbone.Kind.SMALL.layers(1, Summary.MEAN), seed);
      default -> new PlainNet(manager, CLASSES, Backbone.Kind.SMALL.layers(1, Summary.MEAN), seed);
    };
  }

  private static Pixels view(Pixels pixels, int single) {
    return single >= 0 ? new OneChannel(pixels, single) : pixels;
  }

  /** Pixels are standardised already. */
  private static BatchMaker batches(Pixels pixels) {
    return new BatchMaker(pixels, new Normalisation(Collections.nCopies(pixels.channels(), 0.0), Collections.nCopies(pixels.channels(), 1.0)));
  }

  /** How many images of a digit (row) were called which (column). */
  private static int[][] confusion(List<Sample> samples, List<float[]> logits) {
    int[][] confusion = new int[CLASSES][CLASSES];
    for (int i = 0; i < samples.size(); i++) {
      float[] z = logits.get(i);
      int best = 0;
      for (int k = 1; k < z.length; k++) {
        best = z[k] > z[best] ? k : best;
      }
      confusion[samples.get(i).label()][best]++;
    }
    return confusion;
  }

  /** Mean over images of w_i·sd(c_i) / Σ_j w_j·sd(c_j). */
  private static double[] contribution(Pixels pixels, List<Sample> samples, double[] shares) {
    int n = pixels.height() * pixels.width();
    float[] plane = new float[n];
    double[] mean = new double[CHANNELS];
    for (Sample sample : samples) {
      double[] spread = new double[CHANNELS];
      double sum = 0;
      for (int c = 0; c < CHANNELS; c++) {
        pixels.read(sample.index(), c, 0, 0, pixels.height(), pixels.width(), plane);
        double total = 0;
        double squares = 0;
        for (float p : plane) {
          total += p;
          squares += (double) p * p;
        }
        spread[c] = shares[c] * Math.sqrt(Math.max(0, squares / n - total / n * (total / n)));
        sum += spread[c];
      }
      for (int c = 0; c < CHANNELS; c++) {
        mean[c] += spread[c] / sum / samples.size();
      }
    }
    return mean;
  }

  private static double[] attention(NDManager manager, AttentionNet net, BatchMaker batches, List<Sample> samples) {
    double[] mean = new double[CHANNELS];
    for (int from = 0; from < samples.size(); from += BATCH) {
      List<Sample> part = samples.subList(from, Math.min(samples.size(), from + BATCH));
      BatchMaker.Batch batch = batches.plain(part);
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        NDArray images = manager.create(batch.pixels(), new Shape(part.size(), CHANNELS, batch.height(), batch.width()));
        float[] weights = net.attention(images, Mode.PREDICT).toFloatArray();
        for (int i = 0; i < weights.length; i++) {
          mean[i % CHANNELS] += weights[i] / (double) samples.size();
        }
      }
    }
    return mean;
  }

  /** The test images that rankings and examples are about. */
  SixChannelDigits testPixels(long seed) {
    return new SixChannelDigits(data.test(), 2 * seed + 1, SixChannelDigits.order(seed));
  }
}
