package io.dcmix.app.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import io.dcmix.app.access.Users;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class UserCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String input, String... args) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return Dcmix.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void shouldAddListChangeAndRemoveUsers() throws Exception {
    String file = folder.resolve("users").toString();
    assertThat(run("correct horse\n", "user", "add", file, "ada", "--role", "operator")).as(err.toString()).isZero();
    assertThat(run("battery staple\n", "user", "add", file, "eve", "--role", "viewer")).isZero();
    assertThat(Files.readString(Path.of(file))).doesNotContain("horse", "staple");
    Users users = new Users(Path.of(file));
    assertThat(users.check("ada", "correct horse".toCharArray())).isNotNull();
    assertThat(run("another horse\n", "user", "add", file, "ada", "--role", "viewer")).isZero();
    assertThat(users.check("ada", "correct horse".toCharArray())).isNull();
    assertThat(users.check("ada", "another horse".toCharArray())).isNotNull();
    out.getBuffer().setLength(0);
    assertThat(run("", "user", "list", file)).isZero();
    assertThat(out.toString().lines()).containsExactly("viewer    ada", "viewer    eve");
    assertThat(run("", "user", "remove", file, "eve")).isZero();
    assertThat(users.find("eve")).isNull();
    assertThat(run("", "user", "remove", file, "eve")).isEqualTo(1);
    assertThat(err.toString()).contains("has no user eve");
  }

  @Test
  void shouldSayWhatIsWrongAndWriteNothing() {
    String file = folder.resolve("users").toString();
    assertThat(run("short\n", "user", "add", file, "ada", "--role", "operator")).isEqualTo(1);
    assertThat(err.toString()).contains("A password has 8 to 256 characters");
    assertThat(run("", "user", "add", file, "ada", "--role", "operator")).isEqualTo(1);
    assertThat(err.toString()).contains("the standard input is empty");
    assertThat(run("correct horse\n", "user", "add", file, "a:b", "--role", "operator")).isEqualTo(1);
    assertThat(err.toString()).contains("'a:b' is no user's name");
    assertThat(run("correct horse\n", "user", "add", file, "ada")).isEqualTo(2);
    assertThat(run("", "user")).isEqualTo(2);
    assertThat(folder).isEmptyDirectory();
  }
}
