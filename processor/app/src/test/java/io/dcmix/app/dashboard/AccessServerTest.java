package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.access.Access;
import io.dcmix.app.access.Users;
import io.dcmix.streams.Readiness;
import io.dcmix.streams.Readiness.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page where users log in, over HTTP. */
@Timeout(60)
class AccessServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  /** Of "correct horse". */
  private static final String HORSE = "pbkdf2-sha512$20000$c2l4dGVlbiBieXRlcyBvaw==$Y82mjf7iGqFC8w6iTPMulArsBcqBxWqeAOdJulE3Sg4=";

  @TempDir private Path folder;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T09:00:00.500Z"));
  private HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private Path users;
  private DashboardServer server;

  @BeforeEach
  void start() throws IOException {
    users = Files.writeString(folder.resolve("users"), "ada:" + HORSE + ":operator\neve:" + HORSE + ":viewer\n");
    serve(Access.of(new Users(users)));
  }

  private void serve(Access access) {
    stop();
    server = DashboardServer.over(new DashboardConfig("127.0.0.1", 0, "127.0.0.1:1", "screening", Map.of()).withAccess(access)
        .withReadiness(() -> new Readiness(List.of(new Part("streams", true, "RUNNING")))).withMetrics(() -> "dcmix_ready 1.0\n"), new ScreeningView(), now::get);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
    return send(headers.length == 0 ? to(path) : to(path).headers(headers));
  }

  private HttpResponse<String> login(String name, String password, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = to("/login").header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(
        "name=%s&password=%s".formatted(URLEncoder.encode(name, StandardCharsets.UTF_8), URLEncoder.encode(password, StandardCharsets.UTF_8))));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private String cookie() throws IOException, InterruptedException {
    return cookie(login("ada", "correct horse"));
  }

  private static String cookie(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(303);
    return response.headers().firstValue("set-cookie").orElseThrow().split(";", 2)[0];
  }

  private static String basic(String name, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/plates", "/api/events", "/api/me", "/api/openapi.json", "/prometheus", "/app.js", "/nothing", "/health/../api/plates", "/health%2f..%2fapi/plates",
    "//api/plates", "/login/../api/plates", "/index.html"})
  void shouldShowNothingToWhoHasNotLoggedIn(String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(JSON.readTree(response.body()).at("/error").asText()).contains("Log in");
    assertThat(response.headers().firstValue("www-authenticate")).hasValue("Basic realm=\"dcmix\", charset=\"UTF-8\"");
    assertThat(get(path, "Sec-Fetch-Mode", "cors").headers().firstValue("www-authenticate")).as("no window of the browser's own").isEmpty();
  }

  @Test
  void shouldSendABrowserToTheLoginPage() throws Exception {
    HttpResponse<String> response = get("/", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(response.headers().firstValue("location")).hasValue("/login");
    HttpResponse<String> page = get("/login");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
    assertThat(page.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(page.headers().firstValue("referrer-policy")).as("no-referrer would make a browser say Origin: null of this form").hasValue("same-origin");
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow()).contains("default-src 'none'", "form-action 'self'").doesNotContain("script-src", "unsafe");
    assertThat(page.body()).contains("type=\"password\"").doesNotContain("<script", "{{", "<!--", "role=\"alert\"", "/oidc/login");
    for (String asset : List.of("/app.css", "/icon.svg")) {
      assertThat(get(asset).statusCode()).as(asset).isEqualTo(200);
    }
  }

  @Test
  void shouldLetInWithACookieThatNoScriptReadsAndNoOtherSiteSends() throws Exception {
    HttpResponse<String> response = login("ada", "correct horse");
    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(response.headers().firstValue("location")).hasValue("/");
    assertThat(response.headers().firstValue("set-cookie").orElseThrow()).contains("HTTPOnly", "SameSite=Strict", "Path=/", "Max-Age=43199").doesNotContain("Secure");
    String cookie = cookie(response);
    JsonNode me = JSON.readTree(get("/api/me", "Cookie", cookie).body());
    assertThat(me.at("/user").asText()).isEqualTo("ada");
    assertThat(me.at("/role").asText()).isEqualTo("OPERATOR");
    assertThat(me.at("/by").asText()).isEqualTo("PASSWORD");
    assertThat(Instant.parse(me.at("/until").asText())).isBetween(now.get().plus(Duration.ofHours(12)).minusSeconds(1), now.get().plus(Duration.ofHours(12)));
    for (String path : List.of("/", "/app.js", "/api/plates", "/prometheus")) {
      assertThat(get(path, "Cookie", cookie).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(get("/nothing", "Cookie", cookie).statusCode()).isEqualTo(404);
    assertThat(get("/login", "Cookie", cookie).headers().firstValue("location")).as("is in already").hasValue("/");
  }

  @Test
  void shouldAskAgainAfterLoggingOutAfterTheEndAndForAnotherCookie() throws Exception {
    String cookie = cookie();
    HttpResponse<String> out = send(to("/logout").header("Cookie", cookie).POST(BodyPublishers.noBody()));
    assertThat(out.statusCode()).isEqualTo(303);
    assertThat(out.headers().firstValue("set-cookie").orElseThrow()).startsWith("dcmix-session=;").contains("Max-Age=0");
    assertThat(get("/api/plates", "Cookie", cookie + "x").statusCode()).isEqualTo(401);
    now.updateAndGet(instant -> instant.plus(Duration.ofHours(12)));
    assertThat(get("/api/plates", "Cookie", cookie).statusCode()).isEqualTo(401);
  }

  @Test
  void shouldSayTheSameOfAnUnknownUserAndAWrongPasswordAndKeepTheName() throws Exception {
    HttpResponse<String> wrong = login("ada", "wrong horse");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("set-cookie")).isEmpty();
    assertThat(wrong.body()).contains("There is no such user with that password.", "value=\"ada\"").doesNotContain("horse");
    assertThat(login("nobody", "wrong horse").body()).isEqualTo(wrong.body().replace("value=\"ada\"", "value=\"nobody\""));
    assertThat(login("\"><script>", "wrong horse").body()).contains("&quot;&gt;&lt;script&gt;").doesNotContain("<script");
  }

  @Test
  void shouldMakeWhoGuessesWait() throws Exception {
    for (int i = 0; i < 6; i++) {
      assertThat(login("ada", "wrong horse").statusCode()).isEqualTo(401);
    }
    HttpResponse<String> wait = login("ada", "correct horse");
    assertThat(wait.statusCode()).isEqualTo(429);
    assertThat(wait.headers().firstValue("retry-after")).hasValue("1");
    assertThat(wait.body()).contains("try again in 1 s");
    HttpResponse<String> script = get("/api/plates", "Authorization", basic("ada", "correct horse"));
    assertThat(script.statusCode()).as("one count for both ways").isEqualTo(429);
    assertThat(script.headers().firstValue("retry-after")).hasValue("1");
    assertThat(JSON.readTree(script.body()).at("/error").asText()).contains("Too many passwords were wrong");
    assertThat(get("/api/plates", "Authorization", basic("eve", "correct horse")).statusCode()).isEqualTo(200);
    now.updateAndGet(instant -> instant.plusSeconds(1));
    assertThat(login("ada", "correct horse").statusCode()).isEqualTo(303);
  }

  @Test
  void shouldTakeNameAndPasswordOfScripts() throws Exception {
    JsonNode me = JSON.readTree(get("/api/me", "Authorization", basic("eve", "correct horse")).body());
    assertThat(me.at("/role").asText()).isEqualTo("VIEWER");
    assertThat(get("/api/me", "Authorization", basic("eve", "wrong")).statusCode()).isEqualTo(401);
    assertThat(get("/api/me", "Authorization", "Basic !").statusCode()).isEqualTo(401);
    assertThat(get("/api/me", "Authorization", "Bearer abc").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldAskForAnOperatorWhereStateWouldChange() throws Exception {
    HttpRequest.Builder change = to("/api/plates").POST(BodyPublishers.ofString("{}")).header("Content-Type", "application/json");
    assertThat(send(change.copy().header("Authorization", basic("eve", "correct horse"))).statusCode()).isEqualTo(403);
    assertThat(send(change.copy()).statusCode()).isEqualTo(401);
    assertThat(send(change.copy().header("Authorization", basic("ada", "correct horse"))).statusCode()).as("may, but there is nothing to do so").isEqualTo(405);
  }

  @ParameterizedTest
  @CsvSource({"Sec-Fetch-Site, cross-site, 403", "Sec-Fetch-Site, same-site, 403", "Sec-Fetch-Site, same-origin, 303", "Sec-Fetch-Site, none, 303",
    "Origin, https://evil.example, 403", "Origin, null, 403", "Origin, http://127.0.0.1:1, 403", "Origin, OWN, 303"})
  void shouldTakeNoLoginFromAnotherSite(String header, String value, int status) throws Exception {
    assertThat(login("ada", "correct horse", header, value.replace("OWN", server.url().toString())).statusCode()).isEqualTo(status);
  }

  @Test
  void shouldTellProbesWhetherItIsReadyAndOthersMore() throws Exception {
    assertThat(get("/health/liveness").statusCode()).isEqualTo(200);
    JsonNode ready = JSON.readTree(get("/health/readiness").body());
    assertThat(ready.at("/status").asText()).isEqualTo("UP");
    assertThat(ready.at("/parts")).isEmpty();
    assertThat(JSON.readTree(get("/health/readiness", "Cookie", cookie()).body()).at("/parts")).hasSize(1);
  }

  @Test
  void shouldOpenTheMetricsWhereThatWasAskedFor() throws Exception {
    assertThat(get("/prometheus").statusCode()).isEqualTo(401);
    serve(Access.of(new Users(users)).withOpenMetrics());
    assertThat(get("/prometheus").body()).isEqualTo("dcmix_ready 1.0\n");
    assertThat(get("/api/plates").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldEndTheStreamOfEventsWithTheSession() throws Exception {
    HttpResponse<java.io.InputStream> events = http.send(to("/api/events").header("Cookie", cookie()).build(), BodyHandlers.ofInputStream());
    assertThat(events.statusCode()).isEqualTo(200);
    try (var lines = new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).isNotNull();
      Files.writeString(users, "eve:" + HORSE + ":viewer\n");
      while (lines.readLine() != null) {
        // What came before the next heartbeat; then the stream ends, or the test's time does.
      }
    }
    assertThat(get("/api/events", "Cookie", "dcmix-session=x").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldAskNobodyWhereThePageIsOpenButStillTakeNothingFromOtherSites() throws Exception {
    serve(Access.OPEN);
    JsonNode me = JSON.readTree(get("/api/me").body());
    assertThat(me.at("/user").isNull()).isTrue();
    assertThat(me.at("/role").asText()).isEqualTo("OPERATOR");
    assertThat(get("/").headers().firstValue("strict-transport-security")).isEmpty();
    assertThat(send(to("/api/plates").header("Origin", "https://evil.example").POST(BodyPublishers.noBody())).statusCode()).isEqualTo(403);
  }

  @Test
  void shouldServeByHttpsWithACertificateInPem() throws Exception {
    Path store = folder.resolve("store.p12");
    Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "page", "-keyalg", "EC",
        "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1,dns:localhost", "-validity", "30", "-storetype", "PKCS12", "-storepass", "changeit", "-keystore", store.toString())
        .redirectErrorStream(true).start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    KeyStore made = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    Path certificate = pem("certificate.pem", "CERTIFICATE", made.getCertificate("page").getEncoded());
    Path key = pem("key.pem", "PRIVATE KEY", made.getKey("page", "changeit".toCharArray()).getEncoded());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("page", made.getCertificate("page"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), new SecureRandom());
    serve(Access.of(new Users(users)).with(new Access.Tls(certificate, key), true));
    assertThat(server.url().getScheme()).isEqualTo("https");
    http = HttpClient.newBuilder().sslContext(tls).connectTimeout(Duration.ofSeconds(10)).build();
    HttpResponse<String> in = login("ada", "correct horse", "Origin", "https://127.0.0.1:" + server.url().getPort());
    assertThat(in.headers().firstValue("set-cookie").orElseThrow()).contains("Secure", "HTTPOnly");
    assertThat(in.headers().firstValue("strict-transport-security")).hasValue("max-age=15552000");
    assertThat(get("/api/me", "Cookie", cookie(in)).statusCode()).isEqualTo(200);
  }

  private Path pem(String name, String type, byte[] content) throws IOException {
    return Files.writeString(folder.resolve(name), "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(type, Base64.getMimeEncoder().encodeToString(content), type));
  }
}
