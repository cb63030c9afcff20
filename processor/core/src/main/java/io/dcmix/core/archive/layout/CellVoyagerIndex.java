package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.Findings;
import io.dcmix.core.archive.Shown;
import io.dcmix.schema.WellAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code MeasurementData.mlf} tells: one record a file, and one each time that something failed.
 *
 * @param broken why the file could not be read to its end; else null
 */
record CellVoyagerIndex(List<CellVoyagerShot> shots, List<Failure> failures, @Nullable String broken) {
  /**
   * The autofocus failed in a well. Which fields and channels it cost the record does not say.
   *
   * @param timepoint 0-based
   */
  record Failure(WellAddress well, int timepoint, String message) {
    Failure {
      if (timepoint < 0 || timepoint >= 1_000_000) {
        throw new IllegalArgumentException("its TimePoint is not between 1 and 1000000");
      }
    }
  }

  static CellVoyagerIndex read(Path file, String place, Findings findings) throws IOException {
    Records records = new Records(place, findings);
    String broken = null;
    try {
      SafeXml.read(file, place, records);
    } catch (ArchiveException e) {
      broken = String.valueOf(e.getMessage());
    }
    return new CellVoyagerIndex(List.copyOf(records.shots), List.copyOf(records.failures), broken);
  }

  private static final class Records implements SafeXml.Visitor {
    private final String place;
    private final Findings findings;
    private final List<CellVoyagerShot> shots = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private Map<String, String> attributes = Map.of();

    Records(String place, Findings findings) {
      this.place = place;
      this.findings = findings;
    }

    @Override
    public void start(String path, Map<String, String> found, int line) {
      if (isRecord(path)) {
        attributes = found;
      }
    }

    @Override
    public void end(String path, String text, int line) {
      if (!isRecord(path)) {
        return;
      }
      try {
        WellAddress well = new WellAddress(number("Row", 1) - 1, number("Column", 1) - 1);
        switch (attributes.getOrDefault("Type", "IMG")) {
          case "IMG" -> shots.add(shot(well, text));
          case "ERR" -> failures.add(new Failure(well, number("TimePoint", 1) - 1, text));
          default -> throw new IllegalArgumentException("its Type is " + Shown.of(attributes.getOrDefault("Type", "")));
        }
      } catch (IllegalArgumentException e) {
        findings.warning("%s, line %d: a record is left out: %s".formatted(place, line, e.getMessage()));
      }
    }

    private CellVoyagerShot shot(WellAddress well, String file) {
      boolean projection = !attributes.getOrDefault("ZImageProcessing", "").isBlank();
      return new CellVoyagerShot(
          file, well, number("FieldIndex", 0), number("TimePoint", 1) - 1, projection ? 0 : number("ZIndex", 1) - 1, number("Ch", 0),
          new CellVoyagerShot.Source(number("TimelineIndex", 1), number("ActionIndex", 1)), projection, attributes.getOrDefault("Time", ""));
    }

    /** @param otherwise what a missing one counts as; 0 if there must be one */
    private int number(String name, int otherwise) {
      String text = attributes.get(name);
      if (text == null) {
        if (otherwise == 0) {
          throw new IllegalArgumentException("it has no " + name);
        }
        return otherwise;
      }
      try {
        return Integer.parseInt(text.strip());
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("its %s is '%s'".formatted(name, Shown.of(text)), e);
      }
    }

    private static boolean isRecord(String path) {
      return path.endsWith("/MeasurementRecord");
    }
  }
}
