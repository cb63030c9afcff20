package io.dcmix.streams;

import io.dcmix.schema.WellKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which images of its source a lane scores. Decided by the record's key alone, so what is passed over is not even decoded.
 *
 * @param plate barcode of the only plate; null for all
 * @param acquisition id of the only run; null for all
 */
public record ImageSelection(@Nullable String plate, @Nullable String acquisition) {
  public static final ImageSelection ALL = new ImageSelection(null, null);

  /** Whether everything is taken, records without a readable key included. */
  public boolean isAll() {
    return plate == null && acquisition == null;
  }

  /** Whether a record with this key is taken. One whose key is none belongs to no plate. */
  boolean takes(byte @Nullable [] key) {
    if (isAll()) {
      return true;
    }
    if (key == null) {
      return false;
    }
    try {
      WellKey well = WellKey.parse(new String(key, StandardCharsets.UTF_8));
      return takes(well.plate().plate(), well.plate().acquisition());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether wells of this run of this plate are taken. */
  public boolean takes(String ofPlate, String ofAcquisition) {
    return (plate == null || plate.equals(ofPlate)) && (acquisition == null || acquisition.equals(ofAcquisition));
  }

  /** {@code plate P-7, acquisition run1}; empty for all. */
  @Override
  public String toString() {
    return (plate == null ? "" : "plate " + plate) + (plate == null || acquisition == null ? "" : ", ")
        + (acquisition == null ? "" : "acquisition " + acquisition);
  }
}
