package io.dcmix.deploy;

import io.dcmix.app.Dcmix;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Command lines as the processor itself reads them: unknown options, missing ones and values of the wrong kind throw. */
record RunOptions(ParseResult run) {
  static RunOptions of(List<String> args) {
    ParseResult run = Dcmix.commandLine().parseArgs(args.toArray(String[]::new)).subcommand();
    return new RunOptions(run);
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
