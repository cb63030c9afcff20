package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.Shown;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an OME-XML document says of plates and of where planes lie. Element names are matched without their namespaces, which
 * change from year to year; that of the plate's elements is another one until 2010.
 */
final class OmeDocument implements SafeXml.Visitor {
  static final int MAX_PLANES = 5_000_000;

  /** A plate; rows and columns are 0 where the document does not tell. */
  static final class Plate {
    String id = "";
    String name = "";
    String externalId = "";
    int rows;
    int columns;
    final List<Sample> samples = new ArrayList<>();
    /** Acquisition by the id of a sample. */
    final Map<String, String> acquisitions = new HashMap<>();
    /** Names of the acquisitions by their ids. */
    final Map<String, String> acquisitionNames = new LinkedHashMap<>();
  }

  /**
   * A field of a well.
   *
   * @param row 0-based
   * @param column 0-based
   * @param index number of the field: in the plate or in the well, as the writer pleases
   * @param image id of its image; empty if it was not imaged
   * @param time when it was acquired; empty if it does not say
   */
  record Sample(String id, int row, int column, long index, String image, String time, int line) {}

  /** Planes that lie one behind the other in a file: -1 where the document does not say. */
  record Block(@Nullable String file, @Nullable String uuid, int ifd, int firstC, int firstZ, int firstT, int planes, int line) {}

  /** When a plane was acquired, in seconds after its image. */
  record Delta(int c, int z, int t, double seconds) {}

  /** An image of several planes. */
  static final class Image {
    String date = "";
    String order = "XYZCT";
    int sizeC = 1;
    int sizeZ = 1;
    int sizeT = 1;
    final List<String> channels = new ArrayList<>();
    final List<Block> blocks = new ArrayList<>();
    final List<Delta> deltas = new ArrayList<>();
  }

  final List<Plate> plates = new ArrayList<>();
  final Map<String, Image> images = new HashMap<>();
  String uuid = "";
  /** Name of the file that holds the real document; empty if this is it. */
  String binaryOnly = "";
  String microscope = "";

  private final String place;
  private Plate plate = new Plate();
  private Image image = new Image();
  private int row;
  private int column;
  private String acquisition = "";
  private Map<String, String> block = Map.of();
  private @Nullable String blockFile;
  private @Nullable String blockUuid;
  private @Nullable Map<String, String> sample;
  private String sampleImage = "";
  private double planes;

  /** @param place what the document is called in messages */
  OmeDocument(String place) {
    this.place = place;
  }

  @Override
  public void start(String path, Map<String, String> attributes, int line) throws IOException {
    switch (element(path)) {
      case "OME" -> uuid = attributes.getOrDefault("UUID", "");
      case "OME/BinaryOnly" -> binaryOnly = attributes.getOrDefault("MetadataFile", "");
      case "Instrument/Microscope" -> microscope = attributes.getOrDefault("Model", microscope);
      case "OME/Plate" -> plate(attributes, line);
      case "Plate/PlateAcquisition", "Well/PlateAcquisition" -> {
        acquisition = attributes.getOrDefault("ID", "");
        plate.acquisitionNames.put(acquisition, attributes.getOrDefault("Name", ""));
      }
      case "PlateAcquisition/WellSampleRef" -> plate.acquisitions.put(attributes.getOrDefault("ID", ""), acquisition);
      case "Plate/Well" -> {
        row = number(attributes, "Row", -1, line);
        column = number(attributes, "Column", -1, line);
      }
      case "Well/WellSample" -> {
        sample = attributes;
        sampleImage = "";
      }
      case "WellSample/ImageRef" -> sampleImage = attributes.getOrDefault("ID", "");
      case "OME/Image" -> {
        image = new Image();
        images.put(attributes.getOrDefault("ID", ""), image);
      }
      case "Image/Pixels" -> {
        image.sizeC = number(attributes, "SizeC", 1, line);
        image.sizeZ = number(attributes, "SizeZ", 1, line);
        image.sizeT = number(attributes, "SizeT", 1, line);
        image.order = attributes.getOrDefault("DimensionOrder", image.order);
        count((double) image.sizeC * image.sizeZ * image.sizeT, line);
      }
      case "Pixels/Channel", "Image/LogicalChannel" -> image.channels.add(attributes.getOrDefault("Name", ""));
      case "Pixels/TiffData" -> {
        block = attributes;
        blockFile = null;
        blockUuid = null;
      }
      case "TiffData/UUID" -> blockFile = attributes.get("FileName");
      case "Pixels/Plane" -> delta(attributes, line);
      default -> {
        // Objectives, regions and the rest say nothing of where planes lie.
      }
    }
  }

