package io.dcmix.training;

import ai.djl.ndarray.NDManager;
import io.dcmix.core.model.ContributionReference;
import io.dcmix.core.model.ModelCard;
import io.dcmix.training.data.BatchMaker;
import io.dcmix.training.data.Normalisation;
import io.dcmix.training.data.Sample;
import io.dcmix.training.data.Split;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.export.DcmixExport;
import io.dcmix.training.export.Parity;
import io.dcmix.training.fit.Epoch;
import io.dcmix.training.fit.Fitter;
import io.dcmix.training.fit.Fitter.Checkpoints;
import io.dcmix.training.net.Backbone;
import io.dcmix.training.net.DcmixNet;
import io.dcmix.training.net.PyTorch;
import io.dcmix.training.net.TrainedNet;
import io.dcmix.training.report.Validation;
import io.dcmix.training.report.WellCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** From labelled sites to a model file that was proven to compute what was trained. */
public final class Training {
  /** So many samples of each class are proven, of those held back where there are any. */
  private static final int PROVEN_OF_CLASS = 3;

  private Training() {}

  /**
   * What the file will say of itself.
   *
   * @param name of the model
   * @param version of the model
   * @param provenance how it was made; no times and no machine's paths, so that the file can be made again
   */
  public record Identity(String name, String version, Map<String, String> provenance) {}

  /**
   * What came out.
   *
   * @param card as written, without the file's hash
   * @param history all epochs
   * @param training what the network says of the wells that it learnt from
   * @param heldBack what it says of those that were held back
   * @param parity largest difference of a logit between file and network
   * @param parameters numbers in the network
   * @param bytes size of the file
   */
  public record Result(ModelCard card, List<Epoch> history, List<WellCall> training, List<WellCall> heldBack, double parity,
      int parameters, long bytes) {
    /** How the wells that were held back are called. */
    public Validation validation() {
      return Validation.of(heldBack);
    }
  }

  /**
   * Trains and writes.
   *
   * @param split of the set's samples
   * @param checkpoints null writes none; the file is deleted once the model is written
   * @param out where the file goes; it appears only once it is proven
   */
  public static Result run(TrainingSet set, Split split, Recipe recipe, Identity identity, Path out,
      @Nullable Checkpoints checkpoints, Consumer<Epoch> listener) throws IOException {
    Normalisation normalisation = Normalisation.of(set.channels(), split.training());
    BatchMaker batches = new BatchMaker(set.pixels(), normalisation);
    int channels = set.channels().size();
    int classes = set.labels().classes().size();
    Backbone backbone = recipe.backbone().layers(1, recipe.summary());
    try (NDManager manager = PyTorch.open(recipe.threads(), recipe.compute())) {
      DcmixNet net = new DcmixNet(manager, channels, classes, recipe.blend(), backbone, recipe.fit().seed());
      Fitter fitter = new Fitter(manager, net, batches, channels, classes, recipe.fit());
      List<Epoch> history = fitter.fit(split.training(), split.validation(), checkpoints, listener);
      TrainedNet trained = TrainedNet.of(net, backbone);
      List<WellCall> learnt = WellCall.of(split.training(), fitter.predict(split.training()));
      List<WellCall> heldBack = WellCall.of(split.validation(), fitter.predict(split.validation()));
      ModelCard card = withReference(card(set, normalisation, trained, identity), split.training());

      Path draft = out.resolveSibling(out.getFileName() + ".part");
      try {
        byte[] bytes = DcmixExport.toOnnx(trained, card, set.shape().shrink());
        Files.write(draft, bytes);
        List<Sample> proven = proven(split.validation().isEmpty() ? split.training() : split.validation(), classes);
        double parity = Parity.check(draft, set, proven, fitter.predict(proven));
        Files.move(draft, out, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        if (checkpoints != null) {
          Files.deleteIfExists(checkpoints.file());
        }
        return new Result(card, history, learnt, heldBack, parity, trained.parameters(), bytes.length);
      } finally {
        Files.deleteIfExists(draft);
      }
    }
  }

  /**
   * Says what share each channel has in the wells that were learnt from, by the pixels' moments: what the file's own contribution
   * says of them. A single well has no spread, so nothing is then said.
   */
  private static ModelCard withReference(ModelCard card, List<Sample> training) {
    Map<String, List<Sample>> wells = new LinkedHashMap<>();
    training.forEach(s -> wells.computeIfAbsent(s.wellKey(), k -> new ArrayList<>()).add(s));
    if (wells.size() < ContributionReference.LEAST_WELLS) {
      return card;
    }
    return card.withContributionReference(ContributionReference.of(wells.values().stream().map(sites -> contribution(card, sites)).toList()));
  }

  /** Mean over sites of w_i·sd_i/σ_i, divided by its sum over channels; 0 for a flat site. */
  private static double[] contribution(ModelCard card, List<Sample> sites) {
    double[] mean = new double[card.channels().size()];
    for (Sample site : sites) {
      double[] spread = new double[mean.length];
      double total = 0;
      for (int c = 0; c < spread.length; c++) {
        spread[c] = card.weights().get(c) / card.standardDeviations().get(c) * site.moments().get(c).standardDeviation();
        total += spread[c];
      }
      for (int c = 0; c < spread.length && total > 0; c++) {
        mean[c] += spread[c] / total / sites.size();
      }
    }
    return mean;
  }

  private static List<Sample> proven(List<Sample> samples, int classes) {
    int[] taken = new int[classes];
    return samples.stream().filter(s -> taken[s.label()]++ < PROVEN_OF_CLASS).toList();
  }

  private static ModelCard card(TrainingSet set, Normalisation normalisation, TrainedNet net, Identity identity) {
    List<Double> weights = new ArrayList<>();
    for (float w : net.weights()) {
      weights.add((double) w);
    }
    return new ModelCard(
        identity.name(),
        identity.version(),
        "",
        set.channels(),
        set.labels().classes(),
        set.labels().hitClass(),
        set.shape().type(),
        set.shape().height(),
        set.shape().width(),
        weights,
        normalisation.means(),
        normalisation.standardDeviations(),
        identity.provenance());
  }
}
