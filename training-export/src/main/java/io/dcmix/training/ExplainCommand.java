package io.dcmix.training;

import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.OpenedArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.layout.Archives;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.core.model.DcmixModel;
import io.dcmix.core.model.DevicePolicy;
import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.ModelContractException;
import io.dcmix.core.model.SiteModel.InferenceException;
import io.dcmix.schema.WellAddress;
import io.dcmix.training.explain.ExplainedWell;
import io.dcmix.training.explain.ExplanationJson;
import io.dcmix.training.explain.ExplanationText;
import io.dcmix.training.explain.Method;
import io.dcmix.training.explain.WellExplanation;
import io.dcmix.training.explain.WellImages;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code ./dcmix explain}: which channels a model's call of a well rests on. */
@Command(
    name = "explain",
    sortOptions = false,
    header = "Show which channels a model's call of one well rests on.",
    description = {
      "",
      "Scores the well as the processor does and prints, for every channel:",
      "  Weight         its share of the model's blend; the same for all wells",
      "  Contribution   its share of what the network saw here: weight times contrast",
      "  Leave-one-out  how far the margin falls when the channel is taken away",
      "  Shapley        what it adds to the margin, averaged over all orders of adding",
      "",
      "The margin is the log odds of the hit class: above 0 the well is called a hit. Positive values speak for a hit, negative "
          + "ones against it.",
      "",
      "If two channels tell the same, each can be spared and leave-one-out gives both little; Shapley values share the credit "
          + "between them, and sum to what all channels together do. None of this is cause: it says what this model uses, not "
          + "what the cells did.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dcmix explain --model model.onnx --archive DIR --well B02",
      "  dcmix explain --model model.onnx --archive DIR --well B02 --site 3 --json",
      "",
      "Shapley values take 2^channels passes a site: 64 for 6 channels, 4,096 for 12.",
      "For more than 12 channels use --method leave-one-out.",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage."
    })
public final class ExplainCommand implements CliCommand {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--model", required = true, paramLabel = "FILE", description = "The ONNX file.")
  private @Nullable Path model;

  @Option(names = "--archive", required = true, paramLabel = "DIR", description = "Folder of the plate, or of several.")
  private @Nullable Path archive;

  @Option(names = "--spec", paramLabel = "FILE",
      description = "How to read the folder (docs/archives.md). Default: dcmix-archive.properties in it, or the layout that it looks like.")
  private @Nullable Path archiveSpec;

  @Option(names = "--layout", paramLabel = "NAME",
      description = "How the plates lie on disk: harmony, ome-tiff, … Default: the first layout that the folder looks like.")
  private @Nullable String layout;

  @Option(names = "--plate", paramLabel = "BARCODE", description = "Of a folder with several plates, the one that the well is on.")
  private @Nullable String plate;

  @Option(names = "--acquisition", paramLabel = "ID", description = "Of a plate that was imaged several times, the imaging run.")
  private @Nullable String acquisition;

  @Option(names = "--channel", paramLabel = "OLD=NEW", description = "Another name of a channel, the model's: w1=DNA. Repeatable.")
  private Map<String, String> channels = new LinkedHashMap<>();

  @Option(names = "--plate-map", paramLabel = "FILE",
      description = "Plate map that says what is in the well. Default: what the archive says, if anything.")
  private @Nullable Path plateMap;

  @Option(names = "--well", required = true, paramLabel = "WELL", description = "The well: B02, or b2.")
  private String well = "";

  @Option(names = "--site", paramLabel = "N", description = "One site only. Default: the mean over all sites of the well.")
  private @Nullable Integer site;

  @Option(names = "--timepoint", paramLabel = "T", defaultValue = "0", description = "Timepoint, counted from 0 (default: ${DEFAULT-VALUE}).")
  private int timepoint;

  @Option(names = "--method", paramLabel = "METHOD", defaultValue = "shapley", converter = MethodName.class,
      description = "shapley or leave-one-out (default: ${DEFAULT-VALUE}). Shapley values come with leave-one-out beside them.")
  private Method method = Method.SHAPLEY;

  @Option(names = "--json", description = "Print JSON with every digit instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    WellAddress address = address();
    try (DcmixModel loaded = DcmixModel.load(model == null ? Path.of("") : model, DevicePolicy.CPU)) {
      ModelCard card = loaded.card();
      requireFeasible(card);
      OpenedArchive opened = Archives.one(archive == null ? Path.of("") : archive,
          new Archives.Reading(layout, archiveSpec, plateMap, new ArchiveOptions(plate, acquisition, null, channels, Map.of())));
      WellImages images = WellImages.find(opened.archive(), card, address, site, timepoint);
      PlateMap map = opened.map();
      WellExplanation explanation;
      try (LateBar bar = new LateBar("Explaining " + address, images.sites().size() * WellExplanation.passes(card, method))) {
        explanation = WellExplanation.of(loaded, images, method, bar);
      }
      print(System.out, new ExplainedWell(opened.archive().key(), address, timepoint, images.sites(),
          map == null ? null : map.wells().get(address), card, loaded.device(), method, explanation));
      return 0;
    } catch (ModelContractException | IOException | InferenceException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  private WellAddress address() {
    try {
      return WellAddress.parse(well);
    } catch (IllegalArgumentException e) {
      String message = "--well: " + e.getMessage();
      throw spec == null ? new CliException(message, e) : new ParameterException(spec.commandLine(), message, e);
    }
  }

  private void requireFeasible(ModelCard card) {
    int channels = card.channels().size();
    if (method == Method.SHAPLEY && channels > WellExplanation.MAX_SHAPLEY_CHANNELS) {
      throw new CliException(String.format(Locale.ROOT,
          "The model %s has %d channels, and exact Shapley values double the passes with every channel; the limit is %d channels. "
              + "Use --method leave-one-out, which takes %d passes a site",
          card.name(), channels, WellExplanation.MAX_SHAPLEY_CHANNELS, channels + 1));
    }
  }

  private void print(PrintStream out, ExplainedWell explained) {
    List<String> lines = json
        ? List.of(ExplanationJson.write(explained))
        : ExplanationText.lines(explained, out.charset().newEncoder().canEncode('█'));
    lines.forEach(out::println);
    out.flush();
  }

  /** Method names as they are written on the command line. */
  static final class MethodName implements ITypeConverter<Method> {
    @Override
    public Method convert(String text) {
      return Arrays.stream(Method.values()).filter(m -> m.toString().equals(text)).findFirst()
          .orElseThrow(() -> new TypeConversionException("'" + text + "' is none of " + Arrays.toString(Method.values())));
    }
  }

  /** A progress bar that shows itself only when the work takes long. */
  private static final class LateBar implements LongConsumer, AutoCloseable {
    private static final long PATIENCE_NANOS = 1_500_000_000L;

    private final String label;
    private final long total;
    private final long startedAt = System.nanoTime();
    private @Nullable ProgressBar bar;
    private long before;

    LateBar(String label, long total) {
      this.label = label;
      this.total = total;
    }

    @Override
    public void accept(long passes) {
      if (bar == null && System.nanoTime() - startedAt > PATIENCE_NANOS && passes < total) {
        // The bar's rate counts from its start, so it starts with what is left.
        before = passes;
        bar = ProgressBar.start(label, total - passes);
      }
      if (bar != null) {
        bar.update(passes - before, "");
      }
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.close();
      }
    }
  }
}
