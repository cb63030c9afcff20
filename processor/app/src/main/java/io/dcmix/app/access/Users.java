package io.dcmix.app.access;

import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of a file, as it is now: who is added or removed is so with the next request. A file that has become unreadable changes
 * nothing, and the log says so.
 *
 * <p>Threading: safe for any thread.
 */
public final class Users {
  private static final Logger LOG = LoggerFactory.getLogger(Users.class);

  /** For a name that nobody has: its check takes as long as any other. */
  private static final String NOBODY = Passwords.hash("nobody has this password".toCharArray());

  private record State(FileTime modified, long size, @Nullable Object file) {}

  private final Path file;
  private Map<String, User> users; // guarded by this
  private @Nullable State state; // guarded by this

  /**
   * Reads the file for the first time.
   *
   * @throws CliException if it cannot be read or understood, or has nobody
   */
  public Users(Path file) {
    this.file = file;
    this.state = look(file);
    this.users = Map.copyOf(UsersFile.read(file));
    if (users.isEmpty()) {
      throw new CliException("%s has no user: add one with `dcmix user add %s NAME --role operator`".formatted(file, file));
    }
  }

  /** The user of a name; null if there is none. */
  public synchronized @Nullable User find(String name) {
    State now = look(file);
    if (now == null && state != null) {
      LOG.error("The users stay those that were read before: {} cannot be found", file);
      state = null;
    } else if (now != null && !now.equals(state)) {
      state = now;
      try {
        users = Map.copyOf(UsersFile.read(file));
        LOG.info("Read {} again: {} users", file, users.size());
      } catch (CliException e) {
        LOG.error("The users stay those that were read before: {}", e.getMessage());
      }
    }
    return users.get(name);
  }

  /** The user whose name and password these are; null otherwise, which takes as long. */
  public @Nullable User check(String name, char[] password) {
    User user = find(name);
    boolean right = Passwords.matches(password, user == null ? NOBODY : user.password());
    return right ? user : null;
  }

  private static @Nullable State look(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new State(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    } catch (IOException e) {
      return null;
    }
  }
}
