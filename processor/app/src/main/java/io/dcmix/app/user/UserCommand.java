package io.dcmix.app.user;

import io.dcmix.core.cli.CliCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix user}: who may see the page. */
@Command(
    name = "user",
    description = "Say who may see the page: keep the file that `dcmix run --users FILE` reads. Passwords are stored hashed.",
    subcommands = {AddCommand.class, ListCommand.class, RemoveCommand.class},
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  dcmix user add users ada --role operator     asks for the password",
      "  dcmix user add users scraper --role viewer < password.txt",
      "  dcmix user list users",
      "  dcmix user remove users ada",
      "",
      "A processor that runs takes changes over at once."
    })
public final class UserCommand implements CliCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Which one? user add, list or remove.");
  }
}
