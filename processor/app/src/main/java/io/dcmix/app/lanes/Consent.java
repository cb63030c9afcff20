package io.dcmix.app.lanes;

import io.dcmix.core.cli.CliException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/** Whether somebody wants what cannot be undone: a mixin. */
final class Consent {
  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  private boolean dryRun;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  boolean isDryRun() {
    return dryRun;
  }

  /**
   * Lets a person type the lane's name, unless there was a {@code --yes}.
   *
   * @throws CliException if they type something else, or there is nobody
   */
  void require(String lane, PrintWriter out) {
    if (yes) {
      return;
    }
    out.print("This cannot be undone. Type the lane's name to go on: ");
    out.flush();
    String typed;
    try {
      typed = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    } catch (IOException e) {
      throw new CliException("Nothing was done: the answer cannot be read (" + e.getMessage() + "). --yes goes on without asking", e);
    }
    if (typed == null || !typed.strip().equals(lane)) {
      throw new CliException("Nothing was done: %s is not '%s'. --yes goes on without asking".formatted(
          typed == null ? "no answer" : "'" + typed.strip() + "'", lane));
    }
  }
}
