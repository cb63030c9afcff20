package io.dcmix.training;

import io.dcmix.core.archive.ArchiveOptions;
import io.dcmix.core.archive.OpenedArchive;
import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.layout.Archives;
import io.dcmix.core.archive.simulation.SimulationSpec;
import io.dcmix.core.cli.CliException;
import io.dcmix.core.cli.ProgressBar;
import io.dcmix.schema.WellAddress;
import io.dcmix.training.data.ArchiveSource;
import io.dcmix.training.data.Labels;
import io.dcmix.training.data.Sample;
import io.dcmix.training.data.SimulatedSource;
import io.dcmix.training.data.SiteSource;
import io.dcmix.training.data.Split;
import io.dcmix.training.data.TrainingSet;
import io.dcmix.training.data.WellSelection;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The part of {@code ./dcmix train} that says what to learn from. */
final class DataOptions {
  /** What is held back as a whole. */
  enum Group {
    WELL, PLATE, EXPERIMENT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What the classes are. */
  enum LabelBy {
    ROLE, TREATMENT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(names = "--archive", paramLabel = "DIR", description = "Folder of one or several plates. Repeatable.")
  private List<Path> archives = List.of();

  @Option(names = "--spec", paramLabel = "FILE",
      description = "How to read the folders (docs/archives.md). Default: dcmix-archive.properties in each, or the layout that it looks like.")
  private @Nullable Path spec;

  @Option(names = "--layout", paramLabel = "NAME",
      description = "How the plates lie on disk: harmony, ome-tiff, … Default: the first layout that each folder looks like.")
  private @Nullable String layout;

  @Option(names = "--plates", split = ",", paramLabel = "PLATE", description = "Of the archives' plates, learn from these only. Default: all.")
  private List<String> plates = List.of();

  @Option(names = "--plate-map", paramLabel = "FILE", description = "Plate map that marks the controls. Default: what the archive says.")
  private @Nullable Path plateMap;

  @Option(names = "--simulate", paramLabel = "N", description = "Instead of archives: so many simulated 384-well plates.")
  private @Nullable Integer simulate;

  @Option(names = "--effect", paramLabel = "E", defaultValue = "1",
      description = "Strength of the simulated phenotype, 0 to 1 (default: ${DEFAULT-VALUE}). A weak one makes the model look at every channel that shows it.")
  private double effect = 1;

  @Option(names = "--rows", paramLabel = "ROWS", description = "Use these rows or wells only: A-D, or A-C,F, or B02,B03.")
  private @Nullable String rows;

  @Option(names = "--channels", split = ",", paramLabel = "NAME", description = "Channels, in the order of the model. Default: all of the first archive.")
  private @Nullable List<String> channels;

  @Option(names = "--label-by", paramLabel = "role|treatment", defaultValue = "role",
      description = "role: negative against positive controls. treatment: every treatment of the plate map is a class (default: ${DEFAULT-VALUE}).")
  private LabelBy labelBy = LabelBy.ROLE;

  @Option(names = "--hit-class", paramLabel = "NAME", description = "With --label-by treatment: the treatment that makes a hit.")
  private @Nullable String hitClass;

  @Option(names = "--hold-out", defaultValue = "0.2", paramLabel = "SHARE",
      description = "Share of the wells kept for the check (default: ${DEFAULT-VALUE}); 0 learns from all.")
  private double holdOut = 0.2;

  @Option(names = "--hold-out-by", paramLabel = "well|plate|experiment", defaultValue = "well",
      description = "What is held back as a whole (default: ${DEFAULT-VALUE}). Plates and experiments tell whether the model holds on the next one. "
          + "Sites of one well are never on both sides.")
  private Group holdOutBy = Group.WELL;

  @Option(names = "--experiment", paramLabel = "REGEX", defaultValue = "(.*)[-_][^-_]+",
      description = "The first group of this pattern, matched with the plate's name, is the experiment (default: ${DEFAULT-VALUE}).")
  private String experiment = "(.*)[-_][^-_]+";

