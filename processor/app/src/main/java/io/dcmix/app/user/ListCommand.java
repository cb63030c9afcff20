package io.dcmix.app.user;

import io.dcmix.app.access.UsersFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dcmix user list}. */
@Command(name = "list", description = "List the users and their roles.")
final class ListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "FILE", description = "The users file.")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    UsersFile.read(file).values()
        .forEach(user -> spec.commandLine().getOut().printf("%-9s %s%n", user.role().name().toLowerCase(Locale.ROOT), user.name()));
    return 0;
  }
}
