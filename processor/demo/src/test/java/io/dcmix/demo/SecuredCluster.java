package io.dcmix.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A broker that a stranger gets nothing from: TLS with a certificate of its own making, users with SCRAM-SHA-512, and an authorizer
 * that denies what no rule allows. Its one superuser is {@code admin}.
 */
final class SecuredCluster implements AutoCloseable {
  private static final String STORE_PASSWORD = "broker-store";
  private static final String ADMIN_PASSWORD = "admin-secret";

  private final EmbeddedBroker broker;
  private final Path certificate;
  private final Admin admin;

  private SecuredCluster(EmbeddedBroker broker, Path certificate) {
    this.broker = broker;
    this.certificate = certificate;
    this.admin = Admin.create(connect(superuser()));
  }

  static SecuredCluster start(Path folder) throws IOException, InterruptedException {
    Path store = folder.resolve("broker.p12");
    Path certificate = certificate(folder, "broker", store);
    String plain = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\" password=\"%s\" user_admin=\"%s\";"
        .formatted(ADMIN_PASSWORD, ADMIN_PASSWORD);
    Map<String, String> settings = new HashMap<>();
    // The broker's listener is still called PLAINTEXT, which is a name and no protocol.
    settings.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:SASL_PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put("sasl.mechanism.controller.protocol", "PLAIN");
    settings.put("listener.name.plaintext.plain.sasl.jaas.config", plain);
    settings.put("listener.name.plaintext.scram-sha-512.sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    settings.put("listener.name.controller.sasl.enabled.mechanisms", "PLAIN");
    settings.put("listener.name.controller.plain.sasl.jaas.config", plain);
    settings.put("ssl.keystore.location", store.toString());
    settings.put("ssl.keystore.password", STORE_PASSWORD);
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.truststore.location", certificate.toString());
    settings.put("ssl.truststore.type", "PEM");
    settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("allow.everyone.if.no.acl.found", "false");
    settings.put("super.users", "User:admin");
    return new SecuredCluster(EmbeddedBroker.start(folder.resolve("kafka"), 0, settings), certificate);
  }

  /** Makes a key and a certificate of 127.0.0.1 that nobody has signed; returns the certificate, as PEM. */
  static Path certificate(Path folder, String name, Path store) throws IOException, InterruptedException {
    Path pem = folder.resolve(name + ".pem");
    keytool("-genkeypair", "-alias", name, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name, "-ext", "SAN=IP:127.0.0.1",
        "-validity", "2", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", STORE_PASSWORD);
    keytool("-exportcert", "-rfc", "-alias", name, "-keystore", store.toString(), "-storepass", STORE_PASSWORD, "-file", pem.toString());
    return pem;
  }

  private static void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + said);
    }
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  Admin admin() {
    return admin;
  }

  /** Client settings of the superuser. */
  Map<String, String> superuser() {
    Map<String, String> settings = user("admin", ADMIN_PASSWORD);
    settings.put(SaslConfigs.SASL_MECHANISM, "PLAIN");
    settings.put(SaslConfigs.SASL_JAAS_CONFIG, jaas("plain.PlainLoginModule", "admin", ADMIN_PASSWORD));
    return settings;
  }

  /** Client settings of a user, right or wrong. */
  Map<String, String> user(String name, String password) {
    Map<String, String> settings = new HashMap<>();
    settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "SASL_SSL");
    settings.put(SaslConfigs.SASL_MECHANISM, "SCRAM-SHA-512");
    settings.put(SaslConfigs.SASL_JAAS_CONFIG, jaas("scram.ScramLoginModule", name, password));
    settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
    settings.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, certificate.toString());
    return settings;
  }

  private static String jaas(String module, String name, String password) {
    return "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";".formatted(module, name, password);
  }

  /** The same with the address. */
  Map<String, Object> connect(Map<String, String> settings) {
    Map<String, Object> client = new HashMap<>(settings);
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
    return client;
  }

  /** A new user; their password is their name with {@code -secret}. Returns once they can log in. */
  Map<String, String> create(String name) throws Exception {
    Map<String, String> settings = user(name, name + "-secret");
    admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
        name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), name + "-secret"))).all().get();
    until("login of " + name, () -> {
      try (Admin asUser = Admin.create(connect(settings))) {
        asUser.describeCluster().clusterId().get();
        return true;
      } catch (ExecutionException e) {
        return false;
      }
    });
    return settings;
  }

  /** Grants what {@code dcmix acls --format json} printed, and nothing else. Returns once it holds. */
  void grant(JsonNode printed) throws Exception {
    List<AclBinding> bindings = new ArrayList<>();
    for (JsonNode right : printed) {
      bindings.add(new AclBinding(
          new ResourcePattern(
              ResourceType.valueOf(right.get("resourceType").asText()), right.get("name").asText(), PatternType.valueOf(right.get("patternType").asText())),
          new AccessControlEntry(right.get("principal").asText(), right.get("host").asText(), AclOperation.valueOf(right.get("operation").asText()),
              AclPermissionType.valueOf(right.get("permission").asText()))));
    }
    admin.createAcls(bindings).all().get();
    until("rights", () -> admin.describeAcls(AclBindingFilter.ANY).values().get().containsAll(bindings));
  }

  /** Takes a right back. Returns once it is gone. */
  void revoke(String principal, ResourceType type, String name, AclOperation operation) throws Exception {
    AclBindingFilter filter = new AclBinding(
        new ResourcePattern(type, name, PatternType.LITERAL), new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)).toFilter();
    if (admin.deleteAcls(List.of(filter)).all().get().size() != 1) {
      throw new AssertionError("No such right: " + filter);
    }
    until("end of a right", () -> admin.describeAcls(filter).values().get().isEmpty());
  }

  private static void until(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("No " + what);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Override
  public void close() {
    admin.close();
    broker.close();
  }
}
