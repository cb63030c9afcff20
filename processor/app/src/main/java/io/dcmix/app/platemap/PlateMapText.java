package io.dcmix.app.platemap;

import io.dcmix.core.archive.PlateMap;
import io.dcmix.core.archive.PlateMapPlan;
import io.dcmix.schema.WellAddress;
import io.dcmix.schema.event.Orientation;
import io.dcmix.schema.event.WellRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Plate maps as text for people. Pure. */
final class PlateMapText {
  private static final int SHOWN_PLATES = 100;
  private static final int SHOWN_LINES = 20;
  private static final int SHOWN_NAMES = 5;

  private PlateMapText() {}

  /** One line a plate: how many wells of each role; nothing of no plates. */
  static String table(Map<String, PlateMapPlan.Planned> plates) {
    if (plates.isEmpty()) {
      return "";
    }
    int width = Math.clamp(plates.keySet().stream().mapToInt(String::length).max().orElse(0), 5, 60);
    String line = "  %-" + width + "s  %9s  %8s  %8s  %6s  %5s  %7s%s%n";
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, line, "plate", "wells", "negative", "positive", "sample", "empty", "unknown", ""));
    plates.entrySet().stream().limit(SHOWN_PLATES).forEach(entry -> {
      PlateMap map = entry.getValue().map();
      text.append(String.format(Locale.ROOT, line, entry.getKey(), map.wells().size() + "/" + map.format().size(),
          count(map, WellRole.NEGATIVE_CONTROL), count(map, WellRole.POSITIVE_CONTROL), count(map, WellRole.SAMPLE),
          count(map, WellRole.EMPTY), count(map, WellRole.UNKNOWN),
          entry.getValue().orientation() == Orientation.ROTATED_180 ? "  rotated by 180°" : ""));
    });
    if (plates.size() > SHOWN_PLATES) {
      text.append(String.format(Locale.ROOT, "  and %d plates more%n", plates.size() - SHOWN_PLATES));
    }
    return text.toString();
  }

  /** What a person should think about before images of these plates come. */
  static List<String> warnings(Map<String, PlateMapPlan.Planned> plates) {
    List<String> warnings = new ArrayList<>();
    lacking(plates, "negative", map -> count(map, WellRole.NEGATIVE_CONTROL) == 0, warnings);
    lacking(plates, "positive", map -> count(map, WellRole.POSITIVE_CONTROL) == 0, warnings);
    return warnings;
  }

  private static void lacking(Map<String, PlateMapPlan.Planned> plates, String controls, Predicate<PlateMap> lacks, List<String> warnings) {
    List<String> names = plates.entrySet().stream().filter(e -> lacks.test(e.getValue().map())).map(Map.Entry::getKey).toList();
    if (!names.isEmpty()) {
      warnings.add("%s %s no %s controls, so there will be no Z'; say which wells they are by --roles or --controls".formatted(
          String.join(", ", names.subList(0, Math.min(SHOWN_NAMES, names.size())))
              + (names.size() > SHOWN_NAMES ? " and %d more".formatted(names.size() - SHOWN_NAMES) : ""),
          names.size() == 1 ? "has" : "have", controls));
    }
  }

  /** The first lines, and how many there are more. */
  static String some(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.stream().limit(SHOWN_LINES).forEach(line -> text.append("  ").append(line).append(System.lineSeparator()));
    if (lines.size() > SHOWN_LINES) {
      text.append("  and %d more".formatted(lines.size() - SHOWN_LINES)).append(System.lineSeparator());
    }
    return text.toString();
  }

  /** The plate as the microscope sees it, a character a well. */
  static String drawing(PlateMapPlan.Planned plate) {
    PlateMap map = plate.map();
    int rows = map.format().rows();
    int columns = map.format().columns();
    boolean turned = plate.orientation() == Orientation.ROTATED_180;
    StringBuilder text = new StringBuilder("    ");
    for (int c = 1; c <= columns; c++) {
      text.append(c % 2 == 1 ? "%-4d".formatted(c) : "");
    }
    text.setLength(text.toString().stripTrailing().length());
    text.append(System.lineSeparator());
    for (int r = 0; r < rows; r++) {
      text.append("%2s ".formatted(new WellAddress(r, 0).rowName()));
      for (int c = 0; c < columns; c++) {
        text.append(' ').append(letter(map, turned ? new WellAddress(rows - 1 - r, columns - 1 - c) : new WellAddress(r, c)));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  private static char letter(PlateMap map, WellAddress well) {
    PlateMap.Content content = map.wells().get(well);
    return content == null ? '.' : switch (content.role()) {
      case NEGATIVE_CONTROL -> 'N';
      case POSITIVE_CONTROL -> 'P';
      case SAMPLE -> 'S';
      case EMPTY -> 'E';
      case UNKNOWN -> '?';
    };
  }

  private static long count(PlateMap map, WellRole role) {
    return map.wells().values().stream().filter(content -> content.role() == role).count();
  }
}
