package io.dcmix.training.benchmark;

import io.dcmix.core.screening.RankCorrelation;
import io.dcmix.training.fit.Epoch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What the six-channel comparison says.
 *
 * @param seeds one result per seed
 * @param testImages on which accuracies were measured
 * @param guessing share of the most frequent class among them: the accuracy of a network that knows nothing
 */
record DigitsResult(List<SeedResult> seeds, int testImages, double guessing) {
  static final List<String> METHODS = List.of("dcmix-weights", "contribution", "leave-one-out", "shapley", "attention");

  static final List<String> NETWORKS = networks();

  private static List<String> networks() {
    List<String> names = new ArrayList<>(List.of("dcmix", "plain", "attention"));
    SixChannelDigits.KINDS.forEach(kind -> names.add("single-" + kind));
    return List.copyOf(names);
  }

  /**
   * A trained network.
   *
   * @param name one of {@link #NETWORKS}
   * @param confusion test images by true class (row) and called class (column)
   * @param parameters numbers that were learnt or measured
   * @param secondsPerEpoch on one thread, as part of this run
   * @param history every epoch
   */
  @SuppressWarnings("ArrayRecordComponent")
  record NetworkRun(String name, int[][] confusion, int parameters, double secondsPerEpoch, List<Epoch> history) {
    /** Share of the test images that it calls right. */
    double accuracy() {
      int right = 0;
      int all = 0;
      for (int k = 0; k < confusion.length; k++) {
        right += confusion[k][k];
        all += IntStream.of(confusion[k]).sum();
      }
      return (double) right / all;
    }
  }

  /**
   * All of one seed.
   *
   * @param channels names in their order
   * @param networks in the order of {@link #NETWORKS}
   * @param importance by method, one value per channel
   */
  record SeedResult(long seed, List<String> channels, List<NetworkRun> networks, Map<String, double[]> importance) {
    NetworkRun network(String name) {
      return networks.stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
    }

    /** Accuracy with each channel alone. */
    double[] singleAccuracies() {
      return channels.stream().mapToDouble(c -> network("single-" + c).accuracy()).toArray();
    }

    double[] importance(String method) {
      double[] values = importance.get(method);
      if (values == null) {
        throw new IllegalStateException("No method " + method);
      }
      return values;
    }
  }

  /**
   * Truth by which rankings are judged: the accuracy with each channel alone, where channels that do no better than guessing
   * the most frequent digit are equal. Which of two channels without any information "wins" by a few images is chance, and no
   * method could know it.
   */
  double[] truth(SeedResult seed) {
    double limit = guessing + 3 * Math.sqrt(guessing * (1 - guessing) / testImages);
    double[] accuracies = seed.singleAccuracies();
    for (int c = 0; c < accuracies.length; c++) {
      accuracies[c] = accuracies[c] <= limit ? guessing : accuracies[c];
    }
    return accuracies;
  }

  /** Spearman's ρ of a method with the truth. */
  double rho(SeedResult seed, String method) {
    return RankCorrelation.spearman(truth(seed), seed.importance(method));
  }

  Spread rho(String method) {
    return over(s -> rho(s, method));
  }

  /** The same against the accuracies as they are, without ties. */
  Spread rhoWithoutTies(String method) {
    return over(s -> RankCorrelation.spearman(s.singleAccuracies(), s.importance(method)));
  }

  Spread accuracy(String network) {
    return over(s -> s.network(network).accuracy());
  }

  Spread secondsPerEpoch(String network) {
    return over(s -> s.network(network).secondsPerEpoch());
  }

  int parameters(String network) {
    return seeds.getFirst().network(network).parameters();
  }

  /** Rank correlation of two methods, mean over seeds. */
  double agreement(String one, String other) {
    return over(s -> RankCorrelation.spearman(s.importance(one), s.importance(other))).mean();
  }

  private Spread over(ToDoubleFunction<SeedResult> value) {
    return Spread.of(seeds.stream().mapToDouble(value).toArray());
  }

  /** The report for programs. */
  Map<String, Object> json() {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("methods", METHODS.stream().map(m -> {
      Map<String, Object> method = new LinkedHashMap<>();
      method.put("name", m);
      method.put("rhoMean", rho(m).mean());
      method.put("rhoSd", rho(m).sd());
      method.put("rhoMeanWithoutTies", rhoWithoutTies(m).mean());
      return method;
    }).toList());
    root.put("networks", NETWORKS.stream().map(n -> {
      Map<String, Object> network = new LinkedHashMap<>();
      network.put("name", n);
      network.put("accuracyMean", accuracy(n).mean());
      network.put("accuracySd", accuracy(n).sd());
      network.put("parameters", parameters(n));
      network.put("secondsPerEpoch", secondsPerEpoch(n).mean());
      return network;
    }).toList());
    root.put("seeds", seeds.stream().map(s -> {
      Map<String, Object> seed = new LinkedHashMap<>();
      seed.put("seed", s.seed());
      seed.put("channels", s.channels());
      seed.put("singleAccuracy", s.singleAccuracies());
      seed.put("truth", truth(s));
      METHODS.forEach(m -> seed.put(m, s.importance(m)));
      return seed;
    }).toList());
    return root;
  }
}
