package io.dcmix.app.config;

import io.dcmix.app.config.ConfigFile.Table;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Puts what the file, the environment and the system properties say before the arguments of a command, so that one parser with one
 * set of names, units and defaults reads all of it. What stands on the command line wins: a value is not put before it at all, an
 * entry of a map is overwritten by it.
 */
public final class Configured implements IParameterPreprocessor {
  private static final String OPTION = "--" + Keys.CONFIG;

  private final Keys keys;
  private final Surroundings around;
  private final Set<String> problems = new LinkedHashSet<>();
  private Set<String> refused = Set.of();

  private Configured(Keys keys, Surroundings around) {
    this.keys = keys;
    this.around = around;
  }

  /** Lets every command that talks to a cluster be configured. */
  public static CommandLine apply(CommandLine root, Surroundings around) {
    Keys keys = Keys.of(root);
    for (CommandSpec command : keys.commands()) {
      command.addOption(OptionSpec.builder(OPTION).paramLabel("FILE").type(Path.class).description(
          "A YAML file with options, as 'lane: screening'; also read: DCMIX_LANE, -Ddcmix.lane. The command line wins. See docs/configuration.md.").build());
      command.preprocessor(new Configured(keys, around));
    }
    collectErrors(root);
    return root;
  }

  /**
   * Whether each key in the file, the environment and the system properties is one of these commands', so that no other command need be
   * asked.
   */
  public static boolean knowsAll(CommandLine root, List<String> args, Surroundings around) {
    Keys keys = Keys.of(root);
    List<String> problems = new ArrayList<>();
    Table file = file(args, around, problems::add);
    around.check(keys, problems::add);
    return problems.isEmpty() && file.entries().entrySet().stream()
        .allMatch(entry -> keys.names().contains(entry.getKey()) && (!(entry.getValue() instanceof Table) || Keys.isClient(entry.getKey())));
  }

  /** What stands around the commands of this command line. */
  static Surroundings surroundings(CommandLine root) {
    return Keys.of(root).commands().stream().findFirst()
        .map(command -> command.preprocessor() instanceof Configured configured ? configured.around : null).orElse(Surroundings.NONE);
  }

  private static void collectErrors(CommandLine line) {
    line.getCommandSpec().parser().collectErrors(true);
    line.getSubcommands().values().forEach(Configured::collectErrors);
  }

  @Override
  @SuppressWarnings("JdkObsolete") // The signature is picocli's.
  public boolean preprocess(Stack<String> args, CommandSpec command, @Nullable ArgSpec arg, Map<String, Object> info) {
    problems.clear();
    List<String> given = new ArrayList<>(args).reversed();
    Table file = file(given, around, problems::add);
    Effective effective = Effective.of(keys, command, file, around);
    problems.addAll(effective.problems());
    refused = effective.refused();
    List<String> before = new ArrayList<>();
    Map<String, OptionSpec> options = Keys.options(command);
    effective.arguments().forEach((key, arguments) -> {
      OptionSpec option = options.get(key);
      if (option != null && (option.typeInfo().isMap() || !stands(given, option))) {
        before.addAll(arguments);
      }
    });
    before.reversed().forEach(args::push);
    return false;
  }

  /** The file that the command line, or else the surroundings name; an empty one if none is named or it cannot be read. */
  static Table file(List<String> args, Surroundings around, Consumer<String> problems) {
    Optional<String> name = Optional.empty();
    for (int i = 0; i < args.size() && !args.get(i).equals("--"); i++) {
      if (args.get(i).startsWith(OPTION + "=")) {
        name = Optional.of(args.get(i).substring(OPTION.length() + 1));
      } else if (args.get(i).equals(OPTION) && i + 1 < args.size()) {
        name = Optional.of(args.get(i + 1));
      }
    }
    return name.or(around::file).map(path -> read(path, problems)).orElseGet(() -> new Table(Map.of(), ""));
  }

  private static Table read(String path, Consumer<String> problems) {
    try {
      return ConfigFile.read(Path.of(path), problems);
    } catch (InvalidPathException e) {
      problems.accept("--config: '%s' is no path of a file".formatted(path));
      return new Table(Map.of(), path);
    }
  }

  private static boolean stands(List<String> args, OptionSpec option) {
    for (String arg : args) {
      if (arg.equals("--")) {
        return false;
      }
      for (String name : option.names()) {
        if (arg.equals(name) || arg.startsWith(name + "=")) {
          return true;
        }
      }
    }
    return false;
  }

  /** All that is wrong with a command line and with what was put before it; empty if nothing is. */
  public static List<ParameterException> problems(ParseResult parsed) {
    List<ParameterException> problems = new ArrayList<>();
    Set<String> told = new LinkedHashSet<>();
    Set<ArgSpec> wrong = new LinkedHashSet<>();
    for (ParseResult each = parsed; each != null; each = each.subcommand()) {
      CommandSpec command = each.commandSpec();
      if (command.preprocessor() instanceof Configured configured) {
        Keys.options(command).forEach((key, option) -> {
          if (configured.refused.contains(key)) {
            wrong.add(option);
          }
        });
        configured.problems.stream().filter(told::add).forEach(problem -> problems.add(new ParameterException(command.commandLine(), problem)));
      }
      for (Exception error : each.errors()) {
        if (!(error instanceof ParameterException problem)) {
          throw new IllegalStateException(error);
        }
        if (problem.getArgSpec() != null) {
          wrong.add(problem.getArgSpec());
        }
        // What is wrong is not missing, too.
        boolean again = problem instanceof MissingParameterException missing && wrong.containsAll(missing.getMissing());
        if (!again && told.add(String.valueOf(problem.getMessage()))) {
          problems.add(problem);
        }
      }
    }
    return problems;
  }
}
