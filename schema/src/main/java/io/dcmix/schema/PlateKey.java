package io.dcmix.schema;

import java.util.List;

/**
 * One imaging run of one plate; the key of every topic that speaks of whole plates.
 *
 * @param plate barcode, not empty
 * @param acquisition id of the run, not empty
 */
public record PlateKey(String plate, String acquisition) {
  public PlateKey {
    if (plate.isEmpty() || acquisition.isEmpty()) {
      throw new IllegalArgumentException("Plate and acquisition must not be empty: '" + plate + "', '" + acquisition + "'");
    }
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if the text is no plate key
   */
  public static PlateKey parse(String text) {
    List<String> parts = KeyParts.split(text, 2);
    return new PlateKey(parts.get(0), parts.get(1));
  }

  /** {@code plate/acquisition}, each part percent-encoded. */
  @Override
  public String toString() {
    return KeyParts.join(plate, acquisition);
  }
}
