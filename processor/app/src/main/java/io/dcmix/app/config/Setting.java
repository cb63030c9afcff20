package io.dcmix.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What one option is given, piece by piece: one for an option of one value, several for a list, one an entry for a map.
 *
 * @param pieces never empty
 */
record Setting(List<Piece> pieces) {
  /**
   * A value and where it stands.
   *
   * @param name of the entry of a map, else empty
   * @param text as it stands there, references to secrets included
   * @param place such as {@code cluster.yaml:4} or {@code DCMIX_LANE}
   */
  record Piece(String name, String text, String place) {
    /** What picocli is told. */
    String argument(String resolved) {
      return name.isEmpty() ? resolved : name + "=" + resolved;
    }

    /** The place only: the text may be a secret. */
    @Override
    public String toString() {
      return name + "@" + place;
    }
  }

  Setting {
    pieces = List.copyOf(pieces);
  }

  /** Of a map, these entries above those of a lower source; of anything else, this. */
  Setting above(Setting lower) {
    if (Stream.concat(pieces.stream(), lower.pieces.stream()).anyMatch(piece -> piece.name().isEmpty())) {
      return this;
    }
    Map<String, Piece> merged = new LinkedHashMap<>();
    lower.pieces.forEach(piece -> merged.put(piece.name(), piece));
    pieces.forEach(piece -> merged.put(piece.name(), piece));
    return new Setting(new ArrayList<>(merged.values()));
  }
}
