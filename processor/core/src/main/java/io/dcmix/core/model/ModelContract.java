package io.dcmix.core.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dcmix.schema.event.PixelType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a DCMIX model file must look like, version 1: the names, and the check of everything that can be told without running
 * it. {@code docs/model-contract.md} is the text for people; it and this class say the same.
 */
public final class ModelContract {
  /** Input: pixels [N, C, H, W], uint8, or int16 holding the bits of uint16. */
  public static final String PIXELS = "pixels";

  /** Input: float32 [P, C], which channels each pass keeps: 1 keep, 0 replace by the channel's mean. */
  public static final String MASKS = "masks";

  /** Output: float32 [N, P, K]. */
  public static final String LOGITS = "logits";

  /** Output: float32 [N, P, K], softmax of the logits. */
  public static final String PROBABILITIES = "probabilities";

  /** Output: float32 [N, C], w_i·sd(c_i) / Σ_j w_j·sd(c_j) over the site's normalised channels; all 0 for a flat site. */
  public static final String CONTRIBUTION = "contribution";

  /** The version that this class checks. */
  public static final String VERSION = "1";

  private static final String WELLS = "wells";
  private static final String MEANS = "means";
  private static final String STANDARD_DEVIATIONS = "standardDeviations";

  static final int MAX_CHANNELS = 64;
  static final int MAX_CLASSES = 4096;
  static final int MAX_DIMENSION = 16_384;
  static final long MAX_SITE_BYTES = 1L << 30;

  private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private ModelContract() {}

  /** The metadata's keys. All values are strings; lists and objects are JSON. */
  public enum Key {
    CONTRACT("dcmix.contract"),
    NAME("dcmix.name"),
    VERSION("dcmix.version"),
    CHANNELS("dcmix.channels"),
    CLASSES("dcmix.classes"),
    HIT_CLASS("dcmix.hitClass"),
    PIXEL_TYPE("dcmix.pixelType"),
    IMAGE_HEIGHT("dcmix.imageHeight"),
    IMAGE_WIDTH("dcmix.imageWidth"),
    WEIGHTS("dcmix.weights"),
    MEANS("dcmix.means"),
    STANDARD_DEVIATIONS("dcmix.standardDeviations"),
    PROVENANCE("dcmix.provenance"),
    CONTRIBUTION_REFERENCE("dcmix.contributionReference");

    private final String text;

    Key(String text) {
      this.text = text;
    }

    /** The key as it stands in the file. */
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * An input or output as the runtime describes it.
   *
   * @param type element type in ONNX's words: {@code uint8}, {@code int16}, {@code float32}
   * @param shape sizes; -1 where the size is free
   */
  public record Port(String type, List<Long> shape) {
    public Port {
      shape = List.copyOf(shape);
    }

    @Override
    public String toString() {
      return type + " " + shape.stream().map(d -> d < 0 ? "?" : Long.toString(d)).toList();
    }
  }

  /** Metadata for a file, the reverse of reading a card. The keys are sorted, so that equal cards give equal bytes. */
  public static Map<String, String> metadata(ModelCard card) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(Key.CONTRACT.text, VERSION);
    metadata.put(Key.NAME.text, card.name());
    metadata.put(Key.VERSION.text, card.version());
    metadata.put(Key.CHANNELS.text, json(card.channels()));
    metadata.put(Key.CLASSES.text, json(card.classes()));
    metadata.put(Key.HIT_CLASS.text, card.hitClass());
    metadata.put(Key.PIXEL_TYPE.text, card.pixelType() == PixelType.UINT16 ? "uint16" : "uint8");
    metadata.put(Key.IMAGE_HEIGHT.text, Integer.toString(card.height()));
    metadata.put(Key.IMAGE_WIDTH.text, Integer.toString(card.width()));
    metadata.put(Key.WEIGHTS.text, json(card.weights()));
    metadata.put(Key.MEANS.text, json(card.means()));
    metadata.put(Key.STANDARD_DEVIATIONS.text, json(card.standardDeviations()));
    metadata.put(Key.PROVENANCE.text, json(new TreeMap<>(card.provenance())));
    @Nullable ContributionReference reference = card.contributionReference();
    if (reference != null) {
      metadata.put(Key.CONTRIBUTION_REFERENCE.text, json(new TreeMap<>(Map.of(
          WELLS, reference.wells(), MEANS, reference.means(), STANDARD_DEVIATIONS, reference.standardDeviations()))));
    }
    return metadata;
  }

