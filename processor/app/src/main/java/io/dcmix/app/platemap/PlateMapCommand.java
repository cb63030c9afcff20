package io.dcmix.app.platemap;

import io.dcmix.core.cli.CliCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix plate-map}: says what is in the wells of plates. */
@Command(
    name = "plate-map",
    description = "Say what is in the wells of plates: read plate maps, look at them, publish them.",
    subcommands = {ImportCommand.class, ShowCommand.class, RemoveCommand.class},
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  dcmix plate-map show map.csv",
      "  dcmix plate-map import map.csv --plate BR00117 --dry-run",
      "  dcmix plate-map import barcode_platemap.csv --bootstrap-servers kafka:9092",
      "",
      "docs/plate-maps.md has an example of every kind of file."
    })
public final class PlateMapCommand implements CliCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Which one? plate-map import, show or remove.");
  }
}
