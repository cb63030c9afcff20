package io.dcmix.app.platemap;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.PlateMapColumns;
import io.dcmix.core.archive.PlateMapPlan;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.Orientation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The files of a command, and how to read them. */
final class MapOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "1..*", paramLabel = "FILE",
      description = "Plate maps: CSV or TSV, one line a well or shaped like the plate, perhaps gzipped; or a table of barcodes.")
  private List<Path> files = new ArrayList<>();

  @Option(names = "--plate", paramLabel = "BARCODE",
      description = "The plate that the map is about; of a file of several plates, the one to take. Repeatable.")
  private List<String> plates = new ArrayList<>();

  @Option(names = "--barcodes", paramLabel = "FILE",
      description = "Which plate uses which map: Assay_Plate_Barcode, Plate_Map_Name; also Alias and Orientation.")
  private @Nullable Path barcodes;

  @Option(names = "--orientation", paramLabel = "normal|rotated-180",
      description = "How the plates lay on the stage, whatever the files say. Default: as the table of barcodes says, else normal.")
  private @Nullable String orientation;

  @Option(names = "--format", paramLabel = "WELLS", description = "Size of the plates: 6, 12, 24, 48, 96, 384 or 1536. Default: the smallest that holds the wells.")
  private @Nullable Integer format;

  @Option(names = "--columns", defaultValue = "", paramLabel = "WHAT=NAME,...",
      description = "Columns by their names: plate, well, row, column, role, treatment, concentration, unit; and concentrationUnit=uM for all.")
  private String columns = "";

  @Option(names = "--roles", defaultValue = "", paramLabel = "TEXT=ROLE,...",
      description = "What the texts in the column of roles mean: negative, positive, sample, empty or unknown.")
  private String roles = "";

  @Option(names = "--controls", defaultValue = "", paramLabel = "TREATMENT=ROLE,...",
      description = "Which treatments are controls, as in DMSO=negative; every other one without a role is then a sample.")
  private String controls = "";

  @Option(names = "--treatments", paramLabel = "FILE",
      description = "A table of the treatments with a column in common with the maps, as JUMP's compound metadata: adds names and roles.")
  private @Nullable Path treatments;

  /** Reads the files. */
  PlateMapPlan read() throws IOException {
    return read(plates);
  }

  /** Reads the files to look at them: the plate of a single map that names none has the name of the file. */
  PlateMapPlan readToShow() throws IOException {
    PlateMapPlan plan = read(plates);
    if (!plan.plates().isEmpty() || !plates.isEmpty() || files.size() != 1) {
      return plan;
    }
    PlateMapPlan named = read(List.of(String.valueOf(files.getFirst().getFileName())));
    return named.plates().isEmpty() ? plan : named;
  }

  private PlateMapPlan read(List<String> plates) throws IOException {
    return PlateMapPlan.read(new PlateMapPlan.Request(files, barcodes, plates, columns(), format(), treatments, orientation()));
  }

  private PlateMapColumns columns() throws IOException {
    try {
      return PlateMapColumns.parse(columns, roles, controls);
    } catch (ArchiveException e) {
      throw new ParameterException(spec.commandLine(), "--" + String.join("; --", e.problems()), e);
    }
  }

  private @Nullable PlateFormat format() {
    if (format == null) {
      return null;
    }
    return Arrays.stream(PlateFormat.values()).filter(f -> f.size() == format).findFirst().orElseThrow(() -> new ParameterException(
        spec.commandLine(), "--format: %d must be one of %s".formatted(format, Arrays.stream(PlateFormat.values()).map(PlateFormat::size).toList())));
  }

  private @Nullable Orientation orientation() {
    try {
      return orientation == null ? null : PlateMapPlan.orientation(orientation);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--orientation: " + e.getMessage(), e);
    }
  }
}
