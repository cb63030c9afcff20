package io.dcmix.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.app.Dcmix;
import io.dcmix.app.access.Access;
import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class PageOptionsTest {
  private static final String STORED = "pbkdf2-sha512$20000$c2l4dGVlbiBieXRlcyBvaw==$Y82mjf7iGqFC8w6iTPMulArsBcqBxWqeAOdJulE3Sg4=";

  @TempDir private Path folder;

  @Command(name = "run")
  static final class Page {
    @Mixin PageOptions options = new PageOptions();
  }

  private Access access(String line, Map<String, String> environment) throws IOException {
    Files.writeString(folder.resolve("users"), "ada:" + STORED + ":viewer\n");
    Files.writeString(folder.resolve("key"), "0123456789abcdef0123456789abcdef");
    Files.writeString(folder.resolve("short"), "0123");
    Page page = new Page();
    new CommandLine(page).parseArgs(line.isEmpty() ? new String[0] : line.replace("DIR", folder.toString()).split(" ", -1));
    return page.options.access(environment);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--host 127.0.0.1", "--host localhost", "--host ::1", "--host 127.8.9.1", "--host 0.0.0.0 --without-authentication"})
  void shouldAskNobodyOnThisMachineOrWhereThatWasSaid(String line) throws IOException {
    assertThat(access(line, Map.of()).isOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--host 0.0.0.0", "--host ::", "--host 192.0.2.7"})
  void shouldRefuseToLetOthersInWithoutAsking(String line) {
    assertThatThrownBy(() -> access(line, Map.of())).isInstanceOf(ParameterException.class)
        .hasMessageContaining("nobody is asked who they are").hasMessageContaining("--users").hasMessageContaining("--without-authentication");
  }

  /** A server that is given no address takes all of them. */
  @Test
  void shouldNotTakeNoAddressForThisMachine() {
    assertThatThrownBy(() -> access("--host=", Map.of())).isInstanceOf(ParameterException.class).hasMessageContaining("--host: an address");
  }

  @Test
  void shouldEndWithWrongUsageBeforeAnythingElseHappens() {
    StringWriter err = new StringWriter();
    assertThat(Dcmix.commandLine().setErr(new PrintWriter(err)).execute("run", "--bootstrap-servers", "127.0.0.1:1", "--model", "none.onnx", "--host", "0.0.0.0")).isEqualTo(2);
    assertThat(err.toString()).contains("--without-authentication").doesNotContain("none.onnx");
  }

  @Test
  void shouldAskForUsersWhereverItListens() throws IOException {
    assertThat(access("--host 0.0.0.0 --users DIR/users", Map.of()).isOpen()).isFalse();
    assertThat(access("--users DIR/users --session-key DIR/key", Map.of()).sessionKey())
        .as("instances with one key take each other's log-ins").isEqualTo(access("--users DIR/users --session-key DIR/key", Map.of()).sessionKey());
    assertThat(access("--users DIR/users", Map.of()).sessionKey()).isNotEqualTo(access("--users DIR/users", Map.of()).sessionKey());
    assertThat(access("--users DIR/users --page-url https://a.example", Map.of()).secureCookies()).isTrue();
    assertThat(access("--users DIR/users --page-url http://a.example", Map.of()).secureCookies()).isFalse();
  }

  @Test
  void shouldTakeAnIssuerWithItsSecretFromTheEnvironmentOrAFile() throws IOException {
    String line = "--host 0.0.0.0 --oidc-issuer https://id.example/r --oidc-client-id dcmix --page-url https://a.example/";
    Access access = access(line, Map.of(PageOptions.CLIENT_SECRET, "s3cret"));
    assertThat(access.openId().secret()).isEqualTo("s3cret");
    assertThat(access.openId().callback()).hasToString("https://a.example/oidc/callback");
    assertThat(access.toString()).doesNotContain("s3cret");
    assertThat(access(line + " --oidc-client-secret DIR/key", Map.of()).openId().secret()).startsWith("0123456789");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "--users DIR/users --without-authentication | --without-authentication contradicts --users",
    "--tls-certificate DIR/users | go together",
    "--users DIR/users --session-for 5s | --session-for",
    "--oidc-issuer https://id.example | --oidc-client-id",
    "--oidc-issuer https://id.example --oidc-client-id a | --page-url",
    "--oidc-issuer https://id.example --oidc-client-id a --page-url https://a.example | DCMIX_OIDC_CLIENT_SECRET",
    "--oidc-issuer http://192.0.2.1 --oidc-client-id a --page-url https://a.example | https://",
    "--oidc-client-id a | --oidc-issuer",
    "--page-url a.example | --page-url",
    "--page-url https://a.example/dcmix | --page-url"})
  void shouldNameTheOptionThatIsWrong(String line, String named) {
    assertThatThrownBy(() -> access(line, Map.of())).isInstanceOf(ParameterException.class).hasMessageContaining(named);
  }

  @Test
  void shouldNameTheFileThatCannotBeUsed() {
    assertThatThrownBy(() -> access("--users DIR/none", Map.of())).isInstanceOf(CliException.class).hasMessageContaining("none");
    assertThatThrownBy(() -> access("--users DIR/users --session-key DIR/short", Map.of())).isInstanceOf(CliException.class)
        .hasMessageContaining("--session-key").hasMessageContaining("openssl rand");
    assertThatCode(() -> access("--users DIR/users --session-key DIR/key", Map.of())).doesNotThrowAnyException();
  }
}
