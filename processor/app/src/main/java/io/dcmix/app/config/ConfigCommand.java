package io.dcmix.app.config;

import io.dcmix.app.config.ConfigFile.Table;
import io.dcmix.app.config.Setting.Piece;
import io.dcmix.core.cli.CliCommand;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dcmix config}: looks at what configures the commands; connects to nothing. */
@Command(
    name = "config",
    description = "Look at configuration: check a file, show what is in force and where it comes from, list all keys.",
    subcommands = {ConfigCommand.Check.class, ConfigCommand.Show.class, ConfigCommand.Keywords.class},
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  dcmix config check cluster.yaml",
      "  dcmix config show --config cluster.yaml          as 'dcmix run --config cluster.yaml' would take it",
      "  dcmix config show publish --config cluster.yaml",
      "",
      "docs/configuration.md says what stands in such a file."
    })
public final class ConfigCommand implements CliCommand {
  private static final int WRONG = 2;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Which one? config check, show or reference.");
  }

  /** {@code dcmix config check}. */
  @Command(name = "check", mixinStandardHelpOptions = true,
      description = "Say what is wrong with a file, for every command that reads it. Secrets that it refers to must be there.",
      footer = {"", "Example:", "  dcmix config check cluster.yaml", "", "Ends with 0 if nothing is wrong, else with 2."})
  static final class Check implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The YAML file.")
    private Path file = Path.of("");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      Set<String> problems = new LinkedHashSet<>();
      Keys keys = Keys.of(spec.root().commandLine());
      Table read = ConfigFile.read(file, problems::add);
      for (CommandSpec command : keys.commands()) {
        Effective effective = Effective.of(keys, command, read, Surroundings.NONE);
        problems.addAll(effective.problems());
        problems.addAll(between(command, effective));
      }
      if (!problems.isEmpty()) {
        return refuse(spec, problems);
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("%s: nothing is wrong.".formatted(file));
      out.flush();
      return 0;
    }
  }

  /** What a command says of the values together, as far as the file alone has all that it requires. */
  private static List<String> between(CommandSpec command, Effective effective) {
    boolean complete = Keys.options(command).entrySet().stream().allMatch(e -> !e.getValue().required() || effective.arguments().containsKey(e.getKey()));
    if (!complete || !effective.refused().isEmpty() || !(command.userObject() instanceof Checked)) {
      return List.of();
    }
    try {
      CommandLine fresh = new CommandLine(CommandLine.defaultFactory().create(command.userObject().getClass()));
      fresh.setCaseInsensitiveEnumValuesAllowed(true).parseArgs(effective.arguments().values().stream().flatMap(List::stream).toArray(String[]::new));
      return ((Checked) fresh.getCommand()).problems();
    } catch (ParameterException e) {
      return List.of(String.valueOf(e.getMessage()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code dcmix config show}. */
  @Command(name = "show", mixinStandardHelpOptions = true,
      description = "Show every value that a command would take from a file, the environment and the system properties, and where it comes from.",
      footer = {
        "", "Examples:", "  dcmix config show --config cluster.yaml", "  dcmix config show plate-map import --config cluster.yaml", "",
        "Secrets are shown as ****."})
  static final class Show implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Whose values. Default: run.")
    private List<String> command = List.of();

    @Option(names = "--config", paramLabel = "FILE", description = "The YAML file. Default: what DCMIX_CONFIG names, if anything.")
    private @Nullable Path file;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      CommandLine root = spec.root().commandLine();
      Keys keys = Keys.of(root);
      String name = command.isEmpty() ? "run" : String.join(" ", command);
      Map<String, CommandSpec> commands = keys.commands().stream().collect(Collectors.toMap(Keys::name, each -> each));
      CommandSpec shown = commands.get(name);
      if (shown == null) {
        throw new ParameterException(spec.commandLine(),
            "'%s' reads no configuration%s".formatted(name, Nearest.hint(name, commands.keySet())));
      }
      Set<String> problems = new LinkedHashSet<>();
      Surroundings around = Configured.surroundings(root);
      Table read = Configured.file(file == null ? List.of() : List.of("--config", file.toString()), around, problems::add);
      Effective effective = Effective.of(keys, shown, read, around);
      problems.addAll(effective.problems());
      PrintWriter out = spec.commandLine().getOut();
      Keys.options(shown).forEach((key, option) -> print(out, key, option, effective.settings().get(key)));
      out.flush();
      return problems.isEmpty() ? 0 : refuse(spec, problems);
    }

    private static void print(PrintWriter out, String key, OptionSpec option, @Nullable Setting setting) {
      if (setting == null) {
        String value = option.defaultValue();
        out.println(line(key, value == null ? "-" : value, option.required() ? "missing" : "default"));
      } else {
        setting.pieces().forEach(piece -> out.println(line(key, shown(key, piece), piece.place())));
      }
    }

    private static String line(String key, String value, String place) {
      return "%-22s %-44s %s".formatted(key, value, place);
    }

    private static String shown(String key, Piece piece) {
      return piece.argument(Keys.isSecret(key) || Secrets.isSecret(piece.name(), piece.text()) ? Secrets.HIDDEN : piece.text().replaceAll("://[^/@]*@", "://" + Secrets.HIDDEN + "@"));
    }
  }

  /** {@code dcmix config reference}. */
  @Command(name = "reference", mixinStandardHelpOptions = true, description = "List all keys with their values, defaults and meanings, as Markdown.",
      footer = {"", "Example:", "  dcmix config reference"})
  static final class Keywords implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      out.print(Reference.of(spec.root().commandLine()));
      out.flush();
      return 0;
    }
  }

  private static int refuse(CommandSpec spec, Collection<String> problems) {
    PrintWriter err = spec.commandLine().getErr();
    problems.forEach(problem -> err.println(spec.commandLine().getColorScheme().errorText(problem)));
    err.flush();
    return WRONG;
  }
}
