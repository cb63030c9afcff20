package io.dcmix.app.archive;

import io.dcmix.core.cli.CliCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix archive}: looks at plates on disk. */
@Command(
    name = "archive",
    description = "Look at plates on disk before anything is published.",
    subcommands = InspectCommand.class,
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "docs/archives.md says which layouts are known."})
public final class ArchiveCommand implements CliCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Which one? archive inspect.");
  }
}
