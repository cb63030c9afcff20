package io.dcmix.training;

import ai.djl.ndarray.NDManager;
import io.dcmix.core.model.ModelCard;
import io.dcmix.training.data.BatchMaker;
import io.dcmix.training.data.LabelledSite;
import io.dcmix.training.data.Normalisation;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.data.TrainingSet.Example;
import io.dcmix.training.data.TrainingSet.Split;
import io.dcmix.training.export.DcmixExport;
import io.dcmix.training.export.Parity;
import io.dcmix.training.fit.Epoch;
import io.dcmix.training.fit.FitOptions;
import io.dcmix.training.fit.Fitter;
import io.dcmix.training.net.DcmixNet;
import io.dcmix.training.net.PyTorch;
import io.dcmix.training.net.TrainedNet;
import io.dcmix.training.net.TrainedNet.LayerSpec;
import io.dcmix.training.report.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** From labelled sites to a model file that was proven to compute what was trained. */
public final class Training {
  /** 12,800 numbers: enough for textures of cells, small enough for a plate in seconds on a CPU. */
  private static final List<LayerSpec> LAYERS =
      List.of(new LayerSpec(1, 12, 5, 2), new LayerSpec(12, 16, 3, 1), new LayerSpec(16, 24, 3, 2), new LayerSpec(24, 32, 3, 1));

  private Training() {}

  /**
   * What the file will say of itself.
   *
   * @param name of the model
   * @param version of the model
   * @param hitClass one of the classes
   * @param provenance how it was made; no times and no machine's paths, so that the file can be made again
   */
  public record Identity(String name, String version, String hitClass, Map<String, String> provenance) {}

  /**
   * What came out.
   *
   * @param card as written, without the file's hash
   * @param validation on the wells that were held back
   * @param parity largest difference of a logit between file and network
   * @param parameters numbers in the network
   * @param bytes size of the file
   */
  public record Result(ModelCard card, Validation validation, double parity, int parameters, long bytes) {}

  /**
   * Trains and writes.
   *
   * @param held share of the wells that are held back for validation
   * @param out where the file goes; it appears only once it is proven
   */
  public static Result run(
      TrainingSet set, double held, FitOptions options, Identity identity, Path out, Consumer<Epoch> listener) throws IOException {
    Split split = set.split(held, options.seed());
    Normalisation normalisation = Normalisation.of(set.channels(), split.training());
    BatchMaker batches = new BatchMaker(set.channels().size(), set.smallHeight(), set.smallWidth(), normalisation);
    try (NDManager manager = PyTorch.open(options.threads())) {
      DcmixNet net = new DcmixNet(manager, set.channels().size(), set.classes().size(), LAYERS, options.seed());
      Fitter fitter = new Fitter(manager, net, batches, options);
      fitter.fit(split.training(), set.classes().size(), listener);
      TrainedNet trained = net.freeze();
      Validation validation = Validation.of(split.validation(), fitter.predict(split.validation()));
      ModelCard card = card(set, normalisation, trained, identity);

      Path draft = out.resolveSibling(out.getFileName() + ".part");
      try {
        byte[] bytes = DcmixExport.toOnnx(trained, card, set.shrink());
        Files.write(draft, bytes);
        List<LabelledSite> examples = set.examples().stream().map(Example::site).toList();
        double parity = Parity.check(draft, set.examples(), fitter.predict(examples));
        Files.move(draft, out, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return new Result(card, validation, parity, trained.parameters(), bytes.length);
      } finally {
        Files.deleteIfExists(draft);
      }
    }
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
        set.classes(),
        identity.hitClass(),
        set.pixelType(),
        set.height(),
        set.width(),
        weights,
        normalisation.means(),
        normalisation.standardDeviations(),
        identity.provenance());
  }
}