  @Option(names = "--hold-out-wells", paramLabel = "ROWS", description = "Hold back exactly these rows or wells, on every plate: E-H, or B02,B03.")
  private @Nullable String holdOutWells;

  @Option(names = "--hold-out-plates", split = ",", paramLabel = "PLATE", description = "Hold back exactly these plates.")
  private List<String> holdOutPlates = List.of();

  @Option(names = "--image-size", defaultValue = "320", paramLabel = "PIXELS",
      description = "Larger images are averaged down by the smallest whole factor that brings them to this size (default: ${DEFAULT-VALUE}).")
  private int imageSize = 320;

  /** What is wrong with the options, or null. */
  @Nullable String problem() {
    if (archives.isEmpty() == (simulate == null)) {
      return "Name either --archive DIR or --simulate N";
    }
    if (simulate != null && (simulate < 1 || simulate > 100)) {
      return "--simulate takes 1 to 100 plates";
    }
    if (archives.isEmpty() && (spec != null || plateMap != null || layout != null || !plates.isEmpty())) {
      return "--spec, --layout, --plates and --plate-map go with --archive";
    }
    if (!(effect >= 0 && effect <= 1)) {
      return "--effect must be 0 to 1";
    }
    if (imageSize < 16 || imageSize > 4096) {
      return "--image-size must be 16 to 4096";
    }
    if (!(holdOut >= 0 && holdOut < 1)) {
      return "--hold-out must be 0 to below 1";
    }
    if (holdOutWells != null && !holdOutPlates.isEmpty()) {
      return "Use either --hold-out-wells or --hold-out-plates";
    }
    if ((labelBy == LabelBy.TREATMENT) != (hitClass != null)) {
      return "--label-by treatment and --hit-class go together";
    }
    return null;
  }

  /** Reads everything once, with progress and warnings on the console. */
  TrainingSet read(long seed, PrintStream console) throws IOException {
    Predicate<WellAddress> wells = rows == null ? w -> true : WellSelection.parse(rows);
    List<SiteSource> sources = new ArrayList<>();
    List<String> wanted;
    Labels labels;
    if (simulate != null) {
      wanted = SimulationSpec.demo(seed).channels();
      if (channels != null && !channels.equals(wanted)) {
        throw new CliException("Simulated plates have the channels " + wanted + "; leave --channels out");
      }
      labels = Labels.controls();
      for (long plateSeed : SimulatedSource.seeds(seed, simulate)) {
        sources.add(new SimulatedSource(SimulationSpec.demo(plateSeed).withEffect(effect), labels, wells));
      }
    } else {
      List<OpenedArchive> opened = chosen(opened());
      List<PlateMap> maps = new ArrayList<>();
      opened.stream().flatMap(one -> one.warnings().stream()).distinct().forEach(w -> console.println("Warning: " + w));
      for (OpenedArchive one : opened) {
        PlateMap map = one.map();
        if (map == null) {
          throw new CliException("Plate %s has no plate map, so no controls are known; name one with --plate-map".formatted(one.archive().key().plate()));
        }
        maps.add(map);
      }
      wanted = channels == null ? opened.getFirst().archive().channels() : channels;
      labels = labelBy == LabelBy.ROLE || hitClass == null ? Labels.controls() : Labels.treatments(maps, hitClass);
      for (int i = 0; i < opened.size(); i++) {
        sources.add(new ArchiveSource(opened.get(i).archive(), maps.get(i), wanted, labels, wells, w -> console.println("Warning: " + w)));
      }
      distinct(sources);
    }
    int sites = sources.stream().mapToInt(s -> s.sites().size()).sum();
    try (ProgressBar bar = ProgressBar.start("Reading sites", sites)) {
      return TrainingSet.read(
          sources, wanted, labels, imageSize, w -> console.println("Warning: " + w), done -> bar.update(done, ""));
    }
  }

