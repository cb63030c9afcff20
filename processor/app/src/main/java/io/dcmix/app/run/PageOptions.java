package io.dcmix.app.run;

import io.dcmix.app.access.Access;
import io.dcmix.app.access.OpenId;
import io.dcmix.app.access.Secrets;
import io.dcmix.app.access.Users;
import io.dcmix.app.dashboard.DashboardConfig;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the page is and who may see it. A mixin. */
final class PageOptions {
  /** The environment's name for the client's secret. */
  static final String CLIENT_SECRET = "DCMIX_OIDC_CLIENT_SECRET";

  private static final Logger LOG = LoggerFactory.getLogger(PageOptions.class);

  @Spec(Spec.Target.MIXEE) private CommandSpec spec = CommandSpec.create();

  @Option(names = "--host", defaultValue = "127.0.0.1",
      description = "Address of the page. Any other than this machine's own asks for --users, --oidc-issuer or --without-authentication. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(names = "--port", defaultValue = "8080", description = "Port of the page; 0: any free one. Default: ${DEFAULT-VALUE}.")
  private int port = 8080;

  @Option(names = "--users", paramLabel = "FILE", description = "The page asks for one of these users; see `dcmix user` and docs/page.md.")
  private @Nullable Path users;

  @Option(names = "--without-authentication", description = "The page asks nobody who they are, wherever it listens.")
  private boolean withoutAuthentication;

  @Option(names = "--open-metrics", description = "/prometheus asks nobody who they are, though the page does.")
  private boolean openMetrics;

  @Option(names = "--session-for", defaultValue = "12h", paramLabel = "TIME", converter = Durations.class,
      description = "How long a log-in holds. Default: ${DEFAULT-VALUE}.")
  private Duration sessionFor = Access.SESSION;

  @Option(names = "--session-key", paramLabel = "FILE",
      description = "32 random bytes or more: instances with the same key take each other's log-ins, also after a restart. Default: a new key with each start.")
  private @Nullable Path sessionKey;

  @Option(names = "--tls-certificate", paramLabel = "FILE", description = "The page by HTTPS: its certificate and those that vouch for it, in PEM.")
  private @Nullable Path tlsCertificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "The private key of --tls-certificate, in PEM, not encrypted.")
  private @Nullable Path tlsKey;

  @Option(names = "--page-url", paramLabel = "URL", description = "Where browsers find the page, if a proxy stands before it: https://dcmix.example.org")
  private @Nullable URI pageUrl;

  @Option(names = "--oidc-issuer", paramLabel = "URL", description = "Users log in at this OpenID Connect issuer. Wants --oidc-client-id and --page-url.")
  private @Nullable URI issuer;

  @Option(names = "--oidc-client-id", paramLabel = "ID", description = "What the issuer calls the page; PAGE-URL/oidc/callback must be registered with it.")
  private @Nullable String clientId;

  @Option(names = "--oidc-client-secret", paramLabel = "FILE", description = "Holds the client's secret. Default: the environment's " + CLIENT_SECRET + ".")
  private @Nullable Path clientSecret;

  @Option(names = "--oidc-role-claim", defaultValue = "roles", paramLabel = "CLAIM",
      description = "Claim of the ID token with roles or groups, such as realm_access.roles. Default: ${DEFAULT-VALUE}.")
  private String roleClaim = "roles";

  @Option(names = "--oidc-viewer", defaultValue = "dcmix-viewer", paramLabel = "VALUE", description = "Value of the claim that makes a viewer. Default: ${DEFAULT-VALUE}.")
  private String viewer = "dcmix-viewer";

  @Option(names = "--oidc-operator", defaultValue = "dcmix-operator", paramLabel = "VALUE",
      description = "Value of the claim that makes an operator. Default: ${DEFAULT-VALUE}.")
  private String operator = "dcmix-operator";

