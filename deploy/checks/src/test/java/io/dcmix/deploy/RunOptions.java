package io.dcmix.deploy;

import io.dcmix.app.Dcmix;
import io.dcmix.app.config.Configured;
import io.dcmix.app.config.Surroundings;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Command lines, and the files that they name, as the processor itself reads them: unknown options, missing ones and values of the wrong kind throw. */
record RunOptions(ParseResult run) {
  static RunOptions of(List<String> args) {
    ParseResult all = Dcmix.commandLine(Surroundings.NONE).parseArgs(args.toArray(String[]::new));
    List<String> problems = Configured.problems(all).stream().map(Exception::getMessage).toList();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new RunOptions(all.subcommand());
  }

  String command() {
    return run.commandSpec().name();
  }

  String value(String option) {
    return String.valueOf(run.<Object>matchedOptionValue(option, null));
  }

  boolean has(String option) {
    return run.hasMatchedOption(option);
  }

  /** What {@code --kafka} says. */
  Map<String, String> kafka() {
    OptionSpec kafka = run.matchedOption("--kafka");
    return kafka == null ? Map.of() : kafka.getValue();
  }
}