  /**
   * Checks a file's description and reads its card.
   *
   * @param problems every breach found is added here
   * @return the card; null when anything was found
   */
  static @Nullable ModelCard read(
      Map<String, String> metadata, Map<String, Port> inputs, Map<String, Port> outputs, String sha256, List<String> problems) {
    return read(metadata, new Ports(inputs, outputs), sha256, problems);
  }

  /** {@link #read} of the metadata alone: what a file says of itself, before anything of it is run. */
  static @Nullable ModelCard card(Map<String, String> metadata, String sha256, List<String> problems) {
    return read(metadata, null, sha256, problems);
  }

  private record Ports(Map<String, Port> inputs, Map<String, Port> outputs) {}

  private static @Nullable ModelCard read(Map<String, String> metadata, @Nullable Ports ports, String sha256, List<String> problems) {
    int before = problems.size();
    Reader reader = new Reader(metadata, problems);
    @Nullable String contract = reader.text(Key.CONTRACT);
    if (contract != null && !contract.equals(VERSION)) {
      problems.add("metadata %s is '%s'; this build reads contract '%s'".formatted(Key.CONTRACT, contract, VERSION));
    }
    @Nullable String name = reader.text(Key.NAME);
    @Nullable String version = reader.text(Key.VERSION);
    List<String> channels = reader.names(Key.CHANNELS, 1, MAX_CHANNELS);
    List<String> classes = reader.names(Key.CLASSES, 2, MAX_CLASSES);
    @Nullable String hitClass = reader.text(Key.HIT_CLASS);
    if (hitClass != null && !classes.isEmpty() && !classes.contains(hitClass)) {
      problems.add("metadata %s '%s' is not one of the classes %s".formatted(Key.HIT_CLASS, hitClass, classes));
    }
    PixelType pixelType = reader.pixelType();
    int height = reader.dimension(Key.IMAGE_HEIGHT);
    int width = reader.dimension(Key.IMAGE_WIDTH);
    List<Double> weights = reader.numbers(Key.WEIGHTS, channels.size(), 0, "0 or more");
    if (!weights.isEmpty() && weights.stream().allMatch(w -> w == 0)) {
      problems.add("metadata %s are all 0: no channel reaches the network".formatted(Key.WEIGHTS));
    }
    List<Double> means = reader.numbers(Key.MEANS, channels.size(), Double.NEGATIVE_INFINITY, "finite");
    List<Double> sds = reader.numbers(Key.STANDARD_DEVIATIONS, channels.size(), Double.MIN_NORMAL, "above 0");
    Map<String, String> provenance = reader.provenance();
    @Nullable ContributionReference reference = reader.contributionReference(channels.size());

    long c = channels.isEmpty() ? -1 : channels.size();
    long k = classes.isEmpty() ? -1 : classes.size();
    if (ports != null) {
      ports(ports, pixelType, new long[] {-1, c, height, width}, k, problems);
    }
    if (c > 0 && height > 0 && width > 0 && c * height * width * (pixelType == PixelType.UINT16 ? 2 : 1) > MAX_SITE_BYTES) {
      problems.add("a site of %d x %d x %d pixels is larger than %d MiB".formatted(c, height, width, MAX_SITE_BYTES >> 20));
    }
    if (problems.size() > before || name == null || version == null || hitClass == null) {
      return null;
    }
    return new ModelCard(
        name, version, sha256, channels, classes, hitClass, pixelType, height, width, weights, means, sds, provenance, reference);
  }

