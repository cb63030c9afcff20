package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.Findings;
import io.dcmix.schema.PlateFormat;
import org.jspecify.annotations.Nullable;

/** Which of the usual plates has so many rows and columns. */
final class PlateSizes {
  private PlateSizes() {}

  /** The plate of that size; null if there is none, which is told. */
  static @Nullable PlateFormat of(int rows, int columns, String place, Findings findings) {
    for (PlateFormat format : PlateFormat.values()) {
      if (format.rows() == rows && format.columns() == columns) {
        return format;
      }
    }
    findings.warning("%s: no usual plate has %d rows and %d columns".formatted(place, rows, columns));
    return null;
  }
}
