package io.dcmix.schema;

import java.util.List;

/**
 * One well of one imaging run at one timepoint; the key of image events and of all results by well.
 *
 * @param plate plate and acquisition
 * @param well where on the plate
 * @param timepoint 0-based
 */
public record WellKey(PlateKey plate, WellAddress well, int timepoint) {
  public WellKey {
    if (timepoint < 0) {
      throw new IllegalArgumentException("Timepoint " + timepoint + " is negative");
    }
  }

  public static WellKey of(String plate, String acquisition, String well, int timepoint) {
    return new WellKey(new PlateKey(plate, acquisition), WellAddress.parse(well), timepoint);
  }

  /**
   * Reads what {@link #toString} writes, and nothing else: one well has one key.
   *
   * @throws IllegalArgumentException if the text is no well key
   */
  public static WellKey parse(String text) {
    List<String> parts = KeyParts.split(text, 4);
    WellKey key;
    try {
      key = WellKey.of(parts.get(0), parts.get(1), parts.get(2), Integer.parseInt(parts.get(3)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not a well key: " + e.getMessage(), e);
    }
    if (!key.toString().equals(text)) {
      throw new IllegalArgumentException("Key '" + text + "' must be written '" + key + "'");
    }
    return key;
  }

  /** {@code plate/acquisition/well/timepoint}, each part percent-encoded: {@code P-7/run%2F1/B02/0}. */
  @Override
  public String toString() {
    return KeyParts.join(plate.plate(), plate.acquisition(), well.toString(), Integer.toString(timepoint));
  }
}