  private List<OpenedArchive> opened() throws IOException {
    List<OpenedArchive> opened = new ArrayList<>();
    for (Path archive : archives) {
      opened.addAll(Archives.all(archive, new Archives.Reading(layout, spec, plateMap, ArchiveOptions.NONE)));
    }
    return opened;
  }

  private List<OpenedArchive> chosen(List<OpenedArchive> all) {
    List<String> there = all.stream().map(one -> one.archive().key().plate()).toList();
    List<String> unknown = plates.stream().filter(plate -> !there.contains(plate)).toList();
    if (!unknown.isEmpty()) {
      throw new CliException("--plates %s: there are only %s".formatted(unknown, there));
    }
    return plates.isEmpty() ? all : all.stream().filter(one -> plates.contains(one.archive().key().plate())).toList();
  }

  private static void distinct(List<SiteSource> sources) {
    List<String> seen = new ArrayList<>();
    for (SiteSource source : sources) {
      if (seen.contains(source.plate())) {
        throw new CliException("Two imaging runs are of plate %s; its wells could not be told apart. Learn from one of them, or give each its own name in its archive file"
            .formatted(source.plate()));
      }
      seen.add(source.plate());
    }
  }

  /** What is learnt from and what is held back. */
  Split split(TrainingSet set, long seed) {
    List<String> classes = set.labels().classes();
    if (holdOutWells != null) {
      Predicate<WellAddress> held = WellSelection.parse(holdOutWells);
      return Split.named(set.samples(), classes, s -> held.test(WellAddress.parse(s.well())));
    }
    if (!holdOutPlates.isEmpty()) {
      List<String> plates = set.samples().stream().map(Sample::plate).distinct().toList();
      List<String> unknown = holdOutPlates.stream().filter(p -> !plates.contains(p)).toList();
      if (!unknown.isEmpty()) {
        throw new CliException("--hold-out-plates %s: there are only %s".formatted(unknown, plates));
      }
      return Split.named(set.samples(), classes, s -> holdOutPlates.contains(s.plate()));
    }
    return switch (holdOutBy) {
      case WELL -> Split.byWells(set.samples(), classes, holdOut, seed);
      case PLATE -> Split.byGroups(set.samples(), classes, Sample::plate, "plates", holdOut, seed);
      case EXPERIMENT -> {
        Pattern pattern = experiments();
        yield Split.byGroups(set.samples(), classes, s -> experimentOf(pattern, s.plate()), "experiments", holdOut, seed);
      }
    };
  }

  private Pattern experiments() {
    try {
      return Pattern.compile(experiment);
    } catch (PatternSyntaxException e) {
      throw new CliException("--experiment %s is no pattern: %s".formatted(experiment, e.getDescription()), e);
    }
  }

  private static String experimentOf(Pattern pattern, String plate) {
    Matcher m = pattern.matcher(plate);
    if (!m.matches() || m.groupCount() < 1 || m.group(1) == null) {
      throw new CliException("Plate %s does not fit --experiment %s, so its experiment is not known".formatted(plate, pattern));
    }
    return m.group(1);
  }

  /** What the model file says of the data. */
  void describe(Map<String, String> provenance, TrainingSet set, long seed) {
    List<String> plates = set.samples().stream().map(Sample::plate).distinct().toList();
    provenance.put("data", simulate == null
        ? (labelBy == LabelBy.ROLE ? "controls" : "treatments") + (plates.size() == 1 ? " of plate " : " of plates ") + String.join(", ", plates)
        : "simulated plates of seeds %s, effect %s".formatted(SimulatedSource.seeds(seed, simulate), effect));
    provenance.put("wells", (labelBy == LabelBy.ROLE ? rows == null ? "all controls" : "controls of " + rows : rows == null ? "all" : rows));
    provenance.put("sites", Integer.toString(set.samples().size()));
    provenance.put("shrink", Integer.toString(set.shape().shrink()));
    provenance.put("hold-out", holdOutWells != null ? "wells " + holdOutWells
        : !holdOutPlates.isEmpty() ? "plates " + String.join(", ", holdOutPlates) : holdOut + " by " + holdOutBy);
  }
}
