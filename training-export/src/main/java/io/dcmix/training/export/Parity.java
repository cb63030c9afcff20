package io.dcmix.training.export;

import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.core.model.SiteScore;
import io.dcmix.training.data.TrainingSet.Example;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Proof that an exported file computes what the trained network computes, on real images and by the processor's own loader. */
public final class Parity {
  /** Largest difference of any logit that passes. */
  public static final double LIMIT = 1e-4;

  private Parity() {}

  /**
   * Compares logits.
   *
   * @param file the exported model
   * @param examples sites as the processor gets them
   * @param logits what the trained network says of the same sites
   * @return the largest absolute difference, at most {@link #LIMIT}
   * @throws CliException if the file does not load, or differs by more
   */
  public static double check(Path file, List<Example> examples, List<float[]> logits) throws IOException {
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("A proof needs images");
    }
    double worst = 0;
    try (DcmixModel model = DcmixModel.load(file, DevicePolicy.CPU)) {
      for (int i = 0; i < examples.size(); i++) {
        SiteScore score = model.score(examples.get(i).raw(), false);
        for (int k = 0; k < score.logits().length; k++) {
          worst = Math.max(worst, Math.abs(score.logits()[k] - logits.get(i)[k]));
        }
      }
    } catch (ModelContractException | InferenceException e) {
      throw new CliException("The exported file does not load: " + e.getMessage(), e);
    }
    // Written so that NaN fails.
    if (!(worst <= LIMIT)) {
      throw new CliException("The exported file differs from the trained network by %.2e in a logit; at most %.0e is allowed"
          .formatted(worst, LIMIT));
    }
    return worst;
  }
}
