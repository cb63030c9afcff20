package io.dcmix.app.config;

import io.dcmix.app.config.Setting.Piece;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What stands around a process.
 *
 * @param environment its variables, of which those count that begin with {@code DCMIX_}
 * @param properties Java's, of which those count that begin with {@code dcmix.}
 */
public record Surroundings(Map<String, String> environment, Map<String, String> properties) {
  private static final String VARIABLES = "DCMIX_";
  private static final String PROPERTIES = "dcmix.";

  /** Variables of the launchers, of the log, of the tests and of compose's .env; and the secret whose option names a file. */
  private static final Set<String> OTHERS =
      Set.of("DCMIX_OIDC_CLIENT_SECRET", "DCMIX_JAVA_OPTS", "DCMIX_PROFILE", "DCMIX_HOME", "DCMIX_LOG", "DCMIX_DATA", "DCMIX_MODEL_FOLDER", "DCMIX_IMAGES", "DCMIX_MEMORY");

  /** Nothing but what begins so is kept. */
  public Surroundings {
    environment = starting(environment, VARIABLES);
    properties = starting(properties, PROPERTIES);
  }

  private static Map<String, String> starting(Map<String, String> all, String start) {
    return all.entrySet().stream().filter(e -> e.getKey().startsWith(start)).collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Nothing. */
  public static final Surroundings NONE = new Surroundings(Map.of(), Map.of());

  /** Those of this process. */
  public static Surroundings here() {
    Properties properties = System.getProperties();
    return new Surroundings(System.getenv(),
        properties.stringPropertyNames().stream().collect(Collectors.toMap(name -> name, name -> properties.getProperty(name, ""))));
  }

  /** The file that they name. */
  Optional<String> file() {
    return Optional.ofNullable(properties.get(Keys.property(Keys.CONFIG))).or(() -> Optional.ofNullable(environment.get(Keys.variable(Keys.CONFIG))))
        .filter(name -> !name.isEmpty());
  }

  /** Names the variables and properties that are no key's; an empty variable is none. */
  void check(Keys keys, Consumer<String> problems) {
    Set<String> variables = new TreeSet<>();
    Set<String> known = new TreeSet<>();
    keys.names().forEach(key -> variables.add(Keys.variable(key)));
    keys.names().forEach(key -> known.add(Keys.property(key)));
    variables.add(Keys.variable(Keys.CONFIG));
    known.add(Keys.property(Keys.CONFIG));
    environment.keySet().stream().sorted()
        .filter(name -> !OTHERS.contains(name) && !variables.contains(name)
            && keys.names().stream().noneMatch(key -> Keys.isClient(key) && name.startsWith(Keys.variable(key) + "_")))
        .forEach(name -> problems.accept(name + " in the environment is no variable of dcmix" + Nearest.hint(name, variables)));
    properties.keySet().stream().sorted()
        .filter(name -> !known.contains(name)
            && keys.names().stream().noneMatch(key -> Keys.isClient(key) && name.startsWith(Keys.property(key) + ".")))
        .forEach(name -> problems.accept("-D" + name + " is no property of dcmix" + Nearest.hint(name, known)));
  }

  /** What the environment says of an option. */
  Optional<Setting> variable(String key, OptionSpec option, Consumer<String> problems) {
    String name = Keys.variable(key);
    return Keys.isClient(key)
        ? pieces(environment, name + "_", name, rest -> rest.toLowerCase(Locale.ROOT).replace('_', '.'), UnaryOperator.identity(), problems)
        : single(name, OTHERS.contains(name) ? "" : environment.getOrDefault(name, ""), option);
  }

  /** What the system properties say of an option. */
  Optional<Setting> property(String key, OptionSpec option, Consumer<String> problems) {
    String name = Keys.property(key);
    return Keys.isClient(key)
        ? pieces(properties, name + ".", "-D" + name, UnaryOperator.identity(), found -> "-D" + found, problems)
        : single("-D" + name, properties.getOrDefault(name, ""), option);
  }

  private static Optional<Setting> single(String place, String text, OptionSpec option) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    boolean list = option.isMultiValue() && option.splitRegex().isEmpty();
    return Optional.of(new Setting((list ? Arrays.asList(text.split(",")) : List.of(text)).stream().map(item -> {
      int equals = option.typeInfo().isMap() ? item.indexOf('=') : -1;
      return new Piece(equals < 0 ? "" : item.substring(0, equals), item.substring(equals + 1), place);
    }).toList()));
  }

  private static Optional<Setting> pieces(Map<String, String> all, String start, String whole, UnaryOperator<String> name,
      UnaryOperator<String> place, Consumer<String> problems) {
    if (!all.getOrDefault(whole.replaceFirst("^-D", ""), "").isEmpty()) {
      problems.accept("%s: one for each setting, such as %s".formatted(
          whole, start.endsWith("_") ? "DCMIX_KAFKA_SECURITY_PROTOCOL" : "-Ddcmix.kafka.security.protocol"));
    }
    List<Piece> pieces = new TreeMap<>(all).entrySet().stream()
        .filter(e -> e.getKey().startsWith(start) && !e.getValue().isEmpty())
        .map(e -> new Piece(name.apply(e.getKey().substring(start.length())), e.getValue(), place.apply(e.getKey())))
        .toList();
    return pieces.isEmpty() ? Optional.empty() : Optional.of(new Setting(pieces));
  }

  /** Names only: the values may be secrets. */
  @Override
  public String toString() {
    return "Surroundings" + new TreeSet<>(environment.keySet()) + new TreeSet<>(properties.keySet());
  }
}
