package io.dcmix.app.model;

import io.dcmix.core.cli.CliCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dcmix model}: which version of the model serves a lane. */
@Command(
    name = "model",
    description = "Say which version of the model serves a lane, while the lane runs.",
    subcommands = {ListCommand.class, ActivateCommand.class, StatusCommand.class},
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  dcmix model list /models/screening",
      "  dcmix model activate 2 --models /models/screening --lane screening --bootstrap-servers kafka:9092",
      "  dcmix model status --lane screening --bootstrap-servers kafka:9092",
      "",
      "docs/models.md says how a model goes live, how to try it first, and how to go back."
    })
public final class ModelCommand implements CliCommand {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Which one? model list, activate or status.");
  }
}
