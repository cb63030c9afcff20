package io.dcmix.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.dcmix.core.archive.Archives;
import io.dcmix.core.archive.OpenedArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.WellAddress;
import io.dcmix.training.data.ArchiveSource;
import io.dcmix.training.data.Augmentation;
import io.dcmix.training.data.SimulatedSource;
import io.dcmix.training.data.TrainingReader;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.data.WellSelection;
import io.dcmix.training.export.Parity;
import io.dcmix.training.fit.FitOptions;
import io.dcmix.training.net.PyTorch;
import io.dcmix.training.report.ProgressLine;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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
          + "loads it, and must compute what was trained.",
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
  /** The classes of every model that this command trains; the second one is the hit class. */
  public static final List<String> CLASSES = List.of("negative", "positive");

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--archive", paramLabel = "DIR", description = "Folder of a plate's images.")
  private @Nullable Path archive;

  @Option(names = "--spec", paramLabel = "FILE",
      description = "How to read the folder (docs/archives.md). Default: dcmix-archive.properties in it.")
  private @Nullable Path archiveSpec;

  @Option(names = "--plate-map", paramLabel = "FILE", description = "Plate map that marks the controls. Default: the one that --spec names.")
  private @Nullable Path plateMap;

  @Option(names = "--simulate", paramLabel = "N", description = "Instead of an archive: so many simulated 384-well plates.")
  private @Nullable Integer simulate;

  @Option(names = "--effect", paramLabel = "E", defaultValue = "1",
      description = "Strength of the simulated phenotype, 0 to 1 (default: ${DEFAULT-VALUE}). A weak one makes the model look at every channel that shows it.")
  private double effect = 1;

  @Option(names = "--rows", paramLabel = "ROWS", description = "Learn from these rows or wells only: A-D, or A-C,F, or B02,B03.")
  private @Nullable String rows;

  @Option(names = "--channels", split = ",", paramLabel = "NAME", description = "Channels, in the order of the model. Default: all of the archive.")
  private @Nullable List<String> channels;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The model file to write; replaced if it is there.")
  private @Nullable Path out;

  @Option(names = "--name", defaultValue = "dcmix", description = "Name of the model (default: ${DEFAULT-VALUE}).")
  private String name = "dcmix";

  @Option(names = "--version", defaultValue = "1", paramLabel = "V", description = "Version of the model (default: ${DEFAULT-VALUE}).")
  private String version = "1";

  @Option(names = "--epochs", defaultValue = "30", paramLabel = "N", description = "Rounds of training (default: ${DEFAULT-VALUE}).")
  private int epochs = 30;

  @Option(names = "--steps", defaultValue = "25", paramLabel = "N", description = "Gradient steps in a round (default: ${DEFAULT-VALUE}).")
  private int steps = 25;

  @Option(names = "--batch", defaultValue = "32", paramLabel = "N", description = "Cut-outs in a step (default: ${DEFAULT-VALUE}).")
  private int batch = 32;

  @Option(names = "--seed", defaultValue = "1", paramLabel = "S",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}). With one thread, equal seeds give equal files.")
  private long seed = 1;

  @Option(names = "--image-size", defaultValue = "320", paramLabel = "PIXELS",
      description = "Larger images are averaged down by the smallest whole factor that brings them to this size (default: ${DEFAULT-VALUE}).")
  private int imageSize = 320;

  @Option(names = "--crop", defaultValue = "0", paramLabel = "PIXELS",
      description = "Side of the random cut-outs that are trained on, after averaging down (default: half of the image).")
  private int crop;

  @Option(names = "--learning-rate", defaultValue = "0.003", paramLabel = "R", description = "Highest learning rate (default: ${DEFAULT-VALUE}).")
  private double learningRate = 0.003;

  @Option(names = "--blend-rate", defaultValue = "3", paramLabel = "F",
      description = "The channel weights learn so many times faster than the network (default: ${DEFAULT-VALUE}).")
  private double blendRate = 3;

  @Option(names = "--drop", defaultValue = "0.3", paramLabel = "P",
      description = "Chance that a cut-out lacks one channel, as it will when importance is computed (default: ${DEFAULT-VALUE}).")
  private double drop = 0.3;

  @Option(names = "--hold-out", defaultValue = "0.2", paramLabel = "SHARE", description = "Share of the wells kept for the check (default: ${DEFAULT-VALUE}).")
  private double holdOut = 0.2;

  @Option(names = "--threads", defaultValue = "1", paramLabel = "N",
      description = "Threads of PyTorch (default: ${DEFAULT-VALUE}). More are faster, but files differ from run to run.")
  private int threads = 1;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  @SuppressWarnings("unused") // picocli looks at the option itself; a mixin would also claim --version
  private boolean help;

  @Override
  public Integer call() {
    checkUsage();
    Path file = out == null ? Path.of("") : out.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new CliException("The model cannot be written to %s: its folder is not there or not writable".formatted(file));
    }
    PrintStream console = System.out;
    try {
      Map<String, String> provenance = new TreeMap<>();
      TrainingSet set = read(console, provenance);
      int side = Math.min(set.smallHeight(), set.smallWidth());
      FitOptions options = new FitOptions(epochs, steps, batch, learningRate, blendRate, 1e-4,
          new Augmentation(crop > 0 ? crop : Math.max(1, side / 2), 0.2, 0.1, drop), seed, threads);
      console.printf(Locale.ROOT, "%d sites of %d x %d pixels, %d channels: %s%n",
          set.sites().size(), set.width(), set.height(), set.channels().size(), String.join(", ", set.channels()));
      provenance(provenance, set, options);
      ProgressLine progress = new ProgressLine(console, onTerminal(), epochs, set.channels());
      Training.Result result = Training.run(
          set, holdOut, options, new Training.Identity(name, version, CLASSES.get(1), provenance), file, progress::show);
      report(console, file, result);
      return 0;
    } catch (IOException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  @SuppressWarnings("SystemConsoleNull") // since JDK 22 it is never null; the null check is for the null checker
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private void checkUsage() {
    require((archive == null) != (simulate == null), "Name either --archive DIR or --simulate N");
    require(simulate == null || (simulate >= 1 && simulate <= 100), "--simulate takes 1 to 100 plates");
    require(archive != null || (archiveSpec == null && plateMap == null), "--spec and --plate-map go with --archive");
    require(effect >= 0 && effect <= 1, "--effect must be 0 to 1");
    require(epochs >= 1 && steps >= 1 && threads >= 1, "--epochs, --steps and --threads must be 1 or more");
    require(batch >= 2, "--batch must be 2 or more");
    require(imageSize >= 16 && imageSize <= 4096, "--image-size must be 16 to 4096");
    require(crop == 0 || crop >= 16, "--crop must be 16 or more");
    require(learningRate > 0 && learningRate < 1 && blendRate > 0, "--learning-rate must lie between 0 and 1, --blend-rate above 0");
    require(drop >= 0 && drop < 1 && holdOut >= 0 && holdOut < 1, "--drop and --hold-out must be 0 to below 1");
  }

  private void require(boolean holds, String message) {
    if (!holds) {
      if (spec == null) {
        throw new CliException(message);
      }
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private TrainingSet read(PrintStream console, Map<String, String> provenance) throws IOException {
    Predicate<WellAddress> wells = rows == null ? w -> true : WellSelection.parse(rows);
    if (simulate != null) {
      List<Long> seeds = SimulatedSource.seeds(seed, simulate);
      SimulationSpec first = simulated(seeds.getFirst());
      TrainingReader reader = new TrainingReader(first.channels(), CLASSES, imageSize);
      for (int i = 0; i < seeds.size(); i++) {
        console.printf("Drawing simulated plate %d of %d%n", i + 1, seeds.size());
        SimulatedSource.read(simulated(seeds.get(i)), wells, reader);
      }
      provenance.put("data", "simulated plates of seeds %s, effect %s".formatted(seeds, effect));
      return reader.finish();
    }
    OpenedArchive opened = Archives.open(archive == null ? Path.of("") : archive, archiveSpec, plateMap);
    opened.warnings().forEach(w -> console.println("Warning: " + w));
    PlateMap map = opened.map();
    if (map == null) {
      throw new CliException("The archive %s has no plate map, so no controls are known; name one with --plate-map".formatted(archive));
    }
    List<String> there = opened.archive().channels();
    List<String> wanted = channels == null ? there : channels;
    List<String> unknown = wanted.stream().filter(c -> !there.contains(c)).toList();
    if (!unknown.isEmpty()) {
      throw new CliException("The archive has no channel %s; it has %s".formatted(unknown, there));
    }
    TrainingReader reader = new TrainingReader(wanted, CLASSES, imageSize);
    ArchiveSource.read(opened.archive(), map, wanted, wells, reader, w -> console.println("Warning: " + w));
    provenance.put("data", "controls of plate " + opened.archive().key());
    return reader.finish();
  }

  private SimulationSpec simulated(long plateSeed) {
    SimulationSpec demo = SimulationSpec.demo(plateSeed).withEffect(effect);
    if (channels != null && !channels.equals(demo.channels())) {
      throw new CliException("Simulated plates have the channels " + demo.channels() + "; leave --channels out");
    }
    return demo;
  }

  private void provenance(Map<String, String> provenance, TrainingSet set, FitOptions options) {
    provenance.put("made by", "dcmix train");
    provenance.put("wells", rows == null ? "all controls" : "controls of " + rows);
    provenance.put("sites", Integer.toString(set.sites().size()));
    provenance.put("shrink", Integer.toString(set.shrink()));
    provenance.put("seed", Long.toString(options.seed()));
    provenance.put("fit", options.toString());
    provenance.put("hold-out", Double.toString(holdOut));
    provenance.put("engine", "PyTorch " + engineVersion() + " through DJL " + Engine.getDjlVersion());
  }

  private String engineVersion() {
    try (NDManager manager = PyTorch.open(threads)) {
      return manager.getEngine().getVersion();
    }
  }

  private static void report(PrintStream console, Path file, Training.Result result) {
    float[] weights = new float[result.card().weights().size()];
    for (int c = 0; c < weights.length; c++) {
      weights[c] = result.card().weights().get(c).floatValue();
    }
    console.printf(Locale.ROOT, "Channel weights: %s%n", ProgressLine.weights(result.card().channels(), weights));
    if (result.validation().wells() > 0) {
      console.printf("Held-back wells called right: %d of %d%s%n", result.validation().right(), result.validation().wells(),
          result.validation().wrong().isEmpty() ? "" : ", wrong: " + String.join(", ", result.validation().wrong()));
    } else {
      console.println("No wells were held back, so nothing is known of wells outside the training set");
    }
    console.printf(Locale.ROOT, "Parity of the file with the trained network: largest difference of a logit %.1e (limit %.0e)%n",
        result.parity(), Parity.LIMIT);
    console.printf(Locale.ROOT, "Wrote %s: %s version %s, %d parameters, %.0f kB%n",
        file, result.card().name(), result.card().version(), result.parameters(), result.bytes() / 1000.0);
  }
}
