package io.dcmix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command of the README, as its user runs it. */
class DemoIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void shouldFindThePlantedHitsAndChannelsAndStartAgainOnWhatTheFirstRunLeft() throws Exception {
    try (ChildProcess first = demo("--seed", "3")) {
      String page = first.page(PATIENCE);
      first.until("summary", PATIENCE, () -> first.output().contains("Ctrl-C ends it"));
      JsonNode plates = get(page + "/api/plates");
      assertThat(plates.toString()).as("the page shows the plate").contains("SIM-3");
      assertThat(first.stop()).as("a clean stop").isIn(0, 143);
    }
    Path report = folder.resolve("report.json");
    try (ChildProcess second = demo("--seed", "4", "--exit", "--report", report.toString())) {
      assertThat(second.exitCode(PATIENCE)).as(second.output()).isZero();
    }
    JsonNode json = JSON.readTree(Files.readString(report));
    assertThat(json.get("wellsPublished").asInt()).isEqualTo(384);
    assertThat(json.get("predictions").asInt()).isEqualTo(384);
    assertThat(json.get("duplicates").asInt()).isZero();
    assertThat(json.get("failures").asInt()).isZero();
    assertThat(json.get("deadLetters").asInt()).isZero();
    assertThat(json.get("recall").asDouble()).isGreaterThanOrEqualTo(0.95);
    assertThat(json.get("precision").asDouble()).isGreaterThanOrEqualTo(0.95);
    assertThat(json.at("/decisions/calls/stage").asText()).isEqualTo("FINAL");
    assertThat(json.at("/decisions/calls/called").asInt()).isEqualTo(320);
    assertThat(json.at("/decisions/calls/recall").asDouble()).isGreaterThanOrEqualTo(0.95);
    assertThat(json.at("/decisions/calls/precision").asDouble()).isGreaterThanOrEqualTo(0.9);
    assertThat(json.at("/decisions/quality/status").asText()).isEqualTo("COMPLETE");
    assertThat(json.at("/decisions/quality/zPrime").asDouble()).isGreaterThan(0.5);
    assertThat(json.at("/decisions/alerts")).isEmpty();
    assertThat(json.get("plantedChannels")).extracting(JsonNode::asText)
        .containsExactlyInAnyOrder(json.at("/channels/0/name").asText(), json.at("/channels/1/name").asText());
  }

  @Test
  void shouldSayInOneLineThatThePortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        ChildProcess demo = ChildProcess.dcmix(folder, "demo", "--broker-port", Integer.toString(taken.getLocalPort()),
            "--port", "0", "--data", folder.resolve("other").toString())) {
      assertThat(demo.exitCode(PATIENCE)).isEqualTo(1);
      assertThat(demo.output()).contains("Port " + taken.getLocalPort()).contains("--broker-port").doesNotContain("\tat ");
    }
  }

  @Test
  void shouldSayInOneLineThatTheFolderCannotBeWritten() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    try (ChildProcess demo = ChildProcess.dcmix(folder, "demo", "--port", "0", "--broker-port", "0", "--data", file.toString())) {
      assertThat(demo.exitCode(PATIENCE)).isEqualTo(1);
      assertThat(demo.output()).contains(file.toString()).contains("--data").doesNotContain("\tat ");
    }
  }

  private ChildProcess demo(String... args) throws IOException {
    String[] all = new String[args.length + 7];
    String[] common = {"demo", "--port", "0", "--broker-port", "0", "--data", folder.resolve("data").toString()};
    System.arraycopy(common, 0, all, 0, common.length);
    System.arraycopy(args, 0, all, common.length, args.length);
    return ChildProcess.dcmix(folder, all);
  }

  private static JsonNode get(String url) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return JSON.readTree(http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body());
    }
  }
}
