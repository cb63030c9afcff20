package io.dcmix.streams.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.dcmix.schema.event.Acquisition;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The registry behind TLS and a password. Answers as the Apicurio Registry does (its API v3) to the few questions that are asked;
 * with the real one the same questions are asked in RegistryWireIT, without TLS.
 */
@Timeout(60)
class RegistryTlsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "registry-store";
  private static final int ID = 17;
  private static final String BASIC = "Basic " + Base64.getEncoder().encodeToString("scorer:s3cret".getBytes(UTF_8));

  @TempDir static Path folder;
  private static final List<String> REQUESTS = new CopyOnWriteArrayList<>();
  private static Path certificate;
  private static HttpsServer server;
  private static volatile String registered = "";

  @BeforeAll
  static void start() throws Exception {
    Path store = folder.resolve("registry.p12");
    certificate = folder.resolve("registry.pem");
    keytool("-genkeypair", "-alias", "r", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=registry", "-ext", "SAN=IP:127.0.0.1",
        "-validity", "2", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD);
    keytool("-exportcert", "-rfc", "-alias", "r", "-keystore", store.toString(), "-storepass", PASSWORD, "-file", certificate.toString());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 5);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext("/", RegistryTlsTest::answer);
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    REQUESTS.add(exchange.getRequestMethod() + " " + path);
    byte[] asked = exchange.getRequestBody().readAllBytes();
    if (!BASIC.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      send(exchange, 401, "{\"title\": \"Unauthorized\", \"status\": 401}");
    } else if (path.endsWith("/artifacts")) {
      JsonNode body = JSON.readTree(asked);
      registered = body.at("/firstVersion/content/content").asText();
      ObjectNode created = JSON.createObjectNode();
      created.putObject("artifact").put("groupId", "default").put("artifactId", body.get("artifactId").asText()).put("artifactType", "AVRO");
      created.putObject("version").put("groupId", "default").put("artifactId", body.get("artifactId").asText()).put("version", "1")
          .put("globalId", ID).put("contentId", ID).put("artifactType", "AVRO").put("state", "ENABLED");
      send(exchange, 200, created.toString());
    } else if (path.endsWith("/references")) {
      send(exchange, 200, "[]");
    } else if (path.endsWith("/ids/contentIds/" + ID)) {
      send(exchange, 200, registered);
    } else {
      send(exchange, 404, "{\"title\": \"Not found\", \"status\": 404}");
    }
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static EdgeSerdes serdes(Map<String, String> options) {
    URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/apis/registry/v3");
    return EdgeSerdes.of(new WireFormat.Registry(url, true, Duration.ofSeconds(20), options));
  }

  private static Map<String, String> options(Path trusted, String password) {
    return Map.of(
        "apicurio.registry.tls.truststore.location", trusted.toString(), "apicurio.registry.tls.truststore.type", "PEM",
        "apicurio.registry.auth.username", "scorer", "apicurio.registry.auth.password", password);
  }

  @Test
  void anEventIsWrittenAndReadThroughARegistryBehindTlsAndAPassword() {
    byte[] bytes;
    try (EdgeSerdes writing = serdes(options(certificate, "s3cret"))) {
      bytes = writing.serde(Acquisition.class).serializer().serialize("tls.acquisitions", Events.acquisition());
    }
    assertThat(bytes).startsWith(0, 0, 0, 0, ID);
    try (EdgeSerdes reading = serdes(options(certificate, "s3cret"))) {
      assertThat(reading.serde(Acquisition.class).deserializer().deserialize("tls.acquisitions", bytes)).isEqualTo(Events.acquisition());
    }
    assertThat(REQUESTS).anyMatch(request -> request.startsWith("POST /apis/registry/v3/groups/default/artifacts"));
  }

  @Test
  void aRegistryWhoseCertificateNobodyTrustsIsNotAsked() {
    try (EdgeSerdes edge = serdes(Map.of("apicurio.registry.auth.username", "scorer", "apicurio.registry.auth.password", "s3cret"))) {
      assertThatThrownBy(() -> edge.serde(Acquisition.class).serializer().serialize("untrusted", Events.acquisition()))
          .isInstanceOf(RegistryUnavailableException.class).hasMessageContainingAll("https://127.0.0.1:", "certif");
    }
  }

  @Test
  void aWrongPasswordIsSaidByItsStatus() {
    try (EdgeSerdes edge = serdes(options(certificate, "guessed"))) {
      assertThatThrownBy(() -> edge.serde(Acquisition.class).serializer().serialize("wrong", Events.acquisition()))
          .isInstanceOf(RegistryUnavailableException.class).hasMessageContaining("HTTP status 401").hasMessageNotContaining("guessed");
    }
  }
}
