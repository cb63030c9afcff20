package io.dcmix.app.user;

import io.dcmix.app.access.Passwords;
import io.dcmix.app.access.Role;
import io.dcmix.app.access.User;
import io.dcmix.app.access.UsersFile;
import io.dcmix.core.cli.CliException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dcmix user add}: a new user, or another password or role of one that is there. */
@Command(name = "add", description = {
  "Add a user, or give one another password or role.",
  "The password comes from the terminal, which shows nothing of it, or is the first line of the standard input."
})
final class AddCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "FILE", description = "The users file; made if it is not there.")
  private Path file = Path.of("");

  @Parameters(index = "1", paramLabel = "NAME", description = "Letters, digits and . _ @ -")
  private String name = "";

  @Option(names = "--role", required = true, paramLabel = "viewer|operator", description = "viewer: reads everything. operator: also changes state.")
  private Role role = Role.VIEWER;

  @Override
  public Integer call() {
    SequencedMap<String, User> users = Files.exists(file) ? UsersFile.read(file) : new LinkedHashMap<>();
    char[] password = password();
    User user;
    try {
      user = new User(name, Passwords.hash(password), role);
    } catch (IllegalArgumentException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    } finally {
      Arrays.fill(password, ' ');
    }
    boolean known = users.put(name, user) != null;
    UsersFile.write(file, users.values());
    spec.commandLine().getOut().printf("%s is %s %s in %s%n", name, known ? "now" : "a new", role.name().toLowerCase(Locale.ROOT), file);
    return 0;
  }

  private char[] password() {
    Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    if (terminal.isPresent()) {
      Console console = terminal.get();
      char[] first = console.readPassword("Password of %s: ", name);
      char[] again = console.readPassword("Once more: ");
      if (first == null || !Arrays.equals(first, again)) {
        throw new CliException("These were two passwords; nothing was changed");
      }
      Arrays.fill(again, ' ');
      return first;
    }
    try {
      String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      if (line == null) {
        throw new CliException("No password: the standard input is empty");
      }
      return line.toCharArray();
    } catch (IOException e) {
      throw new CliException("Cannot read the password: " + e, e);
    }
  }
}
