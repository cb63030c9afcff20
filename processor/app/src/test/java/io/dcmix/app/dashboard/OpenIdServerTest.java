package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dcmix.app.access.Access;
import io.dcmix.app.access.OpenId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Log-in by OpenID Connect against an issuer that speaks the protocol over HTTP: discovery, code with PKCE, signed tokens. */
@Timeout(60)
class OpenIdServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SECRET = "a secret of thirty-two characters";

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private HttpServer issuer;
  private DashboardServer server;
  private ECKey key;
  private String address;
  private UnaryOperator<JWTClaimsSet.Builder> claims = UnaryOperator.identity();
  private Forgery forgery = Forgery.NONE;
  private volatile String nonce = "";
  private volatile String challenge = "";

  /** What is wrong with the issuer's ID token. */
  enum Forgery {
    NONE, OTHER_KEY, CLIENT_SECRET, OTHER_AUDIENCE, OTHER_ISSUER, OTHER_NONCE, EXPIRED
  }

  @BeforeEach
  void start() throws Exception {
    key = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    address = "http://127.0.0.1:" + issuer.getAddress().getPort();
    issuer.createContext("/.well-known/openid-configuration", exchange -> answer(exchange, 200, """
        {"issuer": "ADDRESS", "authorization_endpoint": "ADDRESS/authorize", "token_endpoint": "ADDRESS/token", "jwks_uri": "ADDRESS/keys",
         "response_types_supported": ["code"], "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"]}
        """.replace("ADDRESS", address)));
    issuer.createContext("/keys", exchange -> answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
    issuer.createContext("/token", this::token);
    issuer.start();
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    server = DashboardServer.over(new DashboardConfig("127.0.0.1", port, "127.0.0.1:1", "screening", Map.of()).withAccess(Access.OPEN.withOpenId(
        new OpenId.Settings(URI.create(address), "dcmix", SECRET, URI.create("http://127.0.0.1:" + port + "/oidc/callback"), "realm_access.roles", "sees", "does"))),
        new ScreeningView());
  }

  @AfterEach
  void stop() {
    server.close();
    issuer.stop(0);
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Map<String, String> form(String text) {
    return Arrays.stream(text.split("&", -1)).map(pair -> pair.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }

  /** Gives an ID token for the right code, client and verifier. */
  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> form = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    String client = "Basic " + Base64.getEncoder().encodeToString(("dcmix:" + URLEncoder.encode(SECRET, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(form.getOrDefault("code_verifier", "").getBytes(StandardCharsets.US_ASCII));
      if (!"the-code".equals(form.get("code")) || !client.equals(exchange.getRequestHeaders().getFirst("Authorization"))
          || !Base64.getUrlEncoder().withoutPadding().encodeToString(hash).equals(challenge)) {
        answer(exchange, 400, "{\"error\": \"invalid_grant\"}");
        return;
      }
      answer(exchange, 200, "{\"access_token\": \"a\", \"token_type\": \"Bearer\", \"id_token\": \"" + idToken() + "\"}");
    } catch (Exception e) {
      answer(exchange, 500, "{\"error\": \"" + e.getMessage() + "\"}");
    }
  }

  private String idToken() throws JOSEException {
    Instant now = Instant.now();
    JWTClaimsSet.Builder builder = claims.apply(new JWTClaimsSet.Builder()
        .issuer(forgery == Forgery.OTHER_ISSUER ? "http://127.0.0.1:1" : address)
        .audience(forgery == Forgery.OTHER_AUDIENCE ? "another" : "dcmix")
        .subject("42").claim("preferred_username", "grace")
        .claim("nonce", forgery == Forgery.OTHER_NONCE ? "another" : nonce)
        .issueTime(Date.from(now.minusSeconds(7200)))
        .expirationTime(Date.from(forgery == Forgery.EXPIRED ? now.minusSeconds(3600) : now.plusSeconds(300))));
    if (forgery == Forgery.CLIENT_SECRET) {
      SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), builder.build());
      token.sign(new MACSigner(SECRET));
      return token.serialize();
    }
    SignedJWT token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("one").build(), builder.build());
    token.sign(new ECDSASigner(forgery == Forgery.OTHER_KEY ? new ECKeyGenerator(Curve.P_256).keyID("one").generate() : key));
    return token.serialize();
  }

  private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
    return http.send((headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
  }

  private static String cookie(HttpResponse<String> response, String name) {
    return response.headers().allValues("set-cookie").stream().filter(text -> text.startsWith(name + "=")).findFirst().orElseThrow();
  }

  /** Goes to the issuer and comes back. */
  private HttpResponse<String> logIn() throws IOException, InterruptedException {
    HttpResponse<String> begin = get("/oidc/login");
    assertThat(begin.statusCode()).as(begin.body()).isEqualTo(303);
    Map<String, String> asked = asked(begin);
    return get("/oidc/callback?code=the-code&state=" + asked.get("state"), "Cookie", cookie(begin, "dcmix-oidc").split(";", 2)[0]);
  }

  private Map<String, String> asked(HttpResponse<String> begin) {
    URI to = URI.create(begin.headers().firstValue("location").orElseThrow());
    Map<String, String> asked = form(to.getRawQuery());
    assertThat(to.toString()).startsWith(address + "/authorize?");
    assertThat(asked).containsEntry("response_type", "code").containsEntry("client_id", "dcmix").containsEntry("code_challenge_method", "S256")
        .containsEntry("redirect_uri", server.url() + "/oidc/callback");
    nonce = asked.get("nonce");
    challenge = asked.get("code_challenge");
    return asked;
  }

  private static UnaryOperator<JWTClaimsSet.Builder> roles(String... roles) {
    return builder -> builder.claim("realm_access", Map.of("roles", List.of(roles)));
  }

  @Test
  void shouldLetInWhomTheIssuerVouchesForWithTheRoleOfTheClaim() throws Exception {
    claims = roles("other", "does", "sees");
    HttpResponse<String> back = logIn();
    assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
    assertThat(back.body()).as("a step of this server's own, which takes the strict cookie along").contains("url=/");
    assertThat(cookie(back, "dcmix-session")).contains("HTTPOnly", "SameSite=Strict");
    assertThat(cookie(back, "dcmix-oidc")).contains("Max-Age=0");
    JsonNode me = JSON.readTree(get("/api/me", "Cookie", cookie(back, "dcmix-session").split(";", 2)[0]).body());
    assertThat(me.at("/user").asText()).isEqualTo("grace");
    assertThat(me.at("/role").asText()).isEqualTo("OPERATOR");
    assertThat(me.at("/by").asText()).isEqualTo("OIDC");
    claims = roles("sees");
    me = JSON.readTree(get("/api/me", "Cookie", cookie(logIn(), "dcmix-session").split(";", 2)[0]).body());
    assertThat(me.at("/role").asText()).isEqualTo("VIEWER");
  }

  @Test
  void shouldOfferTheIssuerAndNoPassword() throws Exception {
    assertThat(get("/login").body()).contains("href=\"/oidc/login\"").doesNotContain("type=\"password\"");
    assertThat(get("/api/plates").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldNotLetInWhoHasNoRoleHere() throws Exception {
    claims = roles("other");
    HttpResponse<String> back = logIn();
    assertThat(back.statusCode()).isEqualTo(403);
    assertThat(back.body()).contains("grace is known to the issuer but has no role here: its claim realm_access.roles wants sees or does");
    assertThat(back.headers().allValues("set-cookie")).noneMatch(text -> text.startsWith("dcmix-session="));
  }

  @ParameterizedTest
  @EnumSource(value = Forgery.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void shouldTrustNoTokenThatIsNotForIt(Forgery wrong) throws Exception {
    claims = roles("does");
    forgery = wrong;
    HttpResponse<String> back = logIn();
    assertThat(back.statusCode()).as(back.body()).isEqualTo(403);
    assertThat(back.body()).containsAnyOf("not to be trusted", "not signed with a public key");
    assertThat(back.headers().allValues("set-cookie")).noneMatch(text -> text.startsWith("dcmix-session="));
  }

  @Test
  void shouldTakeALoginBackOnlyFromTheBrowserThatBeganIt() throws Exception {
    claims = roles("does");
    HttpResponse<String> begin = get("/oidc/login");
    String state = asked(begin).get("state");
    String mine = cookie(begin, "dcmix-oidc").split(";", 2)[0];
    assertThat(cookie(begin, "dcmix-oidc")).contains("HTTPOnly", "SameSite=Lax", "Path=/oidc", "Max-Age=600");
    String others = cookie(get("/oidc/login"), "dcmix-oidc").split(";", 2)[0];
    assertThat(get("/oidc/callback?code=the-code&state=" + state).statusCode()).as("no cookie").isEqualTo(403);
    assertThat(get("/oidc/callback?code=the-code&state=" + state, "Cookie", others).body()).contains("another window");
    assertThat(get("/oidc/callback?code=the-code&state=x", "Cookie", mine).body()).contains("another window");
    assertThat(get("/oidc/callback", "Cookie", mine).body()).containsAnyOf("another window", "cannot be understood");
    assertThat(get("/oidc/callback?error=access_denied&state=" + state, "Cookie", mine).body()).contains("access_denied");
    assertThat(get("/oidc/callback?code=another&state=" + state, "Cookie", mine).body()).contains("invalid_grant");
    assertThat(get("/oidc/callback?code=the-code&state=" + state, "Cookie", mine).statusCode()).as("as it should be").isEqualTo(200);
  }

  @Test
  void shouldSayThatTheIssuerIsAway() throws Exception {
    issuer.stop(0);
    HttpResponse<String> begin = get("/oidc/login");
    assertThat(begin.statusCode()).isEqualTo(502);
    assertThat(begin.body()).contains("does not answer").doesNotContain(SECRET);
  }
}
