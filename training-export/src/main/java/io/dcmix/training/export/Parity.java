package io.dcmix.training.export;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.core.model.SiteScore;
import io.dcmix.training.data.Sample;
import io.dcmix.training.data.TrainingSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Proof that an exported file computes what the trained network computes, on real images and by the processor's own loader. */
public final class Parity {
  /** Largest difference of a logit that passes, as a share of the sample's largest logit where that is above 1: float32 has no more. */
  public static final double LIMIT = 1e-4;

  private Parity() {}

  /**
   * Compares logits.
   *
   * @param file the exported model
   * @param set where the samples are from
   * @param samples to compare on
   * @param logits what the trained network says of them
   * @return the largest difference, at most {@link #LIMIT}
   * @throws CliException if the file does not load, or differs by more
   * @throws IOException if a site cannot be read again
   */
  public static double check(Path file, TrainingSet set, List<Sample> samples, List<float[]> logits) throws IOException {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("A proof needs images");
    }
    double worst = 0;
    try (DcmixModel model = DcmixModel.load(file, DevicePolicy.CPU)) {
      for (int i = 0; i < samples.size(); i++) {
        SiteScore score = model.score(set.whole(samples.get(i)), false);
        double size = 1;
        double difference = 0;
        for (int k = 0; k < score.logits().length; k++) {
          size = Math.max(size, Math.abs(logits.get(i)[k]));
          difference = Math.max(difference, Math.abs(score.logits()[k] - logits.get(i)[k]));
        }
        worst = Math.max(worst, difference / size);
      }
    } catch (ModelContractException | InferenceException e) {
      throw new CliException("The exported file does not load: " + e.getMessage(), e);
    }
    // Written so that NaN fails.
    if (!(worst <= LIMIT)) {
      throw new CliException("The exported file differs from the trained network by %.2e of a logit; at most %.0e is allowed"
          .formatted(worst, LIMIT));
    }
    return worst;
  }
}
