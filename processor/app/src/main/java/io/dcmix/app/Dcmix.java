package io.dcmix.app;

import io.dcmix.app.config.Checked;
import io.dcmix.app.config.ConfigCommand;
import io.dcmix.app.config.Configured;
import io.dcmix.app.config.Secrets;
import io.dcmix.app.config.Surroundings;
import io.dcmix.app.log.LogFormat;
import io.dcmix.app.log.LogOptions;
import io.dcmix.app.log.Logs;
import io.dcmix.core.cli.CliCommand;
import io.dcmix.core.cli.CliException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The root of the command line. Subcommands are the {@link CliCommand}s on the class path. Exit codes: 0 done, 1 failed,
 * 2 wrong usage.
 */
@Command(
    name = "dcmix",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Microscope images in, hits and channel importance out: a streaming screening processor.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  dcmix demo                  A simulated plate through the whole system.",
      "  dcmix demo --seed 7 --exit  Another plate; ends when it is done.",
      "  dcmix COMMAND --help        All options of a command, with examples.",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage.",
      "Logs go to stderr; DCMIX_LOG=DEBUG or -v says more, -vv also what Kafka says."
    })
public final class Dcmix implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Dcmix.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "On failure, show where it happened in the code.")
  private boolean stacktrace;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log more; -vv logs the libraries too.")
  private boolean[] verbose = {};

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(forArguments(Surroundings.here(), List.of(args)).execute(args));
  }

  /** The root command with every command on the class path, configured by what stands around this process. */
  public static CommandLine commandLine() {
    return commandLine(Surroundings.here());
  }

  /** The same, configured by this environment and these system properties. */
  public static CommandLine commandLine(Surroundings around) {
    return commandLine(ServiceLoader.load(CliCommand.class).stream().map(ServiceLoader.Provider::get).toList(), around);
  }

  /**
   * The command line for these arguments. If they begin with the name of a command and nobody speaks of another one, it is the only one that is built: to
   * build all takes a tenth of a processor's start.
   */
  public static CommandLine forArguments(Surroundings around, List<String> args) {
    Optional<CliCommand> asked = ServiceLoader.load(CliCommand.class).stream()
        .filter(command -> !args.isEmpty() && args.getFirst().equals(command.type().getAnnotation(Command.class).name()))
        .findFirst().map(ServiceLoader.Provider::get);
    if (asked.isPresent() && !(asked.get() instanceof ConfigCommand)) {
      CommandLine alone = commandLine(List.of(asked.get()), around);
      if (Configured.knowsAll(alone, args, around)) {
        return alone;
      }
    }
    return commandLine(around);
  }

  static CommandLine commandLine(List<CliCommand> commands, Surroundings around) {
    Dcmix root = new Dcmix();
    CommandLine line = new CommandLine(root);
    commands.stream()
        .map(CommandLine::new)
        .sorted(Comparator.comparing(CommandLine::getCommandName))
        .forEach(command -> line.addSubcommand(withHelp(command)));
    return Configured.apply(line, around)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setUsageHelpAutoWidth(true)
        .setExecutionStrategy(root::execute)
        .setParameterExceptionHandler((wrong, arguments) -> refuse(List.of(wrong)))
        .setExecutionExceptionHandler(root::report);
  }

  private static CommandLine withHelp(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    if (!spec.mixinStandardHelpOptions()) {
      spec.mixinStandardHelpOptions(true).versionProvider(new Version());
    }
    return command;
  }

  /** Without a command there is nothing to do: shows the help, as wrong usage. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command? One of the commands below.");
  }

  private int execute(ParseResult parsed) {
    List<ParameterException> problems = Configured.problems(parsed);
    if (!problems.isEmpty() && !wantsHelp(parsed)) {
      return refuse(problems);
    }
    Logs.raise(verbose.length);
    if (LogOptions.format(command(parsed).getCommandSpec()) == LogFormat.JSON) {
      Logs.asJson();
    }
    if (!wantsHelp(parsed) && command(parsed).getCommand() instanceof Checked checked) {
      List<String> wrong = checked.problems();
      if (!wrong.isEmpty()) {
        return report(new CliException(String.join("\n  ", wrong)), command(parsed), parsed);
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static CommandLine command(ParseResult parsed) {
    return parsed.hasSubcommand() ? command(parsed.subcommand()) : parsed.commandSpec().commandLine();
  }

  private static boolean wantsHelp(ParseResult parsed) {
    return parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested() || (parsed.hasSubcommand() && wantsHelp(parsed.subcommand()));
  }

  /** Says what is wrong with the options. The whole help of a command with many options would push that out of sight. */
  private static int refuse(List<ParameterException> problems) {
    CommandLine command = problems.getLast().getCommandLine();
    PrintWriter err = command.getErr();
    boolean suggested = false;
    for (ParameterException wrong : problems) {
      err.println(command.getColorScheme().errorText(Secrets.hide(String.valueOf(wrong.getMessage()))));
      suggested |= UnmatchedArgumentException.printSuggestions(wrong, err);
    }
    if (!suggested) {
      if (command.getParent() == null) {
        command.usage(err);
      } else {
        err.println("All options: " + command.getCommandSpec().qualifiedName() + " --help");
      }
    }
    err.flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private int report(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (LogOptions.format(command.getCommandSpec()) == LogFormat.JSON) {
      LOG.error(oneLine(failure), stacktrace ? failure : null);
    } else if (stacktrace) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      err.print(Secrets.hide(trace.toString()));
    } else {
      err.println(command.getColorScheme().errorText(Secrets.hide(oneLine(failure))));
    }
    err.flush();
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  private static String oneLine(Exception failure) {
    if (failure instanceof CliException) {
      return "dcmix: " + failure.getMessage();
    }
    String message = failure.getMessage() == null ? "" : ": " + failure.getMessage();
    return "dcmix: unexpected " + failure.getClass().getSimpleName() + message.lines().findFirst().orElse("")
        + " (run again with --stacktrace to see where)";
  }
}
