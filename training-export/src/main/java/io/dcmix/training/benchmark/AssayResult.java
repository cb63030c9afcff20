package io.dcmix.training.benchmark;

import io.dcmix.core.screening.ControlSeparation;
import io.dcmix.core.screening.RankCorrelation;
import io.dcmix.training.benchmark.Assay.Half;
import io.dcmix.training.data.Sample;
import io.dcmix.training.fit.Epoch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What leaving one compound out says.
 *
 * @param assay the plate
 * @param runs every seed, both halves, without and with a decoy
 * @param folds answers of models that did not see one row of a half, for the wells of that row
 */
record AssayResult(Assay assay, List<Run> runs, List<Answers> folds) {
  /** Doses above this one saturate. */
  static final int LAST_RISING_DOSE = 6;

  static final List<String> CHANNELS = List.of("GFP", "DNA", "decoy");

  /**
   * Margins of wells.
   *
   * @param wells asked about
   * @param margins hit logit margin of each, above 0 for a hit
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Answers(List<Sample> wells, double[] margins) {
    private double[] of(int label) {
      return IntStream.range(0, margins.length).filter(i -> wells.get(i).label() == label).mapToDouble(i -> margins[i]).toArray();
    }

    /** Controls on the right side of 0. */
    int right() {
      int right = 0;
      for (double m : of(Assay.NEGATIVE)) {
        right += m < 0 ? 1 : 0;
      }
      for (double m : of(Assay.POSITIVE)) {
        right += m > 0 ? 1 : 0;
      }
      return right;
    }

    int controls() {
      return of(Assay.NEGATIVE).length + of(Assay.POSITIVE).length;
    }

    double zPrime() {
      return ControlSeparation.zPrime(of(Assay.POSITIVE), of(Assay.NEGATIVE)).orElse(Double.NaN);
    }

    /** Spearman's ρ of dose and margin over the wells up to a dose. */
    double doseSpearman(Assay assay, int lastDose) {
      int[] used = IntStream.range(0, margins.length).filter(i -> assay.dose(wells.get(i)) <= lastDose).toArray();
      return RankCorrelation.spearman(
          IntStream.of(used).mapToDouble(i -> assay.dose(wells.get(i))).toArray(),
          IntStream.of(used).mapToDouble(i -> margins[i]).toArray());
    }
  }

  /**
   * One model.
   *
   * @param learntFrom half whose controls were learnt from; the answers are about the other one
   * @param shares of the channels in the blend
   * @param answers about all wells of the other half
   * @param importance of each channel, leave-one-out, mean over the positive controls that were asked about
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Run(long seed, Half learntFrom, boolean decoy, List<Epoch> history, double[] shares, Answers answers, double[] importance) {}

  List<Long> seeds() {
    return runs.stream().map(Run::seed).distinct().toList();
  }

  List<Run> runs(Half learntFrom, boolean decoy) {
    return runs.stream().filter(r -> r.learntFrom() == learntFrom && r.decoy() == decoy).toList();
  }

  List<Run> runs(long seed, boolean decoy) {
    return runs.stream().filter(r -> r.seed() == seed && r.decoy() == decoy).toList();
  }

  private Spread over(Half half, ToDoubleFunction<Run> value) {
    return Spread.of(runs(half, false).stream().mapToDouble(value).toArray());
  }

  Spread zPrime(Half learntFrom) {
    return over(learntFrom, r -> r.answers().zPrime());
  }

  Spread doseSpearman(Half learntFrom, int lastDose) {
    return over(learntFrom, r -> r.answers().doseSpearman(assay, lastDose));
  }

  /** Controls that were called right in both directions, mean over seeds. */
  double heldOutRight() {
    return seeds().stream().mapToInt(seed -> runs(seed, false).stream().mapToInt(r -> r.answers().right()).sum()).average().orElse(Double.NaN);
  }

  int heldOutTotal() {
    return runs(seeds().getFirst(), false).stream().mapToInt(r -> r.answers().controls()).sum();
  }

  /** Seeds in which the decoy has the largest weight in either direction. */
  int decoyFirst() {
    return (int) seeds().stream().filter(seed -> runs(seed, true).stream().anyMatch(r -> first(r.shares()) == 2)).count();
  }

  /** Seeds in which GFP has the largest weight in both directions. */
  int gfpFirst() {
    return (int) seeds().stream().filter(seed -> runs(seed, false).stream().allMatch(r -> first(r.shares()) == 0)).count();
  }

  private static int first(double[] shares) {
    int first = 0;
    for (int c = 1; c < shares.length; c++) {
      first = shares[c] > shares[first] ? c : first;
    }
    return first;
  }

  /** Answers of the folds of a half, each well asked of the model that did not see its row. */
  Answers folds(Half half) {
    List<Sample> wells = new ArrayList<>();
    List<Double> margins = new ArrayList<>();
    for (Answers fold : folds) {
      for (int i = 0; i < fold.margins().length; i++) {
        if (Assay.half(fold.wells().get(i)) == half) {
          wells.add(fold.wells().get(i));
          margins.add(fold.margins()[i]);
        }
      }
    }
    return new Answers(wells, margins.stream().mapToDouble(m -> m).toArray());
  }

  /** The report for programs. */
  Map<String, Object> json() {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("heldOutRight", heldOutRight());
    root.put("heldOutTotal", heldOutTotal());
    root.put("zPrime", byHalf(h -> zPrime(h).mean()));
    root.put("doseSpearman", byHalf(h -> doseSpearman(h, LAST_RISING_DOSE).mean()));
    root.put("doseSpearmanAll", byHalf(h -> doseSpearman(h, Integer.MAX_VALUE).mean()));
    root.put("seeds", seeds().stream().map(this::seed).toList());
    root.put("decoyFirst", decoyFirst());
    root.put("foldZPrime", byHalf(h -> folds(h).zPrime()));
    root.put("foldDoseSpearman", byHalf(h -> folds(h).doseSpearman(assay, LAST_RISING_DOSE)));
    return root;
  }

  private Map<String, Object> seed(long seed) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("seed", seed);
    entry.put("weights", channels(runs(seed, false), Run::shares));
    entry.put("importance", channels(runs(seed, false), Run::importance));
    entry.put("weightsWithDecoy", channels(runs(seed, true), Run::shares));
    for (Run run : runs(seed, false)) {
      Map<String, Object> direction = new LinkedHashMap<>();
      direction.put("right", run.answers().right());
      direction.put("zPrime", run.answers().zPrime());
      direction.put("doseSpearman", run.answers().doseSpearman(assay, LAST_RISING_DOSE));
      direction.put("doseSpearmanAll", run.answers().doseSpearman(assay, Integer.MAX_VALUE));
      direction.put("weights", channels(List.of(run), Run::shares));
      entry.put(run.learntFrom().name(), direction);
    }
    return entry;
  }

  private interface Reading {
    double[] of(Run run);
  }

  /** Mean over the runs, by channel. */
  private static Map<String, Double> channels(List<Run> runs, Reading reading) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (int c = 0; c < reading.of(runs.getFirst()).length; c++) {
      int channel = c;
      values.put(CHANNELS.get(c), runs.stream().mapToDouble(r -> reading.of(r)[channel]).average().orElse(Double.NaN));
    }
    return values;
  }

  private static Map<String, Double> byHalf(ToDoubleFunction<Half> value) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (Half half : Half.values()) {
      values.put(half.name(), value.applyAsDouble(half));
    }
    return values;
  }
}