  private static void ports(Ports ports, PixelType pixelType, long[] imageShape, long k, List<String> problems) {
    for (String input : ports.inputs().keySet()) {
      if (!input.equals(PIXELS) && !input.equals(MASKS)) {
        problems.add("input '%s' is not in the contract, which has '%s' and '%s' only".formatted(input, PIXELS, MASKS));
      }
    }
    // 0 stands for a size that must be free, -1 for one that is not known or not prescribed.
    String pixels = pixelType == PixelType.UINT16 ? "int16" : pixelType == PixelType.UINT8 ? "uint8" : "uint8 or int16";
    port("input", PIXELS, ports.inputs(), pixels, imageShape, problems);
    port("input", MASKS, ports.inputs(), "float32", new long[] {0, imageShape[1]}, problems);
    port("output", LOGITS, ports.outputs(), "float32", new long[] {-1, -1, k}, problems);
    port("output", PROBABILITIES, ports.outputs(), "float32", new long[] {-1, -1, k}, problems);
    port("output", CONTRIBUTION, ports.outputs(), "float32", new long[] {-1, imageShape[1]}, problems);
    @Nullable Port image = ports.inputs().get(PIXELS);
    if (image != null && image.shape().size() == 4) {
      if (image.shape().get(0) > 1) {
        problems.add("input '%s' takes batches of %d sites only; the first size must be free".formatted(PIXELS, image.shape().get(0)));
      }
      for (int i = 1; i < 4; i++) {
        if (image.shape().get(i) < 0) {
          problems.add("input '%s' %s leaves %s free; it must be fixed".formatted(PIXELS, image, "NCHW".charAt(i)));
        }
      }
    }
  }

