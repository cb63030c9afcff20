package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.Findings;
import io.dcmix.schema.PlateFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code MeasurementDetail.mrf} and the setting, a {@code .mes}, tell of an acquisition. Either may be absent. */
final class CellVoyagerDetail implements SafeXml.Visitor {
  private static final Pattern SECOND = Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d).*");

  private final Findings findings;
  private final SortedMap<Integer, String> targets = new TreeMap<>();
  private final SortedSet<Integer> channels = new TreeSet<>();
  private final Set<String> corrections = new TreeSet<>();
  private @Nullable String barcode;
  private @Nullable String begin;
  private @Nullable String setting;
  private @Nullable PlateFormat format;
  private String place = "";

  CellVoyagerDetail(Findings findings) {
    this.findings = findings;
  }

  /** Reads one of the two kinds of files; a broken one tells what it could. */
  void read(Path file, String name) throws IOException {
    place = name;
    try {
      SafeXml.read(file, name, this);
    } catch (ArchiveException e) {
      findings.warning(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void start(String path, Map<String, String> attributes, int line) {
    switch (path.substring(path.lastIndexOf('/') + 1)) {
      case "MeasurementDetail" -> detail(attributes);
      case "MeasurementSamplePlate" -> barcode = usable(attributes.get("Name"), line);
      case "MeasurementChannel" -> {
        int channel = channel(attributes);
        if (channel > 0) {
          channels.add(channel);
        }
        String correction = attributes.getOrDefault("ShadingCorrectionSource", "");
        if (!correction.isBlank()) {
          corrections.add(correction);
        }
      }
      case "Channel" -> {
        int channel = channel(attributes);
        String target = usable(attributes.get("Target"), line);
        if (channel > 0 && target != null) {
          targets.put(channel, target);
        }
      }
      default -> {
        // What else the instrument did is of no concern here.
      }
    }
  }

  /** The barcode; null if it was not read. */
  @Nullable String barcode() {
    return barcode;
  }

  /** When the run began, to the second as the clock showed it; null if unknown. */
  @Nullable String begin() {
    return begin;
  }

  /** The name of the setting's file; null if unknown. */
  @Nullable String setting() {
    return setting;
  }

  /** Size of the plate; null if unknown. */
  @Nullable PlateFormat format() {
    return format;
  }

  /** Numbers of the channels, from 1. */
  SortedSet<Integer> channels() {
    return channels;
  }

  /** Names of the files that others are corrected for shading by. */
  Set<String> corrections() {
    return corrections;
  }

  /** What a channel shows, as the person who set it up called it; else {@code C01}. */
  String channelName(int channel) {
    return targets.getOrDefault(channel, "C%02d".formatted(channel));
  }

  private void detail(Map<String, String> attributes) {
    Matcher m = SECOND.matcher(attributes.getOrDefault("BeginTime", ""));
    begin = m.matches() ? m.group(1) : null;
    setting = attributes.get("MeasurementSettingFileName");
    try {
      if (attributes.containsKey("RowCount") && attributes.containsKey("ColumnCount")) {
        format = PlateSizes.of(Integer.parseInt(attributes.getOrDefault("RowCount", "")), Integer.parseInt(attributes.getOrDefault("ColumnCount", "")), place, findings);
      }
    } catch (NumberFormatException e) {
      findings.warning("%s: RowCount or ColumnCount is no number".formatted(place));
    }
  }

  /** From 1; 0 if it says none. */
  private static int channel(Map<String, String> attributes) {
    String number = attributes.getOrDefault("Ch", "");
    return number.matches("[1-9]\\d{0,3}") ? Integer.parseInt(number) : 0;
  }

  private @Nullable String usable(@Nullable String text, int line) {
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      return PlateBuilder.text(text, "name");
    } catch (IllegalArgumentException e) {
      findings.warning("%s, line %d: %s".formatted(place, line, e.getMessage()));
      return null;
    }
  }
}
