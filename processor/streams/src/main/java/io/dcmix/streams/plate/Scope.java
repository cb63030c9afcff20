package io.dcmix.streams.plate;

import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.ChannelImportance;

/** Over what channel importance is taken together. */
public sealed interface Scope {
  /** The key of its record. */
  String key();

  /** Names the scope in the record's own fields. */
  void describe(ChannelImportance.Builder record);

  /** Every well of the lane. */
  record All() implements Scope {
    @Override
    public String key() {
      return "all";
    }

    @Override
    public void describe(ChannelImportance.Builder record) {
      record.setScope("all");
    }
  }

  /** The wells of one run of one plate. */
  record OfPlate(PlateKey plate) implements Scope {
    @Override
    public String key() {
      return "plate/" + plate;
    }

    @Override
    public void describe(ChannelImportance.Builder record) {
      record.setScope("plate").setPlate(plate.plate()).setAcquisition(plate.acquisition());
    }
  }

  /** The wells that the model puts in one class. */
  record OfClass(String predictedClass) implements Scope {
    @Override
    public String key() {
      return KeyParts.join("class", predictedClass);
    }

    @Override
    public void describe(ChannelImportance.Builder record) {
      record.setScope("class").setPredictedClass(predictedClass);
    }
  }

  /**
   * Reads what {@link #key} writes.
   *
   * @throws IllegalArgumentException if it is no scope
   */
  static Scope parse(String key) {
    if (key.equals("all")) {
      return new All();
    }
    if (key.startsWith("plate/")) {
      return new OfPlate(PlateKey.parse(key.substring("plate/".length())));
    }
    if (key.startsWith("class/")) {
      return new OfClass(KeyParts.split(key, 2).get(1));
    }
    throw new IllegalArgumentException("'" + key + "' is no scope of channel importance");
  }
}
