package io.dcmix.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the image holds, and its commands as plain processes. */
class ImageIT {
  private static final Path HOME = DeployFiles.DEPLOY.resolve("image/target/dcmix");
  private static final Path BIN = DeployFiles.DEPLOY.resolve("image/bin");

  private record Ended(int code, String output) {}

  @Test
  void shouldHoldTheProcessorAndNeitherABrokerNorATrainerNorABench() throws IOException {
    List<String> jars;
    try (Stream<Path> lib = Files.list(HOME.resolve("lib"))) {
      jars = lib.map(jar -> jar.getFileName().toString()).toList();
    }
    assertThat(jars.stream().filter(jar -> jar.startsWith("dcmix-")).map(jar -> jar.replaceFirst("-0.*", "")))
        .containsExactlyInAnyOrder("dcmix-app", "dcmix-streams", "dcmix-s3", "dcmix-core", "dcmix-schema");
    assertThat(jars.stream().filter(jar -> jar.startsWith("kafka")).map(jar -> jar.replaceFirst("-\\d.*", "")))
        .as("clients and streams, nothing of a broker").containsExactlyInAnyOrder("kafka-clients", "kafka-streams");
    assertThat(jars).noneMatch(jar -> jar.matches("(api-0\\.3|pytorch|scala|tribuo|selenium|junit|apicurio-registry-app|log4j).*"));
    assertThat(jars).as("the object store's client goes by the JDK's HTTP client").anyMatch(jar -> jar.startsWith("url-connection-client"))
        .noneMatch(jar -> jar.matches("(netty-nio-client|apache5?-client|httpclient|aws-crt|s3proxy|jetty).*"));
    assertThat(jars).as("and so do traces").anyMatch(jar -> jar.startsWith("opentelemetry-exporter-sender-jdk")).noneMatch(jar -> jar.matches("(okhttp|okio|.*-okhttp).*"));
    assertThat(jars.stream().filter(jar -> jar.startsWith("onnxruntime"))).hasSize(1);
    assertThat(HOME.resolve("native/linux-x64/libonnxruntime.so")).exists();
  }

  @Test
  void shouldStartWithAPlainJavaCommand() throws Exception {
    Ended help = ended(Map.of(), java(), "@jvm.args", "-cp", "lib/*", "io.dcmix.app.Dcmix", "run", "--help");
    assertThat(help.code()).as(help.output()).isZero();
    assertThat(help.output()).startsWith("Usage: dcmix run").contains("--bootstrap-servers", "--state-dir");
  }

  @Test
  void shouldOfferTheCommandsOfAClusterAndNoOthers() throws Exception {
    Ended help = ended(Map.of(), BIN.resolve("dcmix").toString(), "--help");
    assertThat(help.code()).as(help.output()).isZero();
    assertThat(help.output().lines().dropWhile(line -> !line.equals("Commands:")).skip(1).takeWhile(line -> !line.isBlank())
        .filter(line -> line.matches("  \\S.*")).map(line -> line.strip().replaceFirst(" .*", "")))
        .contains("run", "rescore", "doctor").doesNotContain("demo", "broker", "train", "bench", "benchmark");
  }

  @Test
  void shouldGiveTheJvmTheOptionsOfTheEnvironmentAfterItsOwn() throws Exception {
    Ended small = ended(Map.of("DCMIX_JAVA_OPTS", "-Xmx96m -XX:+PrintFlagsFinal"), BIN.resolve("dcmix").toString(), "run", "--help");
    assertThat(small.code()).as(small.output()).isZero();
    assertThat(small.output()).containsPattern("MaxHeapSize\\s+= " + (96L << 20) + " ").containsPattern("ExitOnOutOfMemoryError\\s+= true").containsPattern("UseParallelGC\\s+= true");
  }

  @Test
  void shouldLoadTheModelsRuntimeFromTheImageAndNeitherTheObjectStoresClientNorTheTracesWhereNobodyNamesOne() throws Exception {
    Ended doctor = ended(Map.of("DCMIX_JAVA_OPTS", "-Xlog:class+load"), BIN.resolve("dcmix").toString(), "doctor", "--device", "cpu");
    assertThat(doctor.output()).contains("ONNX Runtime", "io.dcmix.app.Dcmix").doesNotContain("software.amazon.awssdk", "io.opentelemetry.sdk");
    assertThat(doctor.code()).as(doctor.output()).isZero();
  }

  @Test
  void shouldTellAHealthyProcessorFromOneThatIsNotAndFromNone() throws Exception {
    AtomicInteger status = new AtomicInteger(200);
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    server.createContext("/health/readiness", exchange -> {
      exchange.sendResponseHeaders(status.get(), -1);
      exchange.close();
    });
    server.start();
    String port = Integer.toString(server.getAddress().getPort());
    String check = BIN.resolve("healthcheck").toString();
    assertThat(ended(Map.of(), check, "readiness", port).code()).isZero();
    assertThat(ended(Map.of(), check, "liveness", port).code()).as("404").isNotZero();
    status.set(503);
    assertThat(ended(Map.of(), check, "readiness", port).code()).isNotZero();
    server.stop(0);
    assertThat(ended(Map.of(), check, "readiness", port).code()).isNotZero();
  }

  private static Ended ended(Map<String, String> environment, String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(HOME.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("DCMIX_HOME", HOME.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
