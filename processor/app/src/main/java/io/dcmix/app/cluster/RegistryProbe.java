package io.dcmix.app.cluster;

import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Asks a registry one question without its client, with the trust and the password that the client would have. */
final class RegistryProbe {
  private RegistryProbe() {}

  /**
   * A GET.
   *
   * @param options as {@link RegistrySettings} gives them
   * @throws IOException if there is no answer
   * @throws CliException if the truststore cannot be used
   */
  static HttpResponse<String> get(URI address, Map<String, String> options, Duration patience) throws IOException, InterruptedException {
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(patience);
    String trusted = options.get("apicurio.registry.tls.truststore.location");
    if (trusted != null) {
      client.sslContext(trusting(Path.of(trusted), options.getOrDefault("apicurio.registry.tls.truststore.type", "JKS"),
          options.get("apicurio.registry.tls.truststore.password")));
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(patience);
    String user = options.get("apicurio.registry.auth.username");
    if (user != null) {
      String password = options.getOrDefault("apicurio.registry.auth.password", "");
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }
    try (HttpClient http = client.build()) {
      return http.send(request.build(), BodyHandlers.ofString());
    }
  }

  private static SSLContext trusting(Path file, String type, @Nullable String password) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store;
      if (type.equals("PEM")) {
        store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          store.setCertificateEntry("authority-" + store.size(), certificate);
        }
      } else {
        store = KeyStore.getInstance(type);
        store.load(in, password == null ? null : password.toCharArray());
      }
      TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, managers.getTrustManagers(), null);
      return tls;
    } catch (IOException | GeneralSecurityException e) {
      throw new CliException("--registry: the truststore %s of type %s cannot be used: %s".formatted(file, type, e.getMessage()), e);
    }
  }
}
