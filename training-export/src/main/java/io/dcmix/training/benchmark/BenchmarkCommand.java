package io.dcmix.training.benchmark;

import io.dcmix.core.cli.CliCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./dcmix benchmark}: puts the claims to the test on data whose truth is known. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    header = "Put the method to the test on data whose truth is known.",
    subcommands = {MnistCommand.class, Bbbc013Command.class},
    footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage."})
public final class BenchmarkCommand implements CliCommand {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec == null) {
      return 2;
    }
    throw new ParameterException(spec.commandLine(), "Name a benchmark: " + String.join(", ", spec.subcommands().keySet()));
  }
}
