package io.dcmix.streams.plate;

import io.dcmix.core.images.Sha256;
import io.dcmix.schema.KeyParts;
import io.dcmix.schema.PlateKey;
import io.dcmix.schema.event.ChannelImportance;
import io.dcmix.schema.event.LayoutWell;
import io.dcmix.schema.event.WellRole;
import io.dcmix.schema.state.PlateRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Over what channel importance is taken together. */
public sealed interface Scope {
  /** Longest name of a class, treatment or instrument in a key, in UTF-16 units; {@link #bounded} cuts longer ones. */
  int MAX_NAME = 200;

  /** The kinds of scope, by the first part of their keys. */
  enum Kind {
    ALL,
    PLATE,
    CLASS,
    TREATMENT,
    ROLE,
    INSTRUMENT;

    /** As in keys and on the command line: {@code treatment}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is no kind of scope
     */
    public static Kind parse(String text) {
      return Arrays.stream(values()).filter(kind -> kind.toString().equals(text)).findFirst().orElseThrow(() -> new IllegalArgumentException(
          "'" + text + "' is no scope of channel importance; there are " + Arrays.stream(values()).map(Kind::toString).collect(Collectors.joining(", "))));
    }
  }

  Kind kind();

  /** The key of its record. */
  String key();

  /** Names the scope in the record's own fields. */
  void describe(ChannelImportance.Builder record);

  /** Every well of the lane. */
  record All() implements Scope {
    @Override
    public Kind kind() {
      return Kind.ALL;
    }

    @Override
    public String key() {
      return "all";
    }

    @Override
    public void describe(ChannelImportance.Builder record) {}
  }

  /** The wells of one run of one plate. */
  record OfPlate(PlateKey plate) implements Scope {
    @Override
    public Kind kind() {
      return Kind.PLATE;
    }

    @Override
    public String key() {
      return "plate/" + plate;
    }

    @Override
    public void describe(ChannelImportance.Builder record) {
      record.setPlate(plate.plate()).setAcquisition(plate.acquisition());
    }
  }

  /** The wells that the model puts in one class. */
  record OfClass(String predictedClass) implements Scope {
    @Override
    public Kind kind() {
      return Kind.CLASS;
    }

    @Override
    public String key() {
      return KeyParts.join("class", predictedClass);
    }

    @Override
    public void describe(ChannelImportance.Builder record) {
      record.setPredictedClass(predictedClass);
    }
  }

  /** The wells of one treatment, at any concentration. */
  record OfTreatment(String treatment) implements Scope {
    @Override
    public Kind kind() {
      return Kind.TREATMENT;
    }

    @Override
    public String key() {
      return KeyParts.join("treatment", treatment);
    }

    @Override
    public void describe(ChannelImportance.Builder record) {
      record.setTreatment(treatment);
    }
  }

  /** The wells that the layouts give one role. */
  record OfRole(WellRole role) implements Scope {
    @Override
    public Kind kind() {
      return Kind.ROLE;
    }

    @Override
    public String key() {
      return KeyParts.join("role", role.name());
    }

    @Override
    public void describe(ChannelImportance.Builder record) {
      record.setRole(role.name());
    }
  }

  /** The wells that one microscope imaged. */
  record OfInstrument(String instrument) implements Scope {
    @Override
    public Kind kind() {
      return Kind.INSTRUMENT;
    }

    @Override
    public String key() {
      return KeyParts.join("instrument", instrument);
    }

    @Override
    public void describe(ChannelImportance.Builder record) {
      record.setInstrument(instrument);
    }
  }

  /**
   * The scopes across plates that a well belongs to. A well without a layout has neither treatment nor role, one of a nameless
   * microscope has no instrument.
   *
   * @param mapped what the layout says of the well; null when it says nothing
   */
  static List<Scope> acrossPlates(Set<Kind> on, PlateRow row, @Nullable LayoutWell mapped) {
    List<Scope> scopes = new ArrayList<>();
    scopes.add(new All());
    scopes.add(new OfClass(bounded(row.getPredictedClass())));
    if (mapped != null) {
      scopes.add(new OfRole(mapped.getRole()));
      if (mapped.getTreatment() != null && !mapped.getTreatment().isBlank()) {
        scopes.add(new OfTreatment(bounded(mapped.getTreatment())));
      }
    }
    if (row.getInstrument() != null && !row.getInstrument().isBlank()) {
      scopes.add(new OfInstrument(bounded(row.getInstrument())));
    }
    scopes.removeIf(scope -> !on.contains(scope.kind()));
    return scopes;
  }

  /** The name if it is short; else its beginning and a hash of all of it, so that long names stay apart. */
  static String bounded(String name) {
    if (name.length() <= MAX_NAME) {
      return name;
    }
    String hash = "~" + Sha256.of(StandardCharsets.UTF_8.encode(name)).substring(0, 16);
    int cut = MAX_NAME - hash.length();
    // Half of a surrogate pair has no UTF-8.
    return name.substring(0, Character.isHighSurrogate(name.charAt(cut - 1)) ? cut - 1 : cut) + hash;
  }

  /**
   * Reads what {@link #key} writes.
   *
   * @throws IllegalArgumentException if it is no scope
   */
  static Scope parse(String key) {
    int slash = key.indexOf('/');
    Scope scope = switch (Kind.parse(slash < 0 ? key : key.substring(0, slash))) {
      case ALL -> new All();
      case PLATE -> new OfPlate(PlateKey.parse(key.substring(slash + 1)));
      case CLASS -> new OfClass(nameIn(key));
      case TREATMENT -> new OfTreatment(nameIn(key));
      case ROLE -> new OfRole(WellRole.valueOf(nameIn(key)));
      case INSTRUMENT -> new OfInstrument(nameIn(key));
    };
    if (!scope.key().equals(key)) {
      throw new IllegalArgumentException("'" + key + "' is no scope of channel importance");
    }
    return scope;
  }

  private static String nameIn(String key) {
    return KeyParts.split(key, 2).get(1);
  }
}
