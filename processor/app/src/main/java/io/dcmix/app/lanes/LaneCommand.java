package io.dcmix.app.lanes;

import io.dcmix.core.cli.CliCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix lane}: what ends or begins anew. */
@Command(
    name = "lane",
    description = "Let a lane begin anew, or let it forget plates.",
    subcommands = {ResetCommand.class, ForgetCommand.class},
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  dcmix lane reset --lane screening --bootstrap-servers kafka:9092 --dry-run",
      "  dcmix lane forget --lane screening --plate BR00117 --bootstrap-servers kafka:9092",
      "",
      "docs/lanes.md says what becomes of results."
    })
public final class LaneCommand implements CliCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Which one? lane reset or lane forget.");
  }
}
