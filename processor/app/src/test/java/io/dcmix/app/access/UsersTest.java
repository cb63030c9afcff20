package io.dcmix.app.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersTest {
  /** Of "correct horse". */
  static final String HORSE = "pbkdf2-sha512$20000$c2l4dGVlbiBieXRlcyBvaw==$Y82mjf7iGqFC8w6iTPMulArsBcqBxWqeAOdJulE3Sg4=";

  @TempDir private Path folder;

  @Test
  void shouldKnowUsersByNameAndPassword() throws IOException {
    Users users = new Users(Files.writeString(folder.resolve("users"), "# who\n\nada:" + HORSE + ":operator\r\neve:" + HORSE + ":viewer\n"));
    User ada = users.check("ada", "correct horse".toCharArray());
    assertThat(ada).isNotNull();
    assertThat(ada.role()).isEqualTo(Role.OPERATOR);
    assertThat(ada.toString()).doesNotContain("pbkdf2");
    assertThat(users.check("ada", "wrong horse".toCharArray())).isNull();
    assertThat(users.check("nobody", "correct horse".toCharArray())).isNull();
    assertThat(users.check("Ada", "correct horse".toCharArray())).isNull();
  }

  @Test
  void shouldTakeChangesOfTheFileAndKeepTheOldOnesIfItBreaks() throws IOException {
    Path file = Files.writeString(folder.resolve("users"), "ada:" + HORSE + ":viewer\n");
    Users users = new Users(file);
    Files.writeString(file, "ada:" + HORSE + ":operator\neve:" + HORSE + ":viewer\n");
    assertThat(users.find("eve")).isNotNull();
    assertThat(users.find("ada").role()).isEqualTo(Role.OPERATOR);
    Files.writeString(file, "ada:" + HORSE + ":operatorr\n");
    assertThat(users.find("ada").role()).as("the last that could be read").isEqualTo(Role.OPERATOR);
    Files.delete(file);
    assertThat(users.find("ada").role()).as("a file that is gone").isEqualTo(Role.OPERATOR);
    Files.writeString(file, "eve:" + HORSE + ":viewer\n");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    assertThat(users.find("ada")).isNull();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "ada:secret:viewer | line 1: the password of 'ada' is not stored as dcmix user add does",
    "ada:HORSE:admin | line 1: 'admin' is no role: viewer or operator",
    "ada:HORSE | line 1: want name:password:role",
    "ada:HORSE:viewer\\nada:HORSE:viewer | line 2: ada has a line already",
    "a b:HORSE:viewer | line 1: 'a b' is no user's name",
    "'' | has no user"})
  void shouldNameTheLineThatIsWrong(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("users"), text.replace("HORSE", HORSE).replace("\\n", "\n"));
    assertThatThrownBy(() -> new Users(file)).isInstanceOf(CliException.class).hasMessageContaining(message).hasMessageContaining(file.toString())
        .hasMessageNotContaining(HORSE);
  }

  @Test
  void shouldWriteAFileForItsOwnerAlone() throws IOException {
    Path file = folder.resolve("users");
    UsersFile.write(file, List.of(new User("ada", HORSE, Role.VIEWER)));
    assertThat(UsersFile.read(file)).containsOnlyKeys("ada");
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).as("nothing is left over").hasSize(1);
    }
  }

  @Test
  void whatPeopleWroteIntoTheFileStaysWhenAUserChangesComesOrGoes() throws Exception {
    Path file = folder.resolve("commented");
    Files.writeString(file, "# the imaging lab\nada:%1$s:viewer\n\n# leaves in May\nbo:%1$s:viewer\n".formatted(HORSE));
    UsersFile.write(file, List.of(new User("cy", HORSE, Role.VIEWER), new User("ada", HORSE, Role.OPERATOR)));
    assertThat(file).hasContent("# the imaging lab\nada:%1$s:operator\n\n# leaves in May\ncy:%1$s:viewer\n".formatted(HORSE));
    try (var left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.startsWith(".users"));
    }
  }
}
