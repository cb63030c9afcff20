package io.dcmix.app.config;

import io.dcmix.app.config.ConfigFile.Many;
import io.dcmix.app.config.ConfigFile.Table;
import io.dcmix.app.config.ConfigFile.Text;
import io.dcmix.app.config.ConfigFile.Value;
import io.dcmix.app.config.Setting.Piece;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * What the file, the environment and the system properties say to one command, the later above the earlier. Every value is tried:
 * what its option refuses is a problem that names its place, and is left out.
 *
 * @param settings by key
 * @param arguments what picocli is told for it
 * @param refused the keys of values that were left out
 * @param problems all that is wrong, each with its place
 */
record Effective(Map<String, Setting> settings, Map<String, List<String>> arguments, Set<String> refused, Set<String> problems) {

  static Effective of(Keys keys, CommandSpec command, Table file, Surroundings around) {
    return new Reading(keys, command).read(file, around);
  }

  /** Keys only: the values may be secrets. */
  @Override
  public String toString() {
    return "Effective" + settings;
  }

  /** One pass over the sources. */
  private static final class Reading {
    private final Keys keys;
    private final CommandSpec command;
    private final Map<String, OptionSpec> options;
    private final Set<String> problems = new LinkedHashSet<>();
    private final Set<String> refused = new HashSet<>();

    Reading(Keys keys, CommandSpec command) {
      this.keys = keys;
      this.command = command;
      this.options = Keys.options(command);
    }

    Effective read(Table file, Surroundings around) {
      checkKeys(file);
      around.check(keys, problems::add);
      Map<String, Setting> settings = new LinkedHashMap<>();
      Map<String, List<String>> arguments = new LinkedHashMap<>();
      options.forEach((key, option) -> {
        List<Optional<Setting>> sources = new ArrayList<>(inFile(file, key, option));
        sources.add(around.variable(key, option, refusing(key)));
        sources.add(around.property(key, option, refusing(key)));
        sources.stream().flatMap(Optional::stream).reduce((lower, upper) -> upper.above(lower)).ifPresent(setting -> {
          settings.put(key, setting);
          List<String> given = arguments(key, option, setting);
          if (!refused.contains(key)) {
            arguments.put(key, given);
          }
        });
      });
      return new Effective(settings, arguments, refused, problems);
    }

    private Consumer<String> refusing(String key) {
      return problem -> {
        problems.add(problem);
        refused.add(key);
      };
    }

    /** Names what is no key of any command. */
    private void checkKeys(Table file) {
      Set<String> all = new LinkedHashSet<>(keys.names());
      all.addAll(keys.sections().keySet());
      file.entries().forEach((key, value) -> {
        if (isSection(key, value)) {
          Set<String> known = keys.sections().getOrDefault(key, Set.of());
          ((Table) value).entries().forEach((inner, innerValue) -> {
            if (!known.contains(inner)) {
              problems.add("%s: %s has no key '%s'%s".formatted(innerValue.place(), key, inner,
                  keys.names().contains(inner) ? ", though other commands have" : Nearest.hint(inner, known)));
            }
          });
        } else if (!keys.names().contains(key)) {
          problems.add(keys.sections().containsKey(key)
              ? "%s: %s is a command, so keys and values stand below it".formatted(value.place(), key)
              : "%s: unknown key '%s'%s".formatted(value.place(), key, Nearest.hint(key, all)));
        }
      });
    }

    /** A command's name with a table below it; plate-map is also an option, but none that takes a table. */
    private boolean isSection(String key, Value value) {
      return value instanceof Table && keys.sections().containsKey(key);
    }

    /** What the file says of a key: to all commands, then to this one. */
    private List<Optional<Setting>> inFile(Table file, String key, OptionSpec option) {
      List<Optional<Setting>> found = new ArrayList<>();
      Value general = file.entries().get(key);
      if (general != null && !isSection(key, general)) {
        found.add(setting(key, general, option));
      }
      for (String name : Keys.path(command)) {
        Value section = file.entries().get(name);
        if (section != null && isSection(name, section)) {
          Value special = ((Table) section).entries().get(key);
          if (special != null) {
            found.add(setting(key, special, option));
          }
        }
      }
      return found;
    }

    private Optional<Setting> setting(String key, Value value, OptionSpec option) {
      List<Piece> pieces = new ArrayList<>();
      boolean map = option.typeInfo().isMap();
      switch (value) {
        case Text text when !map -> pieces.add(new Piece("", text.text(), text.place()));
        case Many many when !map && option.isMultiValue() -> many.items().forEach(item -> pieces.add(new Piece("", item.text(), item.place())));
        case Table table when map -> table.entries().forEach((name, entry) -> {
          if (entry instanceof Text text) {
            pieces.add(new Piece(name, text.text(), text.place()));
          } else {
            refusing(key).accept("%s: %s: %s takes one value; write its whole name, dots included".formatted(entry.place(), key, name));
          }
        });
        default -> refusing(key).accept("%s: %s takes %s".formatted(value.place(), key,
            map ? "a map, as in %s: {%s}".formatted(key, option.paramLabel().toLowerCase(Locale.ROOT).replace("=", ": "))
                : option.isMultiValue() ? "one value or a list" : "one value"));
      }
      return pieces.isEmpty() ? Optional.empty() : Optional.of(new Setting(pieces));
    }

    private List<String> arguments(String key, OptionSpec option, Setting setting) {
      List<String> arguments = new ArrayList<>();
      for (Piece piece : setting.pieces()) {
        // Some are resolved by their converter, as on the command line.
        boolean resolve = !Keys.resolvesItself(key);
        String value = piece.text();
        try {
          value = resolve ? Secrets.resolve(value) : value;
          boolean flag = option.arity().max() == 0;
          if (flag && !value.equals("true") && !value.equals("false")) {
            throw new TypeConversionException("'" + value + "' is neither true nor false");
          }
          String argument = option.longestName() + "=" + piece.argument(value);
          tryAlone(option, argument);
          arguments.add(argument);
        } catch (TypeConversionException | ParameterException e) {
          String message = String.valueOf(e.getMessage()).replaceFirst("^Invalid value for option '[^']*'( \\([^)]*\\))?: ", "");
          refusing(key).accept("%s: %s: %s".formatted(piece.place(), key, Secrets.hide(message)));
        }
      }
      return arguments;
    }

    /** Lets picocli read the value as it will, in a command of that option alone, which keeps it for itself. */
    private void tryAlone(OptionSpec option, String argument) {
      Held held = new Held();
      CommandSpec alone = CommandSpec.create().addOption(
          OptionSpec.builder(option).required(false).getter(held).setter(held).build());
      new CommandLine(alone).setCaseInsensitiveEnumValuesAllowed(command.commandLine().isCaseInsensitiveEnumValuesAllowed()).parseArgs(argument);
    }
  }

  private static final class Held implements IGetter, ISetter {
    private @Nullable Object value;

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // The signature is picocli's.
    public <T> @Nullable T get() {
      return (T) value;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> @Nullable T set(@Nullable T now) {
      T before = (T) value;
      value = now;
      return before;
    }
  }
}
