package io.dcmix.app.user;

import io.dcmix.app.access.User;
import io.dcmix.app.access.UsersFile;
import io.dcmix.core.cli.CliException;
import java.nio.file.Path;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dcmix user remove}. */
@Command(name = "remove", description = "Remove a user; open sessions end with it.")
final class RemoveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "FILE", description = "The users file.")
  private Path file = Path.of("");

  @Parameters(index = "1", paramLabel = "NAME", description = "Who.")
  private String name = "";

  @Override
  public Integer call() {
    SequencedMap<String, User> users = UsersFile.read(file);
    if (users.remove(name) == null) {
      throw new CliException("%s has no user %s".formatted(file, name));
    }
    UsersFile.write(file, users.values());
    spec.commandLine().getOut().printf("%s is no user of %s any more%n", name, file);
    return 0;
  }
}
