package io.dcmix.app.access;

import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** The users file: {@code name:password:role} a line, the password hashed; empty lines and lines with {@code #} in front are passed over. */
public final class UsersFile {
  private static final long MAX_BYTES = 1 << 20;

  private UsersFile() {}

  /**
   * The users by name, in the order of the file.
   *
   * @throws CliException naming the line, if one cannot be understood; also if the file cannot be read
   */
  public static SequencedMap<String, User> read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new CliException("%s: a users file has %d bytes at most".formatted(file, MAX_BYTES));
      }
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new CliException("Cannot read the users of %s: %s".formatted(file, e), e);
    }
  }

  static SequencedMap<String, User> parse(String source, String text) {
    SequencedMap<String, User> users = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.strip().split(":", -1);
      if (parts.length != 3) {
        throw new CliException("%s, line %d: want name:password:role, as `dcmix user add` writes it".formatted(source, number));
      }
      User user;
      try {
        user = new User(parts[0], parts[1], role(parts[2]));
      } catch (IllegalArgumentException e) {
        throw new CliException("%s, line %d: %s".formatted(source, number, e.getMessage()), e);
      }
      if (users.put(user.name(), user) != null) {
        throw new CliException("%s, line %d: %s has a line already".formatted(source, number, user.name()));
      }
    }
    return users;
  }

  /** Replaces the file at once; where the system knows owners, only the owner may read it. */
  public static void write(Path file, Collection<User> users) {
    Path folder = file.toAbsolutePath().getParent();
    try {
      Path fresh = Files.createTempFile(folder, ".users", null); // for its owner alone
      Files.writeString(fresh, text(users), StandardCharsets.UTF_8);
      if (Files.exists(file) && Files.getFileStore(file).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(file));
      } else if (Files.getFileStore(fresh).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      }
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new CliException("Cannot write the users to %s: %s".formatted(file, e), e);
    }
  }

  private static String text(Collection<User> users) {
    return users.stream()
        .map(user -> "%s:%s:%s%n".formatted(user.name(), user.password(), user.role().name().toLowerCase(Locale.ROOT)))
        .collect(Collectors.joining());
  }

  private static Role role(String text) {
    for (Role role : Role.values()) {
      if (role.name().toLowerCase(Locale.ROOT).equals(text)) {
        return role;
      }
    }
    throw new IllegalArgumentException("'" + text + "' is no role: viewer or operator");
  }
}
