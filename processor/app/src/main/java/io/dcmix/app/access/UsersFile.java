package io.dcmix.app.access;

import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
      if (isPassedOver(line)) {
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

  /**
   * Replaces the users of the file at once; its comments and its owner stay. A new file is its owner's alone, where the system knows
   * owners.
   */
  public static void write(Path file, Collection<User> users) {
    Path folder = file.toAbsolutePath().getParent();
    try {
      Path fresh = Files.createTempFile(folder, ".users", null); // for its owner alone
      try {
        boolean exists = Files.exists(file);
        Files.writeString(fresh, text(exists ? Files.readAllLines(file) : List.of(), users), StandardCharsets.UTF_8);
        if (exists && Files.getFileStore(file).supportsFileAttributeView("posix")) {
          if (!Files.getOwner(file).equals(Files.getOwner(fresh))) {
            Files.setOwner(fresh, Files.getOwner(file));
          }
          Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(file));
        }
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw new CliException("Cannot write the users to %s: %s".formatted(file, e), e);
    }
  }

  /** The lines as they were, without those of users who are gone; new users come last. */
  private static String text(List<String> before, Collection<User> users) {
    SequencedMap<String, User> left = new LinkedHashMap<>();
    users.forEach(user -> left.put(user.name(), user));
    List<String> lines = new ArrayList<>();
    for (String line : before) {
      if (isPassedOver(line)) {
        lines.add(line);
      } else {
        User user = left.remove(line.strip().split(":", 2)[0]);
        if (user != null) {
          lines.add(line(user));
        }
      }
    }
    left.values().forEach(user -> lines.add(line(user)));
    return lines.stream().map(line -> line + System.lineSeparator()).collect(Collectors.joining());
  }

  private static String line(User user) {
    return "%s:%s:%s".formatted(user.name(), user.password(), user.role().name().toLowerCase(Locale.ROOT));
  }

  private static boolean isPassedOver(String line) {
    return line.isBlank() || line.startsWith("#");
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