  private static void port(
      String kind, String name, Map<String, Port> ports, String type, long[] shape, List<String> problems) {
    @Nullable Port port = ports.get(name);
    if (port == null) {
      problems.add("%s '%s' is missing; the file has %s".formatted(kind, name, ports.keySet().stream().sorted().toList()));
      return;
    }
    if (!List.of(type.split(" or ", -1)).contains(port.type())) {
      problems.add("%s '%s' is %s; it must be %s".formatted(kind, name, port.type(), type));
    }
    if (port.shape().size() != shape.length) {
      problems.add("%s '%s' has %d dimensions %s; it must have %d".formatted(kind, name, port.shape().size(), port, shape.length));
      return;
    }
    for (int i = 0; i < shape.length; i++) {
      long found = port.shape().get(i);
      if (shape[i] == 0 && found >= 0) {
        problems.add("%s '%s' %s fixes size %d of dimension %d; it must be free".formatted(kind, name, port, found, i));
      } else if (shape[i] > 0 && found >= 0 && found != shape[i]) {
        problems.add("%s '%s' %s has %d in dimension %d; the metadata says %d".formatted(kind, name, port, found, i, shape[i]));
      }
    }
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Strings and numbers are always JSON", e);
    }
  }

  /** Reads metadata values; what is wrong goes to the list, and an empty value takes its place. */
  private record Reader(Map<String, String> metadata, List<String> problems) {
    @Nullable String text(Key key) {
      @Nullable String value = metadata.get(key.text);
      if (value == null) {
        problems.add("metadata %s is missing".formatted(key));
      } else if (value.isBlank()) {
        problems.add("metadata %s is empty".formatted(key));
        return null;
      }
      return value;
    }

    private @Nullable JsonNode json(Key key, String what) {
      @Nullable String value = text(key);
      if (value == null) {
        return null;
      }
      try {
        return JSON.readTree(value);
      } catch (JsonProcessingException e) {
        problems.add("metadata %s is not %s: %s".formatted(key, what, e.getOriginalMessage()));
        return null;
      }
    }

    List<String> names(Key key, int min, int max) {
      @Nullable JsonNode node = json(key, "a JSON list of strings");
      if (node == null) {
        return List.of();
      }
      List<String> names = new ArrayList<>();
      node.forEach(n -> names.add(n.isTextual() ? n.textValue() : ""));
      if (!node.isArray() || names.stream().anyMatch(String::isBlank)) {
        problems.add("metadata %s must be a JSON list of strings that are not empty, not %s".formatted(key, shorten(node)));
        return List.of();
      }
      if (names.size() < min || names.size() > max) {
        problems.add("metadata %s has %d entries; %d to %d are allowed".formatted(key, names.size(), min, max));
      }
      Set<String> seen = new HashSet<>();
      for (String name : names) {
        if (!seen.add(name)) {
          problems.add("metadata %s lists '%s' twice".formatted(key, name));
        }
      }
      return names;
    }

    List<Double> numbers(Key key, int count, double min, String range) {
      @Nullable JsonNode node = json(key, "a JSON list of numbers");
      if (node == null) {
        return List.of();
      }
      List<Double> numbers = new ArrayList<>();
      node.forEach(n -> numbers.add(n.isNumber() ? n.doubleValue() : Double.NaN));
      if (!node.isArray() || numbers.stream().anyMatch(d -> !Double.isFinite(d) || d < min)) {
        problems.add("metadata %s must be a JSON list of numbers that are %s, not %s".formatted(key, range, shorten(node)));
        return List.of();
      }
      if (count > 0 && numbers.size() != count) {
        problems.add("metadata %s has %d numbers for %d channels".formatted(key, numbers.size(), count));
      }
      return numbers;
    }

    PixelType pixelType() {
      @Nullable String value = text(Key.PIXEL_TYPE);
      if (value == null) {
        return PixelType.UNKNOWN;
      }
      return switch (value) {
        case "uint8" -> PixelType.UINT8;
        case "uint16" -> PixelType.UINT16;
        default -> {
          problems.add("metadata %s must be uint8 or uint16, not '%s'".formatted(Key.PIXEL_TYPE, value));
          yield PixelType.UNKNOWN;
        }
      };
    }

    /** A size in pixels; -1 when it is not one. */
    int dimension(Key key) {
      @Nullable String value = text(key);
      if (value == null) {
        return -1;
      }
      if (value.matches("[0-9]{1,9}")) {
        int size = Integer.parseInt(value);
        if (size >= 1 && size <= MAX_DIMENSION) {
          return size;
        }
      }
      problems.add("metadata %s must be a whole number from 1 to %d, not '%s'".formatted(key, MAX_DIMENSION, value));
      return -1;
    }

    Map<String, String> provenance() {
      @Nullable JsonNode node = json(Key.PROVENANCE, "a JSON object of strings");
      if (node == null) {
        return Map.of();
      }
      Map<String, String> provenance = new TreeMap<>();
      node.properties().forEach(e -> provenance.put(e.getKey(), e.getValue().isTextual() ? e.getValue().textValue() : "\0"));
      if (!node.isObject() || provenance.containsValue("\0")) {
        problems.add("metadata %s must be a JSON object of strings, not %s".formatted(Key.PROVENANCE, shorten(node)));
        return Map.of();
      }
      return provenance;
    }

    /** The one key that may be missing: files of other origin need not know it, and drift is then not measured. */
    @Nullable ContributionReference contributionReference(int channels) {
      Key key = Key.CONTRIBUTION_REFERENCE;
      @Nullable JsonNode node = metadata.containsKey(key.text) ? json(key, "a JSON object") : null;
      if (node == null) {
        return null;
      }
      JsonNode wells = node.path(WELLS);
      List<Double> means = shares(node.path(MEANS));
      List<Double> sds = shares(node.path(STANDARD_DEVIATIONS));
      if (!wells.canConvertToInt() || !wells.isIntegralNumber() || wells.intValue() < ContributionReference.LEAST_WELLS || means.isEmpty() || sds.isEmpty()) {
        problems.add("metadata %s must be a JSON object of %s, a whole number from %d, and of %s and %s, lists of numbers from 0 to 1; not %s. Leave it out if it is not known"
            .formatted(key, WELLS, ContributionReference.LEAST_WELLS, MEANS, STANDARD_DEVIATIONS, shorten(node)));
        return null;
      }
      if (channels > 0 && (means.size() != channels || sds.size() != channels)) {
        problems.add("metadata %s has %d %s and %d %s for %d channels".formatted(key, means.size(), MEANS, sds.size(), STANDARD_DEVIATIONS, channels));
        return null;
      }
      return new ContributionReference(wells.intValue(), means, sds);
    }

    /** Numbers from 0 to 1; empty when it is anything else. */
    private static List<Double> shares(JsonNode node) {
      List<Double> shares = new ArrayList<>();
      node.forEach(n -> shares.add(n.isNumber() ? n.doubleValue() : Double.NaN));
      return node.isArray() && shares.stream().allMatch(d -> d >= 0 && d <= 1) ? shares : List.of();
    }

    private static String shorten(JsonNode node) {
      String text = node.toString();
      return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
  }
}