  /**
   * The page of a lane, open to whom the options say.
   *
   * @throws ParameterException if they contradict each other, or others than this machine could come in without being asked
   * @throws io.dcmix.core.cli.CliException if a file cannot be used
   */
  DashboardConfig page(String bootstrapServers, String lane, Map<String, String> kafka) {
    return new DashboardConfig(host, port, bootstrapServers, lane, kafka).withAccess(access(System.getenv()));
  }

  Access access(Map<String, String> environment) {
    check();
    boolean https = tlsCertificate != null || (pageUrl != null && "https".equalsIgnoreCase(pageUrl.getScheme()));
    Access.Tls tls = tlsCertificate != null && tlsKey != null ? new Access.Tls(file("--tls-certificate", tlsCertificate), file("--tls-key", tlsKey)) : null;
    if (users == null && issuer == null) {
      return Access.OPEN.with(tls, https);
    }
    if (!https && !isLoopback()) {
      LOG.warn("Passwords and sessions cross the network in the clear: give --tls-certificate, or, behind a proxy with HTTPS, --page-url https://...");
    }
    return new Access(
        users == null ? null : new Users(users), issuer == null ? null : openId(issuer, environment),
        sessionKey == null ? Secrets.random() : Secrets.key("--session-key", sessionKey), sessionFor, openMetrics, tls, https);
  }

  private void check() {
    boolean asks = users != null || issuer != null;
    refuseIf(asks && withoutAuthentication, "--without-authentication contradicts " + (users != null ? "--users" : "--oidc-issuer"));
    refuseIf(!asks && !withoutAuthentication && !isLoopback(), "--host " + host
        + " lets others than this machine reach the page, and nobody is asked who they are: give --users FILE or --oidc-issuer URL, or say --without-authentication");
    refuseIf((tlsCertificate == null) != (tlsKey == null), "--tls-certificate and --tls-key go together");
    refuseIf(issuer == null && (clientId != null || clientSecret != null), "--oidc-client-id and --oidc-client-secret want --oidc-issuer");
    refuseIf(sessionFor.compareTo(Duration.ofMinutes(1)) < 0 || sessionFor.compareTo(Duration.ofDays(30)) > 0, "--session-for: from 1m to 30d");
    if (issuer != null) {
      refuseIf(clientId == null, "--oidc-issuer wants --oidc-client-id");
      refuseIf(pageUrl == null, "--oidc-issuer wants --page-url: the issuer sends browsers back to it");
      refuseIf(!"https".equalsIgnoreCase(issuer.getScheme()) && !("http".equalsIgnoreCase(issuer.getScheme()) && isLoopback(issuer.getHost())),
          "--oidc-issuer: an address with https://");
    }
    refuseIf(pageUrl != null && (pageUrl.getHost() == null || !String.valueOf(pageUrl.getScheme()).matches("(?i)https?") || pageUrl.getQuery() != null
        || !String.valueOf(pageUrl.getPath()).matches("/?")), "--page-url: an address such as https://dcmix.example.org, without a path");
  }

  private OpenId.Settings openId(URI at, Map<String, String> environment) {
    String secret = clientSecret != null ? Secrets.text("--oidc-client-secret", clientSecret) : environment.get(CLIENT_SECRET);
    refuseIf(secret == null || secret.isEmpty(), "--oidc-issuer wants --oidc-client-secret FILE, or " + CLIENT_SECRET + " in the environment");
    String page = String.valueOf(pageUrl).replaceFirst("/$", "");
    return new OpenId.Settings(at, String.valueOf(clientId), String.valueOf(secret), URI.create(page + "/oidc/callback"), roleClaim, viewer, operator);
  }

  private boolean isLoopback() {
    refuseIf(host.isBlank(), "--host: an address; 127.0.0.1 is this machine alone"); // nothing stands for all of them
    return isLoopback(host);
  }

  private boolean isLoopback(String name) {
    try {
      return InetAddress.getByName(name).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new ParameterException(spec.commandLine(), "'" + name + "' is no address that this machine knows", e);
    }
  }

  private Path file(String option, Path path) {
    refuseIf(!Files.isReadable(path), option + ": cannot read " + path);
    return path;
  }

  private void refuseIf(boolean wrong, String message) {
    if (wrong) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
