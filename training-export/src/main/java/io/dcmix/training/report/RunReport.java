package io.dcmix.training.report;

import io.dcmix.core.cli.ProgressBar;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.report.page.Block.Gallery;
import io.dcmix.training.report.page.HtmlPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Function;

/** Writes the page of a training run, and the same numbers as JSON beside it. */
public final class RunReport {
  private RunReport() {}

  /** The page beside a model file: {@code model.report.html} for {@code model.onnx}. */
  public static Path beside(Path model) {
    return model.resolveSibling(stem(model) + ".report.html");
  }

  /** The JSON file beside a page: the same name with {@code .json}. */
  public static Path json(Path page) {
    return page.resolveSibling(stem(page) + ".json");
  }

  private static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /**
   * Reads the model from its file as the processor does, asks every importance method about a few wells, and writes page and JSON. Holds
   * one whole site at a time.
   *
   * @param model the exported file
   * @param page where the page goes; the JSON goes beside it
   * @param set what was learnt from, still open
   * @param run makes the run from what the file says of itself
   * @throws IOException if an image cannot be read again, or a file cannot be written
   * @throws ModelContractException if the model file has gone bad
   * @throws InferenceException if the runtime fails
   */
  public static void write(Path model, Path page, TrainingSet set, Function<ModelCard, TrainedRun> run)
      throws IOException, ModelContractException, InferenceException {
    try (DcmixModel loaded = DcmixModel.load(model, DevicePolicy.CPU)) {
      ModelCard card = loaded.card();
      TrainedRun trained = run.apply(card);
      int classes = card.classes().size();
      List<WellCall> asked = EvenChoice.perClass(trained.judged(), classes, Importances.MOST_WELLS);
      Importances importances;
      try (ProgressBar bar = ProgressBar.start("Writing the report", asked.size())) {
        importances = Importances.measure(loaded, set, asked, done -> bar.update(done, "wells explained"));
      }
      Gallery examples = Examples.gallery(Examples.choose(trained.judged(), classes, card.hitIndex()), set.pixels(), card);
      HtmlPage.write(TrainingReport.of(trained, importances, examples), page);
      writeWhole(json(page), TrainingJson.write(trained, importances));
    }
  }

  private static void writeWhole(Path file, String text) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.writeString(draft, text);
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