  @Override
  public void end(String path, String text, int line) throws IOException {
    switch (element(path)) {
      case "TiffData/UUID" -> blockUuid = text;
      case "Pixels/TiffData" -> {
        count(1, line);
        image.blocks.add(new Block(blockFile, blockUuid, number(block, "IFD", -1, line), number(block, "FirstC", 0, line),
            number(block, "FirstZ", 0, line), number(block, "FirstT", 0, line), number(block, "PlaneCount", -1, line), line));
      }
      case "Image/AcquisitionDate", "Image/AcquiredDate", "Image/CreationDate" -> image.date = text;
      case "Well/WellSample" -> {
        Map<String, String> attributes = sample == null ? Map.of() : sample;
        plate.samples.add(new Sample(attributes.getOrDefault("ID", ""), row, column, number(attributes, "Index", plate.samples.size(), line),
            sampleImage, attributes.getOrDefault("Timepoint", ""), line));
      }
      default -> {
        // Nothing else ends that matters.
      }
    }
  }

  private void plate(Map<String, String> attributes, int line) throws ArchiveException {
    plate = new Plate();
    plate.id = attributes.getOrDefault("ID", "");
    plate.name = attributes.getOrDefault("Name", "").strip();
    plate.externalId = attributes.getOrDefault("ExternalIdentifier", "").strip();
    plate.rows = number(attributes, "Rows", 0, line);
    plate.columns = number(attributes, "Columns", 0, line);
    plates.add(plate);
  }

  private void delta(Map<String, String> attributes, int line) throws ArchiveException {
    String text = attributes.get("DeltaT");
    double unit = switch (attributes.getOrDefault("DeltaTUnit", "s")) {
      case "s" -> 1;
      case "ms" -> 1e-3;
      case "µs", "μs" -> 1e-6;
      case "ns" -> 1e-9;
      case "min" -> 60;
      case "h" -> 3_600;
      default -> Double.NaN;
    };
    if (text == null) {
      return;
    }
    count(1, line);
    try {
      double seconds = Double.parseDouble(text) * unit;
      // A year is longer than any image.
      if (Math.abs(seconds) < 3e7) {
        image.deltas.add(new Delta(number(attributes, "TheC", 0, line), number(attributes, "TheZ", 0, line), number(attributes, "TheT", 0, line), seconds));
      }
    } catch (NumberFormatException e) {
      throw wrong(line, "DeltaT='" + text + "' is no number");
    }
  }

  private void count(double more, int line) throws ArchiveException {
    planes += more;
    if (planes > MAX_PLANES) {
      throw wrong(line, "more than %d planes are described".formatted(MAX_PLANES));
    }
  }

  private int number(Map<String, String> attributes, String name, int otherwise, int line) throws ArchiveException {
    String text = attributes.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw wrong(line, "%s='%s' is no number from 0 to %d".formatted(name, Shown.of(text), Integer.MAX_VALUE));
  }

  private ArchiveException wrong(int line, String problem) {
    return new ArchiveException(place, "line " + line + ": " + problem);
  }

  /** The last two parts of a path; older documents have the plate inside an element of its own. */
  private static String element(String path) {
    int last = path.lastIndexOf('/');
    int before = last < 0 ? -1 : path.lastIndexOf('/', last - 1);
    return path.substring(before + 1);
  }
}
