package io.dcmix.app.log;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** How this process logs: a mixin of the commands that talk to a cluster. The command line sets it, before the command begins. */
public final class LogOptions {
  private static final String FORMAT = "--log-format";

  @Option(names = FORMAT, defaultValue = "text", paramLabel = "text|json",
      description = "Log for people, or one JSON object a line with lane, plate and well as fields; see docs/operations.md. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("UnusedVariable") // Read by what follows, for every command that has it.
  private LogFormat format = LogFormat.TEXT;

  /** What a parsed command says; text where it has no such option. */
  public static LogFormat format(CommandSpec command) {
    OptionSpec option = command.findOption(FORMAT);
    return option != null && option.getValue() instanceof LogFormat said ? said : LogFormat.TEXT;
  }
}
