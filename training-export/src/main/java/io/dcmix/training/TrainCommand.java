package io.dcmix.training;

import ai.onnxruntime.OrtEnvironment;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.training.data.Split;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.export.Parity;
import io.dcmix.training.fit.Fitter.Checkpoints;
import io.dcmix.training.net.PyTorch;
import io.dcmix.training.report.ProgressLine;
import io.dcmix.training.report.RunReport;
import io.dcmix.training.report.TrainedRun;
import io.dcmix.training.report.Validation;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./dcmix train}: from control wells to a model file. */
@Command(
    name = "train",
    sortOptions = false,
    mixinStandardHelpOptions = false,
    header = "Train DCMIX on control wells and write an ONNX model.",
    description = {
      "",
      "The model learns to tell positive from negative controls. It mixes all channels into one image by weights of 0 or more "
          + "that it learns, and a small network looks at that image; the weights say which channels mattered. Images come from "
          + "an archive with a plate map, or from the simulator.",
      "",
      "Some wells of each class are held back to check the result. At the end the written file is loaded as the processor "
          + "loads it, and must compute what was trained. Beside it lies a report, a page for people and JSON for programs: curves, "
          + "calls, and what each method says of the channels.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  Learn from the controls in rows A to D of a plate, described by a file:",
      "    ./dcmix train --archive DIR --spec plate.properties --rows A-D --out model.onnx",
      "  Learn from four simulated plates:",
      "    ./dcmix train --simulate 4 --out model.onnx",
      "",
      "If the training accuracy stays low: more --epochs, or a larger --image-size (small structures vanish when images are "
          + "averaged down). If it is high and the held-back wells are wrong: train on more wells.",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class TrainCommand implements CliCommand {
  @Spec private @Nullable CommandSpec spec;

  @Mixin private final DataOptions data = new DataOptions();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The model file to write; replaced if it is there.")
  private @Nullable Path out;

  @Option(names = "--report", paramLabel = "FILE.html", description = "Where the report goes, with its JSON beside it (default: beside --out, model.report.html).")
  private @Nullable Path report;

  @Option(names = "--no-report", description = "Write no report.")
  private boolean noReport;

  @Option(names = "--name", defaultValue = "dcmix", description = "Name of the model (default: ${DEFAULT-VALUE}).")
  private String name = "dcmix";

  @Option(names = "--version", defaultValue = "1", paramLabel = "V", description = "Version of the model (default: ${DEFAULT-VALUE}).")
  private String version = "1";

  @Option(names = "--resume", description = "Go on from the checkpoint that a killed run left beside --out. "
      + "With one thread, the model is the same as if it had not been killed.")
  private boolean resume;

  @Mixin private final FitFlags fit = new FitFlags();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  @SuppressWarnings("unused") // picocli looks at the option itself; a mixin would also claim --version
  private boolean help;

  @Override
  public Integer call() {
    require(data.problem());
    require(fit.problem());
    require(reportProblem());
    Path file = out == null ? Path.of("") : out.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new CliException("The model cannot be written to %s: its folder is not there or not writable".formatted(file));
    }
    Path page = noReport ? null : reportFile(file);
    PrintStream console = System.out;
    try (TrainingSet set = data.read(fit.seed(), console)) {
      Split split = data.split(set, fit.seed());
      Recipe recipe = fit.recipe(set.shape());
      console.printf(Locale.ROOT, "%d sites of %d x %d pixels, channels %s; %d sites are held back%n",
          set.samples().size(), set.shape().width(), set.shape().height(),
          String.join(", ", set.channels()), split.validation().size());
      Map<String, String> provenance = provenance(set, recipe);
      Checkpoints checkpoints = new Checkpoints(file.resolveSibling(file.getFileName() + ".checkpoint"), provenance + " " + set.channels() + " " + set.labels().classes(), resume);
      ProgressLine progress = new ProgressLine(console, onTerminal(), fit.epochs(), set.channels());
      Training.Result result = Training.run(
          set, split, recipe, new Training.Identity(name, version, provenance), file, checkpoints, progress::show);
      print(console, file, result);
      if (page != null) {
        report(console, page, file, set, result);
      }
      return 0;
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  private @Nullable String reportProblem() {
    if (report == null) {
      return null;
    }
    return noReport ? "Use either --report or --no-report"
        : String.valueOf(report.getFileName()).endsWith(".html") ? null : "--report names the page, such as report.html; the JSON goes beside it";
  }

  private Path reportFile(Path model) {
    Path page = report == null ? RunReport.beside(model) : report.toAbsolutePath();
    Path folder = page.getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new CliException("The report cannot be written to %s: its folder is not there or not writable".formatted(page));
    }
    return page;
  }

  /** The model is written by now, and nothing that goes wrong here may take it away. */
  private void report(PrintStream console, Path page, Path file, TrainingSet set, Training.Result result) {
    try {
      RunReport.write(file, page, set, card -> new TrainedRun(String.valueOf(file.getFileName()), card, set.shape(), fit.epochs(), fit.patience(),
          result.history(), result.training(), result.heldBack(), result.parity(), result.parameters(), result.bytes(), options(), versions()));
      console.printf("Wrote %s and %s%n", page, RunReport.json(page).getFileName());
    } catch (IOException | ModelContractException | InferenceException | RuntimeException e) {
      console.println("Warning: the report was not written; the model is complete. " + e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  /** All options as they are, by name; without files and folders, which are of this machine. */
  private Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    if (spec != null) {
      for (OptionSpec option : spec.options()) {
        Object value = option.getValue();
        boolean path = option.type() == Path.class || Arrays.asList(option.auxiliaryTypes()).contains(Path.class);
        boolean flag = option.type() == boolean.class || option.type() == boolean[].class; // none of them changes the model
        if (value != null && !path && !flag && !String.valueOf(value).isEmpty() && !value.equals(List.of())) {
          options.put(option.longestName().substring(2), switch (value) {
            case Collection<?> many -> many.stream().map(String::valueOf).collect(Collectors.joining(","));
            case Enum<?> choice -> choice.toString().toLowerCase(Locale.ROOT);
            default -> String.valueOf(value);
          });
        }
      }
    }
    return options;
  }

  private Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    String[] own = spec == null ? new String[0] : spec.root().version();
    versions.put("DCMIX", own.length == 0 ? "unknown" : own[0].replaceFirst("^dcmix ", ""));
    versions.put("Java", Runtime.version().toString());
    versions.put("Training", PyTorch.version());
    versions.put("ONNX Runtime", OrtEnvironment.getEnvironment().getVersion());
    return versions;
  }

  @SuppressWarnings("SystemConsoleNull") // since JDK 22 it is never null; the null check is for the null checker
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private void require(@Nullable String problem) {
    if (problem != null) {
      if (spec == null) {
        throw new CliException(problem);
      }
      throw new ParameterException(spec.commandLine(), problem);
    }
  }

  private Map<String, String> provenance(TrainingSet set, Recipe recipe) {
    Map<String, String> provenance = new TreeMap<>();
    data.describe(provenance, set, fit.seed());
    provenance.put("made by", "dcmix train");
    provenance.put("blend", recipe.blend().toString());
    provenance.put("network", recipe.backbone() + ", " + recipe.summary());
    provenance.put("seed", Long.toString(fit.seed()));
    provenance.put("fit", recipe.fit().toString());
    provenance.put("engine", PyTorch.version());
    return provenance;
  }

  private static void print(PrintStream console, Path file, Training.Result result) {
    float[] weights = new float[result.card().weights().size()];
    for (int c = 0; c < weights.length; c++) {
      weights[c] = result.card().weights().get(c).floatValue();
    }
    console.printf(Locale.ROOT, "Channel weights: %s%n", ProgressLine.weights(result.card().channels(), weights));
    Validation heldBack = result.validation();
    if (heldBack.wells() > 0) {
      console.printf("Held-back wells called right: %d of %d%s%n", heldBack.right(), heldBack.wells(),
          heldBack.wrong().isEmpty() ? "" : ", wrong: " + String.join(", ", heldBack.wrong()));
    } else {
      console.println("No wells were held back, so nothing is known of wells outside the training set");
    }
    console.printf(Locale.ROOT, "Parity of the file with the trained network: largest difference of a logit %.1e (limit %.0e)%n",
        result.parity(), Parity.LIMIT);
    console.printf(Locale.ROOT, "Wrote %s: %s version %s, %d parameters, %.0f kB%n",
        file, result.card().name(), result.card().version(), result.parameters(), result.bytes() / 1000.0);
  }
}
