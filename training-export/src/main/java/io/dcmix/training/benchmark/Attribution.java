package io.dcmix.training.benchmark;

import io.dcmix.core.screening.HitMargin;
import io.dcmix.core.screening.Shapley;
import io.dcmix.training.data.Sample;
import io.dcmix.training.fit.Fitter;
import java.util.List;

/** Importance of the channels of a trained network: the mean over samples of what the true class's margin loses without them. */
final class Attribution {
  private final Fitter fitter;
  private final int channels;

  Attribution(Fitter fitter, int channels) {
    this.fitter = fitter;
    this.channels = channels;
  }

  /** Mean margin of the true class, z_y − log Σ_{k≠y} exp(z_k), with the channels of the mask. */
  private double worth(List<Sample> samples, float[] mask) {
    List<float[]> logits = fitter.predict(samples, mask);
    double sum = 0;
    for (int i = 0; i < samples.size(); i++) {
      float[] z = logits.get(i);
      double[] wide = new double[z.length];
      for (int k = 0; k < z.length; k++) {
        wide[k] = z[k];
      }
      sum += HitMargin.of(wide, samples.get(i).label());
    }
    return sum / samples.size();
  }

  /** Mean margin with all channels minus mean margin without channel i, [C]. */
  double[] leaveOneOut(List<Sample> samples) {
    float[] all = Shapley.masks(channels, (1 << channels) - 1, 1 << channels)[0];
    double whole = worth(samples, all);
    double[] importance = new double[channels];
    for (int c = 0; c < channels; c++) {
      float[] without = all.clone();
      without[c] = 0;
      importance[c] = whole - worth(samples, without);
    }
    return importance;
  }

  /** Exact Shapley values of the mean margin, [C]: 2^C passes. */
  double[] shapley(List<Sample> samples) {
    float[][] masks = Shapley.masks(channels);
    double[] worth = new double[masks.length];
    for (int s = 0; s < masks.length; s++) {
      worth[s] = worth(samples, masks[s]);
    }
    return Shapley.values(channels, worth);
  }
}
