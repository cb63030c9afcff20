package io.dcmix.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus's own tools on the rules, and a real Prometheus that scrapes what the code exports. Debian: package prometheus. */
class PrometheusTest {
  private static final Path RULES = DeployFiles.DEPLOY.resolve("prometheus");

  @TempDir private Path folder;

  @Test
  void shouldHaveRulesAndAConfigurationThatPromtoolAccepts() throws Exception {
    Path config = Files.writeString(folder.resolve("prometheus.yml"),
        DeployFiles.text(RULES.resolve("prometheus.yml")).replace("/etc/prometheus/rules", RULES.toString()));
    assertSucceeds(tool("promtool"), "check", "rules", RULES.resolve("dcmix.rules.yml").toString());
    assertSucceeds(tool("promtool"), "check", "config", config.toString());
  }

  @Test
  void shouldAlertWhenAndOnlyWhenTheTestsOfTheRulesSay() throws Exception {
    assertSucceeds(tool("promtool"), "test", "rules", RULES.resolve("dcmix.tests.yml").toString());
  }

  @Test
  void shouldExportWhatPromtoolCallsWellFormed() throws Exception {
    Path scrape = Files.writeString(folder.resolve("scrape.txt"), Exported.scrape());
    Process check = new ProcessBuilder(tool("promtool"), "check", "metrics").redirectInput(scrape.toFile()).redirectErrorStream(true).start();
    String output = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    // 3 is advice on names: the JVM's own meters are named by Micrometer.
    assertThat(check.waitFor()).as(output).isIn(0, 3);
    assertThat(output.lines().filter(line -> line.startsWith("dcmix_"))).as("advice on names of ours").isEmpty();
  }

  @Test
  void shouldBeScrapedByARealPrometheusThatEvaluatesTheRules() throws Exception {
    String prometheus = tool("prometheus");
    CountDownLatch scraped = new CountDownLatch(2);
    byte[] answer = Exported.scrape().getBytes(StandardCharsets.UTF_8);
    HttpServer processor = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    processor.createContext("/prometheus", exchange -> {
      exchange.getResponseHeaders().add("Content-Type", "text/plain;version=0.0.4;charset=utf-8");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
      scraped.countDown();
    });
    processor.start();
    String target = "127.0.0.1:" + processor.getAddress().getPort();
    Path config = Files.writeString(folder.resolve("prometheus.yml"), DeployFiles.text(RULES.resolve("prometheus.yml"))
        .replace("/etc/prometheus/rules", RULES.toString()).replace("processor:8080", target).replace("15s", "1s"));
    int port = freePort();
    Process running = new ProcessBuilder(prometheus, "--config.file=" + config, "--storage.tsdb.path=" + folder.resolve("tsdb"),
            "--web.listen-address=127.0.0.1:" + port, "--log.level=warn")
        .redirectErrorStream(true).redirectOutput(folder.resolve("prometheus.log").toFile()).start();
    try {
      assertThat(scraped.await(60, TimeUnit.SECONDS)).as(() -> DeployFiles.text(folder.resolve("prometheus.log"))).isTrue();
      URI api = URI.create("http://127.0.0.1:" + port + "/api/v1/");
      assertThat(awaitResult(api, "up{job=\"dcmix\"}")).isEqualTo("1");
      assertThat(awaitResult(api, "dcmix_ready")).isEqualTo("1");
      assertThat(awaitResult(api, "dcmix:consumer_lag_records:sum")).isEqualTo("1");
      JsonNode rules = get(api.resolve("rules"));
      List<JsonNode> all = rules.at("/data/groups").valueStream().flatMap(group -> group.path("rules").valueStream()).toList();
      assertThat(all).hasSizeGreaterThan(30).allSatisfy(rule -> assertThat(rule.path("health").asText()).as(rule.toString()).isNotEqualTo("err"));
    } finally {
      running.destroy();
      running.waitFor();
      processor.stop(0);
    }
  }

  /** Asks until there is an answer: a scrape becomes visible, and a rule is evaluated, a moment after it was served. */
  private static String awaitResult(URI api, String query) throws IOException, InterruptedException {
    URI ask = api.resolve("query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      JsonNode result = get(ask).at("/data/result");
      if (!result.isEmpty()) {
        return result.path(0).path("value").path(1).asText();
      }
      assertThat(System.nanoTime()).as("no answer to " + query).isLessThan(deadline);
    }
  }

  private static JsonNode get(URI uri) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return new ObjectMapper().readTree(http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      return socket.getLocalPort();
    }
  }

  private static void assertSucceeds(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + output).isZero();
  }

  private static String tool(String name) {
    Optional<Path> tool = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":")).map(folder -> Path.of(folder, name)).filter(Files::isExecutable).findFirst();
    assumeTrue(tool.isPresent(), "No " + name + " on the PATH (Debian: apt-get install prometheus)");
    return tool.orElseThrow().toString();
  }
}
