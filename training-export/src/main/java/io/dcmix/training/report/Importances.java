package io.dcmix.training.report;

import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.core.model.SiteScore;
import io.dcmix.core.screening.RankCorrelation;
import io.dcmix.core.screening.SampleStatistics;
import io.dcmix.core.screening.Shapley;
import io.dcmix.training.data.Sample;
import io.dcmix.training.data.TrainingSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What each method says of the channels, measured through the exported file on a few wells.
 *
 * <p>Leave-one-out and Shapley values are of the margin towards the truth: the hit margin for wells of the hit class and its negative
 * for the others, for else what a channel does for hits and for the others would cancel out. They are logits; weight and contribution
 * are shares.
 *
 * @param wells the wells
 * @param sitesPerWell at most so many sites of each were looked at
 * @param weight share of the blend, [C]
 * @param contribution w·sd / Σ w·sd, [C], of each well
 * @param leaveOneOut margin with all channels minus without this one, [C], of each well
 * @param shapley exact Shapley values, [C], of each well; null where there are too many channels
 */
@SuppressWarnings("ArrayRecordComponent")
public record Importances(List<WellCall> wells, int sitesPerWell, double[] weight, List<double[]> contribution, List<double[]> leaveOneOut,
    @Nullable List<double[]> shapley) {
  /** At most so many wells are looked at. */
  public static final int MOST_WELLS = 24;

  /** Shapley values of more channels would keep people waiting: each doubles the work. */
  public static final int MOST_SHAPLEY_CHANNELS = 8;

  /** At most so many passes of the model; wells with many sites are then judged by the first of them. */
  private static final int MOST_PASSES = 8_192;

  /** How many sites of a well are looked at. */
  static int sitesPerWell(int wells, int channels, int sites) {
    long passes = (long) Math.max(1, wells) * (channels > MOST_SHAPLEY_CHANNELS ? channels + 1 : (1 << channels) + 1);
    return Math.clamp(MOST_PASSES / passes, 1, Math.max(1, sites));
  }

  /**
   * Measures, holding one site at a time.
   *
   * @param wells to look at, in any number
   * @param progress told the number of wells done
   * @throws IOException if a site cannot be read again
   * @throws InferenceException if the runtime fails
   */
  static Importances measure(DcmixModel model, TrainingSet set, List<WellCall> wells, IntConsumer progress)
      throws IOException, InferenceException {
    int channels = model.card().channels().size();
    boolean exact = channels <= MOST_SHAPLEY_CHANNELS;
    int most = sitesPerWell(wells.size(), channels, wells.stream().mapToInt(w -> w.sites().size()).max().orElse(1));
    List<double[]> contribution = new ArrayList<>();
    List<double[]> leaveOneOut = new ArrayList<>();
    List<double[]> shapley = new ArrayList<>();
    for (WellCall well : wells) {
      double sign = well.label() == model.card().hitIndex() ? 1 : -1;
      List<Sample> sites = well.sites().subList(0, Math.min(most, well.sites().size()));
      List<double[]> contributions = new ArrayList<>();
      List<double[]> losses = new ArrayList<>();
      List<double[]> shares = new ArrayList<>();
      for (Sample site : sites) {
        ByteBuffer pixels = set.whole(site);
        SiteScore score = model.score(pixels, !exact);
        contributions.add(score.contribution());
        if (exact) {
          double[] worth = model.margins(pixels, Shapley.masks(channels));
          shares.add(times(sign, Shapley.values(channels, worth)));
          losses.add(times(sign, withoutEach(channels, worth)));
        } else {
          losses.add(times(sign, Objects.requireNonNull(score.importance())));
        }
      }
      contribution.add(mean(contributions));
      leaveOneOut.add(mean(losses));
      if (exact) {
        shapley.add(mean(shares));
      }
      progress.accept(contribution.size());
    }
    double[] weight = model.card().normalisedWeights().stream().mapToDouble(Double::doubleValue).toArray();
    return new Importances(List.copyOf(wells), most, weight, contribution, leaveOneOut, exact ? shapley : null);
  }

  /** v(all) − v(all but i), [C], from the worth of every set of channels. */
  static double[] withoutEach(int channels, double[] worth) {
    int all = (1 << channels) - 1;
    double[] losses = new double[channels];
    for (int c = 0; c < channels; c++) {
      losses[c] = worth[all] - worth[all & ~(1 << c)];
    }
    return losses;
  }

  /** Mean over wells of what each method gives each channel, [C], in the order of the page, by the method's name. */
  Map<String, double[]> methods() {
    Map<String, double[]> methods = new LinkedHashMap<>();
    methods.put("weight", weight);
    methods.put("contribution", mean(contribution));
    methods.put("leave-one-out", mean(leaveOneOut));
    if (shapley != null) {
      methods.put("shapley", mean(shapley));
    }
    return methods;
  }

  /** Sample SD over the wells of a method's values, [C]; NaN for fewer than two wells. */
  static double[] spread(List<double[]> values) {
    double[] spread = new double[values.getFirst().length];
    for (int c = 0; c < spread.length; c++) {
      int channel = c;
      spread[c] = SampleStatistics.sd(values.stream().mapToDouble(v -> v[channel]).toArray());
    }
    return spread;
  }

  /** Spearman's ρ of each method with each, [M, M], over the channels; NaN where it is not defined. */
  double[][] agreement() {
    List<double[]> values = List.copyOf(methods().values());
    double[][] rho = new double[values.size()][values.size()];
    for (int a = 0; a < rho.length; a++) {
      for (int b = 0; b < rho.length; b++) {
        rho[a][b] = RankCorrelation.spearman(values.get(a), values.get(b));
      }
    }
    return rho;
  }

  static double[] mean(List<double[]> rows) {
    double[] mean = new double[rows.getFirst().length];
    for (double[] row : rows) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += row[i] / rows.size();
      }
    }
    return mean;
  }

  private static double[] times(double factor, double[] values) {
    double[] product = new double[values.length];
    for (int i = 0; i < product.length; i++) {
      product[i] = factor * values[i];
    }
    return product;
  }
}
