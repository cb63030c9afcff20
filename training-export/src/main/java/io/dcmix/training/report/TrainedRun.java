package io.dcmix.training.report;

import io.dcmix.core.model.ModelCard;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.fit.Epoch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training run that is over, as plain values.
 *
 * @param file name of the model file, without its folder
 * @param card as read from the file
 * @param shape of the images
 * @param plannedEpochs how many epochs there would have been
 * @param patience epochs without progress after which it stops; 0 for never
 * @param history all epochs
 * @param training calls of the wells that were learnt from
 * @param heldBack calls of the wells that were held back; may be empty
 * @param parity largest difference of a logit between file and network
 * @param parameters numbers in the network
 * @param bytes size of the file
 * @param recipe all options by name, without paths
 * @param versions of the software, by name
 */
public record TrainedRun(String file, ModelCard card, TrainingSet.Shape shape, int plannedEpochs, int patience, List<Epoch> history,
    List<WellCall> training, List<WellCall> heldBack, double parity, int parameters, long bytes, Map<String, String> recipe,
    Map<String, String> versions) {
  public TrainedRun {
    history = List.copyOf(history);
    training = List.copyOf(training);
    heldBack = List.copyOf(heldBack);
    recipe = Collections.unmodifiableMap(new LinkedHashMap<>(recipe)); // Map.copyOf would lose the order
    versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
  }

  /** Whether wells were held back; without them only training wells can be shown. */
  boolean checked() {
    return !heldBack.isEmpty();
  }

  /** The wells that results are about: those held back, or where there are none those learnt from. */
  List<WellCall> judged() {
    return checked() ? heldBack : training;
  }

  /** "held-back" or "training", whichever {@link #judged} are. */
  String side() {
    return checked() ? "held-back" : "training";
  }

  boolean stoppedEarly() {
    return history.size() < plannedEpochs;
  }

  /** Epoch, 1-based, whose network is in the file: the best one if it could stop early, else the last. */
  int keptEpoch() {
    int kept = history.size();
    if (patience > 0 && checked()) {
      for (int e = history.size(); e > 0; e--) {
        kept = history.get(e - 1).validationLoss() <= history.get(kept - 1).validationLoss() ? e : kept;
      }
    }
    return kept;
  }
}
