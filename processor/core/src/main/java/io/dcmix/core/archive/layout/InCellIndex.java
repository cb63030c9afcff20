package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.WellAddress;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an {@code .xdce} tells. */
final class InCellIndex implements SafeXml.Visitor {
  /**
   * One image.
   *
   * @param file as written, relative to the folder of the index
   * @param wave number of the channel, 0-based
   * @param plane all else; its channel is empty where the index names no filters
   */
  record Image(String file, int wave, InCellName plane) {}

  private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";
  private static final int HEAD = 256;
  private static final int MAX_Z = 999;
  private static final int MAX_TIMEPOINT = 999_999;

  private final String place;
  private final Findings findings;
  private final List<Image> images = new ArrayList<>();
  private @Nullable String instrument;
  private @Nullable PlateFormat format;
  private String created = "";
  private String count = "";
  private @Nullable String broken;
  private String file = "";
  private String row = "";
  private String column = "";
  private String excitation = "";
  private String emission = "";
  private Map<String, String> identifier = Map.of();

  private InCellIndex(String place, Findings findings) {
    this.place = place;
    this.findings = findings;
  }

  static InCellIndex read(Path file, String place, Findings findings) throws IOException {
    InCellIndex index = new InCellIndex(place, findings);
    try (InputStream in = declared(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      SafeXml.read(in, place, index);
    } catch (ArchiveException e) {
      index.broken = String.valueOf(e.getMessage());
    }
    return index;
  }

  List<Image> images() {
    return List.copyOf(images);
  }

  /** Why the file could not be read to its end; else null. */
  @Nullable String broken() {
    return broken;
  }

  @Nullable String instrument() {
    return instrument;
  }

  @Nullable PlateFormat format() {
    return format;
  }

  /** Local time at which the run began, {@code 2010-11-17T20:23:53}; empty if unknown. */
  String created() {
    return created;
  }

  /** The number of images that the index says it has; empty if it does not. */
  String count() {
    return count;
  }

  @Override
  public void start(String path, Map<String, String> attributes, int line) {
    boolean inImage = path.contains("/Image/");
    switch (path.substring(path.lastIndexOf('/') + 1)) {
      case "Image" -> {
        file = attributes.getOrDefault("filename", "");
        row = "";
        column = "";
        excitation = "";
        emission = "";
        identifier = Map.of();
      }
      case "Identifier" -> identifier = attributes;
      case "Row" -> row = inImage ? attributes.getOrDefault("number", "") : row;
      case "Column" -> column = inImage ? attributes.getOrDefault("number", "") : column;
      case "ExcitationFilter" -> excitation = inImage ? attributes.getOrDefault("name", "") : excitation;
      case "EmissionFilter" -> emission = inImage ? attributes.getOrDefault("name", "") : emission;
      case "Images" -> count = attributes.getOrDefault("number", "");
      case "Application" -> instrument = usable(attributes.getOrDefault("name", ""));
      case "Creation" -> created = created(attributes.getOrDefault("date", ""), attributes.getOrDefault("time", ""));
      case "Plate" -> size(attributes, line);
      default -> {
        // The protocol and what the optics were are of no concern here.
      }
    }
  }

  @Override
  public void end(String path, String text, int line) {
    if (!path.endsWith("/Image")) {
      return;
    }
    try {
      int z = number("z_index", identifier.getOrDefault("z_index", "0"));
      int timepoint = number("time_index", identifier.getOrDefault("time_index", "0"));
      if (z > MAX_Z || timepoint > MAX_TIMEPOINT) {
        throw new IllegalArgumentException("an acquisition has at most %d focal planes and %d timepoints".formatted(MAX_Z + 1, MAX_TIMEPOINT + 1));
      }
      String filters = InCellName.channel(excitation, emission);
      WellAddress well = new WellAddress(number("Row", row) - 1, number("Column", column) - 1);
      images.add(new Image(file, number("wave_index", identifier.getOrDefault("wave_index", "0")), new InCellName(
          well, Math.addExact(number("field_index", identifier.getOrDefault("field_index", "")), 1),
          filters.isEmpty() ? filters : PlateBuilder.text(filters, "filters"), timepoint, z)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      findings.warning("%s, line %d: an image is left out: %s".formatted(place, line, e.getMessage()));
    }
  }

  private void size(Map<String, String> attributes, int line) {
    if (attributes.containsKey("rows") && attributes.containsKey("columns")) {
      try {
        format = PlateSizes.of(
            number("rows", attributes.getOrDefault("rows", "")), number("columns", attributes.getOrDefault("columns", "")), place, findings);
      } catch (IllegalArgumentException e) {
        findings.warning("%s, line %d: the size of the plate is not read: %s".formatted(place, line, e.getMessage()));
      }
    }
  }

  private static String created(String date, String time) {
    String text = (date.strip() + (date.isBlank() || time.isBlank() ? "" : "T") + time.strip());
    return usable(text) == null ? "" : text;
  }

  private static @Nullable String usable(String text) {
    try {
      return PlateBuilder.text(text, "name");
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static int number(String what, String text) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException("its %s is '%s'".formatted(what, Shown.of(text)));
  }

  /** IN Cells write ISO-8859-1. Where the file does not declare it, it is declared for it, for XML would take it for UTF-8. */
  private static InputStream declared(BufferedInputStream in) throws IOException {
    in.mark(HEAD);
    String head = new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1);
    in.reset();
    int end = head.indexOf("?>");
    boolean declaration = head.startsWith("<?xml") && end > 0;
    if (!head.startsWith("<") || (declaration && head.substring(0, end).contains("encoding"))) {
      return in;
    }
    in.skipNBytes(declaration ? end + 2 : 0);
    return new SequenceInputStream(new ByteArrayInputStream(DECLARATION.getBytes(StandardCharsets.ISO_8859_1)), in);
  }
}
