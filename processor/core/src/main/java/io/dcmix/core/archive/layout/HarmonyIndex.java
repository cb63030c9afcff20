package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.Shown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An index file of Harmony as it is written. Names are local, because every version has a namespace of its own; what does not
 * tell of planes (flat fields with NaN and INF in them, skew and crop) is passed over.
 */
final class HarmonyIndex implements SafeXml.Visitor {
  static final String ROOT = "EvaluationInputData";

  private static final int MAX_IMAGES = 1_000_000;
  private static final int MAX_OTHERS = 2_000;
  private static final int MAX_TEXT = 1_000;
  private static final String PLATE = ROOT + "/Plates/Plate";
  private static final String IMAGE = ROOT + "/Images/Image";
  private static final String ENTRY = ROOT + "/Maps/Map/Entry";
  private static final Set<String> WANTED =
      Set.of("State", "URL", "Row", "Col", "FieldID", "PlaneID", "TimepointID", "ChannelID", "ChannelName", "AbsTime");

  /**
   * One image, all numbers as they are written.
   *
   * @param timepoint -1 where there is none
   * @param line of its end
   */
  record Image(int row, int column, int field, int plane, int timepoint, int channel, String url, String state, String time, int line) {}

  private final String place;
  private final Findings findings;
  private final Map<String, String> fields = new HashMap<>();
  private final List<Map<String, String>> plates = new ArrayList<>();
  private final List<String> wells = new ArrayList<>();
  private final List<Image> images = new ArrayList<>();
  private final Map<Integer, String> channels = new TreeMap<>();
  private final Set<Integer> renamed = new HashSet<>();
  private String instrument = "";
  private String entry = "";
  private int references;
  private @Nullable String broken;

  private HarmonyIndex(String place, Findings findings) {
    this.place = place;
    this.findings = findings;
  }

  /**
   * Reads a file. If it breaks off after some images, those are kept and {@link #broken} says where.
   *
   * @throws ArchiveException if it breaks off before
   */
  static HarmonyIndex read(Path file, String place, Findings findings) throws IOException {
    HarmonyIndex index = new HarmonyIndex(place, findings);
    try {
      SafeXml.read(file, place, index);
    } catch (ArchiveException e) {
      if (index.images.isEmpty()) {
        throw e;
      }
      index.broken = e.getMessage();
    }
    return index;
  }

  @Override
  public void start(String path, Map<String, String> attributes, int line) throws IOException {
    switch (path) {
      case IMAGE, PLATE -> fields.clear();
      case PLATE + "/Well" -> limited(wells, line).add(Shown.of(attributes.getOrDefault("id", "")));
      case ENTRY -> entry = attributes.getOrDefault("ChannelID", "");
      case ROOT + "/Wells/Well/Image" -> references++;
      default -> {
        if (!path.startsWith(ROOT)) {
          throw new ArchiveException(place, "begins with " + Shown.of(path) + " and not with " + ROOT);
        }
      }
    }
  }

  @Override
  public void end(String path, String text, int line) throws IOException {
    switch (path) {
      case PLATE -> limited(plates, line).add(Map.copyOf(fields));
      case IMAGE -> image(line);
      case ENTRY + "/ChannelName" -> channel(entry, text, line);
      case ROOT + "/InstrumentType" -> instrument = text;
      default -> {
        if (path.startsWith(PLATE + "/") || (path.startsWith(IMAGE + "/") && WANTED.contains(path.substring(IMAGE.length() + 1)))) {
          fields.putIfAbsent(path.substring(path.lastIndexOf('/') + 1), text);
        }
      }
    }
  }

  /** No index has as many wells or plates, so that a list that grows without end is refused before memory is gone. */
  private <T> List<T> limited(List<T> list, int line) throws ArchiveException {
    if (list.size() == MAX_OTHERS) {
      throw new ArchiveException(place, "line %d: has more than %d plates or wells".formatted(line, MAX_OTHERS));
    }
    return list;
  }

  private void image(int line) throws ArchiveException {
    if (images.size() == MAX_IMAGES) {
      throw new ArchiveException(place, "line %d: has more than %d images".formatted(line, MAX_IMAGES));
    }
    try {
      images.add(new Image(
          number("Row", null), number("Col", null), number("FieldID", null), number("PlaneID", 1), number("TimepointID", -1),
          number("ChannelID", null), field("URL"), field("State"), field("AbsTime"), line));
      if (!field("ChannelName").isEmpty()) {
        channel(field("ChannelID"), field("ChannelName"), line);
      }
    } catch (IllegalArgumentException e) {
      findings.warning("%s: line %d: an image is left out: %s".formatted(place, line, e.getMessage()));
    }
  }

  private void channel(String id, String name, int line) {
    try {
      if (channels.size() == MAX_OTHERS) {
        throw new IllegalArgumentException("there are more than %d channels".formatted(MAX_OTHERS));
      }
      int number = Integer.parseInt(id);
      String before = channels.putIfAbsent(number, PlateBuilder.text(name, "channel"));
      if (before != null && !before.equals(name.strip()) && renamed.add(number)) {
        findings.warning("%s: line %d: channel %d is called '%s' here, and '%s' before; it goes by that".formatted(
            place, line, number, Shown.of(name), Shown.of(before)));
      }
    } catch (IllegalArgumentException e) {
      findings.warning("%s: line %d: a channel's name is left out: %s".formatted(place, line, Shown.of(String.valueOf(e.getMessage()))));
    }
  }

  private String field(String name) {
    String text = fields.getOrDefault(name, "");
    if (text.length() > MAX_TEXT) {
      throw new IllegalArgumentException("%s has more than %d characters".formatted(name, MAX_TEXT));
    }
    return text;
  }

  private int number(String name, @Nullable Integer otherwise) {
    String text = field(name);
    if (text.isEmpty() && otherwise != null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, together with negative ones.
    }
    throw new IllegalArgumentException("%s is '%s' and not a number".formatted(name, Shown.of(text)));
  }

  String place() {
    return place;
  }

  /** The plates' fields by name. */
  List<Map<String, String>> plates() {
    return plates;
  }

  /** The wells that the plate lists, as {@code RRCC}. */
  List<String> wells() {
    return wells;
  }

  List<Image> images() {
    return images;
  }

  /** Names of channels by their numbers, from the images or, since version 7, from the maps. */
  Map<Integer, String> channels() {
    return channels;
  }

  /** Empty if it is not told. */
  String instrument() {
    return instrument;
  }

  /** How many images the wells refer to. These are no planes themselves. */
  int references() {
    return references;
  }

  /** Why the rest of the file could not be read; null if all was. */
  @Nullable String broken() {
    return broken;
  }
}
