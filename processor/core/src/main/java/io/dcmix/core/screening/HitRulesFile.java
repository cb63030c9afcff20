package io.dcmix.core.screening;

import io.dcmix.schema.event.CallReference;
import io.dcmix.schema.event.HitDirection;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Hit rules as text: lines of {@code key = value}, {@code #} before a comment. {@code preset} names the rules that the others
 * change. docs/hit-calls.md lists the keys.
 */
public final class HitRulesFile {
  private static final List<String> KEYS = List.of(
      "name", "version", "preset", "method", "reference", "direction", "threshold", "min-reference", "max-hit-rate", "edge-effect",
      "alert-z-prime", "alert-min-controls", "alert-channel-wells", "alert-channel-share", "alert-swap-wells", "alert-failure-wells",
      "alert-failure-share", "alert-edge-effect", "alert-silence");
  private static final int MAX_NAME = 100;

  private final Map<String, String> values = new HashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();
  /** By line. */
  private final SortedMap<Integer, String> problems = new TreeMap<>();

  private HitRulesFile() {}

  /**
   * Reads rules.
   *
   * @param source what to call the text in messages; also the rules' name where it gives none
   * @throws IllegalArgumentException with every problem, its line and what to write instead
   */
  public static HitRules parse(String source, String text) {
    HitRulesFile file = new HitRulesFile();
    file.read(text);
    HitRules rules = file.rules(source);
    if (!file.problems.isEmpty()) {
      throw new IllegalArgumentException("The hit rules in %s cannot be used:%n  - %s".formatted(source, file.problems.entrySet().stream().map(p -> "line %d: %s".formatted(p.getKey(), p.getValue())).collect(Collectors.joining("%n  - ".formatted()))));
    }
    return rules;
  }

  private void read(String text) {
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.replace("\uFEFF", "").replaceFirst("#.*", "").strip();
      if (line.isEmpty()) {
        continue;
      }
      String[] parts = line.split("=", 2);
      String key = parts[0].strip().toLowerCase(Locale.ROOT);
      if (parts.length < 2 || parts[1].isBlank()) {
        problems.put(number, "'%s' is not key = value".formatted(line));
      } else if (!KEYS.contains(key)) {
        problems.put(number, "'%s' is no key; %s".formatted(key, meant(key)));
      } else if (values.putIfAbsent(key, parts[1].strip()) != null) {
        problems.put(number, "'%s' stands in line %d already".formatted(key, lines.get(key)));
      } else {
        lines.put(key, number);
      }
    }
  }

  private static String meant(String key) {
    String plain = key.replaceAll("[-_ .]", "");
    List<String> same = KEYS.stream().filter(k -> k.replace("-", "").equals(plain)).toList();
    List<String> close = same.isEmpty() ? KEYS.stream().filter(k -> k.contains(key) || key.contains(k)).toList() : same;
    return close.isEmpty() ? "there are " + String.join(", ", KEYS) : "did you mean " + String.join(" or ", close) + "?";
  }

  private HitRules rules(String source) {
    HitRules base = read("preset", HitRules.CONTROLS,
        text -> HitRules.preset(text).orElseThrow(() -> new IllegalArgumentException("one of " + presets())));
    AlertRules alerts = base.alerts();
    HitRules.Method method = read("method", base.method(), text -> oneOf(HitRules.Method.class, text));
    return new HitRules(
        read("name", source, text -> limited(text)),
        read("version", "1", text -> limited(text)),
        method,
        read("reference", base.reference(), text -> reference(text)),
        read("direction", base.direction(), text -> oneOf(HitDirection.class, text)),
        read("threshold", threshold(base, method), text -> number(text, Math.nextUp(0.0), Double.MAX_VALUE)),
        read("min-reference", base.minReference(), text -> count(text, 2)),
        read("max-hit-rate", base.maxHitRate(), text -> number(text, Math.nextUp(0.0), 1)),
        read("edge-effect", base.edgeEffect(), text -> number(text, Math.nextUp(0.0), Double.MAX_VALUE)),
        new AlertRules(
            read("alert-z-prime", alerts.zPrime(), text -> number(text, -Double.MAX_VALUE, 1)),
            read("alert-min-controls", alerts.minControls(), text -> count(text, 2)),
            read("alert-channel-wells", alerts.channelWells(), text -> count(text, 1)),
            read("alert-channel-share", alerts.channelShare(), text -> number(text, 0, 1)),
            read("alert-swap-wells", alerts.swapWells(), text -> count(text, 1)),
            read("alert-failure-wells", alerts.failureWells(), text -> count(text, 1)),
            read("alert-failure-share", alerts.failureShare(), text -> number(text, 0, 1)),
            read("alert-edge-effect", alerts.edgeEffect(), text -> number(text, Math.nextUp(0.0), Double.MAX_VALUE)),
            read("alert-silence", alerts.silence(), text -> duration(text))));
  }

  /** A threshold of one score is none of another: who changes the method must say it, or gets that of the method's preset. */
  private static double threshold(HitRules base, HitRules.Method method) {
    return method == base.method() ? base.threshold()
        : HitRules.PRESETS.stream().filter(preset -> preset.method() == method).findFirst().orElse(base).threshold();
  }

  private <T> T read(String key, T usual, Function<String, T> parse) {
    String text = values.get(key);
    if (text == null) {
      return usual;
    }
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException | DateTimeParseException e) {
      problems.put(Objects.requireNonNull(lines.get(key)), "%s = %s must be %s".formatted(key, text, e.getMessage()));
      return usual;
    }
  }

  private static String presets() {
    return HitRules.PRESETS.stream().map(HitRules::name).collect(Collectors.joining(", "));
  }

  private static String limited(String text) {
    if (text.length() > MAX_NAME) {
      throw new IllegalArgumentException("at most " + MAX_NAME + " characters");
    }
    return text;
  }

  private static CallReference reference(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "controls", "negative-controls" -> CallReference.NEGATIVE_CONTROLS;
      case "samples" -> CallReference.SAMPLES;
      default -> throw new IllegalArgumentException("controls or samples");
    };
  }

  private static <E extends Enum<E>> E oneOf(Class<E> type, String text) {
    E[] all = type.getEnumConstants();
    return Arrays.stream(all).filter(e -> word(e).equals(text.toLowerCase(Locale.ROOT))).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("one of " + Arrays.stream(all).map(HitRulesFile::word).collect(Collectors.joining(", "))));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static double number(String text, double least, double most) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a number", e);
    }
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          least == Math.nextUp(0.0) ? most == Double.MAX_VALUE ? "above 0" : "above 0 and at most %.0f".formatted(most) : "between " + least + " and " + most);
    }
    return value;
  }

  private static int count(String text, int least) {
    int value;
    try {
      value = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a whole number", e);
    }
    if (value < least) {
      throw new IllegalArgumentException(least + " or more");
    }
    return value;
  }

  private static Duration duration(String text) {
    String iso = text.toUpperCase(Locale.ROOT);
    Duration value;
    try {
      value = Duration.parse(iso.startsWith("P") ? iso : "PT" + iso);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("a time such as 30s, 10m or 2h", e);
    }
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("longer than zero");
    }
    return value;
  }
}
