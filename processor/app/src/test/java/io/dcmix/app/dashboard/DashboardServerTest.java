package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.core.cli.CliException;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.AlertState;
import io.dcmix.streams.Readiness;
import io.dcmix.streams.Readiness.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class DashboardServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ScreeningView view = new ScreeningView();
  private static final Screen screen = Screen.of("P/7", PlateFormat.WELLS_96);
  private static final AtomicBoolean ready = new AtomicBoolean();
  private static final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private static DashboardServer server;

  @BeforeAll
  static void start() {
    view.apply(screen.layout(), Screen.START);
    view.apply(screen.acquisition(AcquisitionStatus.STARTED), Screen.START);
    view.apply(screen.prediction("A06"), Screen.START);
    view.apply(screen.failure("B02", 1), Screen.START);
    view.apply(screen.call("A05"), Screen.START);
    view.apply(screen.call("A06"), Screen.START);
    view.apply(screen.quality(12), Screen.START);
    view.apply(screen.alert("drift", AlertSeverity.CRITICAL, AlertState.RAISED, 1), Screen.START);
    view.apply(screen.importance("all", 1), Instant.parse("2026-03-01T10:00:00Z"));
    view.apply(screen.importance(screen.plateScope(), 2), Screen.START);
    server = DashboardServer.over(config(0)
            .withReadiness(() -> new Readiness(List.of(new Part("streams", true, "RUNNING"), new Part("tasks", ready.get(), "3 tasks"))))
            .withMetrics(() -> "dcmix_ready 1.0\n"), view);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static DashboardConfig config(int port) {
    return new DashboardConfig("127.0.0.1", port, "127.0.0.1:1", "screening", Map.of());
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create(server.url() + path)).build(), BodyHandlers.ofString());
  }

  private static JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  @Test
  void shouldListPlates() throws Exception {
    JsonNode plates = json("/api/plates");
    assertThat(plates.at("/lane").asText()).isEqualTo("screening");
    JsonNode plate = plates.at("/plates/0");
    assertThat(plate.at("/plate").asText()).isEqualTo("P/7");
    assertThat(plate.at("/status").asText()).isEqualTo("STARTED");
    assertThat(plate.at("/expected").asInt()).isEqualTo(96);
    assertThat(plate.at("/scored").asInt()).isEqualTo(1);
    assertThat(plate.at("/startedAt").asText()).isEqualTo("2026-03-01T09:30:00Z");
    assertThat(plate.has("finishedAt")).as("what is not known is null, not left out").isTrue();
    assertThat(plate.get("finishedAt").isNull()).isTrue();
  }

  @Test
  void shouldTakeBarcodesWithSlashesAsOnePathPart() throws Exception {
    JsonNode detail = json("/api/plates/P%2F7/run-1");
    assertThat(detail.at("/summary/plate").asText()).isEqualTo("P/7");
    assertThat(detail.at("/expectedWells")).hasSize(96);
    assertThat(detail.at("/layout/0/role").asText()).isEqualTo("NEGATIVE_CONTROL");
    assertThat(detail.at("/hits/0/well").asText()).isEqualTo("A06");
    assertThat(get("/api/plates/P/7/run-1").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldGiveTheWellsWithResults() throws Exception {
    JsonNode wells = json("/api/plates/P%2F7/run-1/wells");
    assertThat(wells).hasSize(2);
    assertThat(wells.at("/0/status").asText()).isEqualTo("SCORED");
    assertThat(wells.at("/0/hit").asBoolean()).isTrue();
    assertThat(wells.at("/1/status").asText()).isEqualTo("FAILED");
    assertThat(wells.at("/1/reason").asText()).isEqualTo("CORRUPT_PLANE");
    assertThat(wells.at("/1/hitLogit").isNull()).isTrue();
    assertThat(wells.at("/0/flags").isArray()).isTrue();
  }

  @Test
  void shouldGiveTheDetailsOfAWellInAnySpelling() throws Exception {
    JsonNode well = json("/api/plates/P%2F7/run-1/wells/a6");
    assertThat(well.at("/well").asText()).isEqualTo("A06");
    assertThat(well.at("/prediction/channels")).hasSize(6);
    assertThat(well.at("/prediction/probabilities/1/name").asText()).isEqualTo("active");
    assertThat(well.at("/prediction/acquiredAt").asText()).isEqualTo("2026-03-01T09:30:04.500Z");
    assertThat(well.at("/layout/treatment").asText()).isEqualTo("CMP-0005");
    JsonNode failed = json("/api/plates/P%2F7/run-1/wells/B02");
    assertThat(failed.at("/failures/0/remedy").asText()).contains("Publish the image again");
    JsonNode pending = json("/api/plates/P%2F7/run-1/wells/H12");
    assertThat(pending.at("/status").asText()).isEqualTo("PENDING");
  }

  @Test
  void shouldGiveImportanceByScope() throws Exception {
    JsonNode all = json("/api/importance");
    assertThat(all.at("/scope").asText()).isEqualTo("all");
    assertThat(all.at("/latest/channels/4/channel").asText()).isEqualTo("Mito");
    assertThat(all.at("/latest/channels/4/weight").asDouble()).isEqualTo(0.31);
    assertThat(all.at("/series/0/at").asText()).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(json("/api/importance?scope=plate/P%252F7/run-1").at("/latest/wells").asInt()).isEqualTo(2);
    assertThat(json("/api/plates/P%2F7/run-1/importance").at("/latest/wells").asInt()).isEqualTo(2);
    assertThat(json("/api/importance/scopes").at("/scopes/1").asText()).isEqualTo("plate/P%2F7/run-1");
    assertThat(json("/api/importance/scopes").at("/ofHits").asText()).as("no aggregate over the hit class yet").isEqualTo("all");
    assertThat(json("/api/importance?scope=class/none").at("/latest").isNull()).isTrue();
  }

  @Test
  void shouldGiveCallsQualityAndAlerts() throws Exception {
    JsonNode group = json("/api/plates/P%2F7/run-1/calls").at("/groups/0");
    assertThat(group.at("/basis/method").asText()).isEqualTo("robust-z");
    assertThat(group.at("/basis/threshold").asDouble()).isEqualTo(3);
    assertThat(group.at("/calls")).hasSize(2);
    assertThat(group.at("/calls/1/hit").asBoolean()).isTrue();
    assertThat(group.at("/calls/1/bScore").isNull()).as("not before the plate is complete").isTrue();
    JsonNode quality = json("/api/plates/P%2F7/run-1/quality").at("/0");
    assertThat(quality.at("/zPrime").isNull()).isTrue();
    assertThat(quality.at("/undefined/zPrime").asText()).contains("fewer than 2 positive controls");
    assertThat(quality.at("/history/0/wells").asInt()).isEqualTo(12);
    JsonNode alerts = json("/api/alerts");
    assertThat(alerts.at("/raised").asInt()).isEqualTo(1);
    assertThat(alerts.at("/alerts/0/severity").asText()).isEqualTo("CRITICAL");
    assertThat(alerts.at("/alerts/0/wells/1").asText()).isEqualTo("C04");
  }

  @Test
  void shouldGiveTheHitListAsAFileToSave() throws Exception {
    HttpResponse<String> hits = get("/api/plates/P%2F7/run-1/hits.csv");
    assertThat(hits.statusCode()).isEqualTo(200);
    assertThat(hits.headers().firstValue("content-type")).hasValue("text/csv; charset=utf-8; header=present");
    assertThat(hits.headers().firstValue("content-disposition").orElseThrow()).startsWith("attachment; filename=\"hits-P_7-run-1.csv\";");
    assertThat(HitListTest.read(hits.body())).extracting(row -> row.get("Metadata_Well")).containsExactly("A06");
    assertThat(HitListTest.read(get("/api/plates/P%2F7/run-1/hits.csv?all=true").body())).hasSize(2);
    assertThat(get("/api/plates/P%2F7/run-1/hits.csv?all=yes").statusCode()).isEqualTo(400);
    assertThat(get("/api/plates/none/1/hits.csv").statusCode()).isEqualTo(404);
  }

  @Test
  void shouldSayInJsonWhatIsNotThere() throws Exception {
    for (String path : new String[] {"/api/plates/none/1", "/api/plates/P%2F7/run-1/wells/P24", "/api/nothing", "/nothing.js"}) {
      HttpResponse<String> response = get(path);
      assertThat(response.statusCode()).as(path).isEqualTo(404);
      JsonNode problem = JSON.readTree(response.body());
      assertThat(problem.at("/status").asInt()).isEqualTo(404);
      assertThat(problem.at("/error").asText()).as(path).isNotEmpty();
    }
    assertThat(JSON.readTree(get("/api/plates/none/1").body()).at("/error").asText())
        .isEqualTo("No results of plate 'none', acquisition '1'");
  }

  @Test
  void shouldRefuseWhatIsNoWellOrNumber() throws Exception {
    assertThat(get("/api/plates/P%2F7/run-1/wells/Q").statusCode()).isEqualTo(400);
    assertThat(get("/api/plates/P%2F7/run-1/wells/A01?timepoint=soon").statusCode()).isEqualTo(400);
    assertThat(get("/api/plates/P%2F7/run-1/wells/A01?timepoint=-1").statusCode()).isEqualTo(400);
  }

  @Test
  void shouldServeThePageWithAPolicyThatLoadsNothingFromElsewhere() throws Exception {
    HttpResponse<String> page = get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "http");
    assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
    assertThat(page.body()).doesNotContainPattern("(src|href)=\"(https?:)?//");
    assertThat(get("/app.js").headers().firstValue("content-type").orElseThrow()).contains("javascript");
  }

  @Test
  void shouldTellLivenessFromReadiness() throws Exception {
    ready.set(false);
    assertThat(get("/health").statusCode()).isEqualTo(503);
    assertThat(get("/health/readiness").statusCode()).isEqualTo(503);
    JsonNode down = JSON.readTree(get("/health/readiness").body());
    assertThat(down.at("/status").asText()).isEqualTo("DOWN");
    assertThat(down.at("/parts/0/status").asText()).isEqualTo("UP");
    assertThat(down.at("/parts/1/name").asText()).isEqualTo("tasks");
    assertThat(down.at("/parts/1/status").asText()).isEqualTo("DOWN");
    assertThat(down.at("/parts/1/detail").asText()).isEqualTo("3 tasks");
    assertThat(get("/health/liveness").statusCode()).isEqualTo(200);
    ready.set(true);
    assertThat(json("/health").at("/status").asText()).isEqualTo("UP");
  }

  @Test
  void shouldGiveItsMetricsAsPrometheusReadsThem() throws Exception {
    HttpResponse<String> scrape = get("/prometheus");
    assertThat(scrape.statusCode()).isEqualTo(200);
    assertThat(scrape.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain").contains("version=0.0.4");
    assertThat(scrape.body()).isEqualTo("dcmix_ready 1.0\n");
  }

  @Test
  void shouldSendWhatChangesAsEvents() throws Exception {
    var request = HttpRequest.newBuilder(URI.create(server.url() + "/api/events")).build();
    HttpResponse<java.io.InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("content-type").orElseThrow()).startsWith("text/event-stream");
    try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      assertThat(event(lines, "heartbeat").at("/lane").asText()).isEqualTo("screening");
      view.apply(screen.prediction("C04"), Screen.START);
      view.apply(screen.importance("all", 3), Screen.START);
      view.apply(screen.call("A05"), Screen.START);
      view.apply(screen.quality(13), Screen.START);
      view.apply(screen.alert("late", AlertSeverity.INFO, AlertState.RESOLVED, 2), Screen.START);
      server.publishChanges();
      JsonNode wells = event(lines, "wells");
      assertThat(wells.at("/plate").asText()).isEqualTo("P/7");
      assertThat(wells.findValuesAsText("well")).contains("C04");
      assertThat(event(lines, "plate").at("/plate/expected").asInt()).isEqualTo(96);
      assertThat(event(lines, "calls").at("/calls/groups/0/calls/0/well").asText()).isEqualTo("A05");
      assertThat(event(lines, "quality").at("/quality/wellsSeen").asInt()).isEqualTo(13);
      assertThat(event(lines, "alerts").at("/alerts/raised").asInt()).isEqualTo(1);
      assertThat(event(lines, "importance").at("/importance/latest/wells").asInt()).isPositive();
    }
  }

  /** The data of the next event with a name; other events are passed over. */
  private static JsonNode event(BufferedReader lines, String name) throws IOException {
    boolean named = false;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("event:")) {
        named = line.substring(6).strip().equals(name);
      } else if (named && line.startsWith("data:")) {
        return JSON.readTree(line.substring(5));
      }
    }
    throw new AssertionError("the stream ended before an event " + name);
  }

  @Test
  void shouldNameThePortThatIsTakenAndTheOption() {
    int taken = server.url().getPort();
    assertThatThrownBy(() -> DashboardServer.over(config(taken), view))
        .isInstanceOf(CliException.class)
        .hasMessageContaining(Integer.toString(taken))
        .hasMessageContaining("--port");
  }

  @Test
  void shouldStartQuicklyAndGiveThePortBack() {
    Instant before = Instant.now();
    DashboardServer second = DashboardServer.over(config(0), new ScreeningView());
    Duration start = Duration.between(before, Instant.now());
    int port = second.url().getPort();
    before = Instant.now();
    second.close();
    Duration stop = Duration.between(before, Instant.now());
    assertThat(isFree(port) || isGivenBack() || isGivenBack()).as("a port that is kept is never free, one that is given back may have gone to another process").isTrue();
    System.out.printf("second start %d ms, stop %d ms%n", start.toMillis(), stop.toMillis());
    assertThat(stop).isLessThan(Duration.ofSeconds(5));
  }

  private boolean isGivenBack() {
    DashboardServer server = DashboardServer.over(config(0), new ScreeningView());
    int port = server.url().getPort();
    server.close();
    return isFree(port);
  }

  private boolean isFree(int port) {
    try {
      DashboardServer.over(config(port), new ScreeningView()).close();
      return true;
    } catch (CliException e) {
      return false;
    }
  }

  @Test
  void shouldStartAndStopWithoutABroker() {
    try (DashboardServer alone = DashboardServer.start(config(0))) {
      assertThat(alone.status().missingTopics()).hasSize(8);
      assertThat(alone.status().records()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, 200", "127.0.0.1:8080, 200", "localhost:8080, 200", "[::1]:8080, 200", "page.localhost, 200",
      "evil.example, 421", "evil.example:8080, 421", "127.0.0.1.evil.example, 421"})
  void anotherSitesNameThatPointsHereReadsNothing(String host, int status) throws Exception {
    try (Socket socket = new Socket(server.url().getHost(), server.url().getPort())) {
      socket.getOutputStream().write(("GET /api/plates HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
      assertThat(answer.contains("P/7")).isEqualTo(status == 200);
    }
  }
}
