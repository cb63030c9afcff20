package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.dcmix.app.access.Access;
import io.dcmix.app.access.Users;
import io.dcmix.schema.AvroCodec;
import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.AcquisitionStatus;
import io.dcmix.schema.event.AlertSeverity;
import io.dcmix.schema.event.AlertState;
import io.dcmix.schema.event.CallStage;
import io.dcmix.schema.event.ModelControl;
import io.dcmix.schema.event.ModelEvent;
import io.dcmix.streams.Readiness;
import io.dcmix.streams.Readiness.Part;
import io.dcmix.streams.LanePlan;
import io.dcmix.streams.LaneTopic;
import io.dcmix.streams.Topics;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The documents against the running server and the code, and against the schemas of their specifications: the OpenAPI Initiative's for
 * 3.1 (2026-08-03) and AsyncAPI's for 3.0.0, both Apache-2.0.
 */
@Timeout(60)
class DocumentsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HORSE = "pbkdf2-sha512$20000$c2l4dGVlbiBieXRlcyBvaw==$Y82mjf7iGqFC8w6iTPMulArsBcqBxWqeAOdJulE3Sg4=";
  private static final ScreeningView view = new ScreeningView();
  private static final Screen screen = Screen.of("P/7", PlateFormat.WELLS_384);
  private static final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private static DashboardServer server;
  private static DashboardServer closed;
  private static JsonNode openApi;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    screen.run(view, 192);
    screen.decide(view, 192);
    screen.calls(192, CallStage.FINAL).forEach(call -> view.apply(call, Screen.START));
    view.apply(screen.acquisition(AcquisitionStatus.FINISHED), Screen.START);
    view.apply(screen.failure("B02", 9), Screen.START);
    view.apply(screen.alert("drift", AlertSeverity.CRITICAL, AlertState.RAISED, 1), Screen.START);
    view.apply(screen.alert("late", AlertSeverity.INFO, AlertState.RESOLVED, 1), Screen.START);
    view.apply(screen.importance("all", 1), Screen.START);
    DashboardConfig config = new DashboardConfig("127.0.0.1", 0, "127.0.0.1:1", "screening", Map.of())
        .withReadiness(() -> new Readiness(List.of(new Part("streams", true, "RUNNING")))).withMetrics(() -> "dcmix_ready 1.0\n");
    server = DashboardServer.over(config, view);
    // Routes of the log-in are there only where somebody is asked.
    closed = DashboardServer.over(config.withAccess(Access.of(new Users(Files.writeString(folder.resolve("users"), "ada:" + HORSE + ":viewer\n")))), view);
    String document = http.send(HttpRequest.newBuilder(URI.create(closed.url() + "/api/openapi.json"))
        .header("Authorization", "Basic " + Base64.getEncoder().encodeToString("ada:correct horse".getBytes(StandardCharsets.UTF_8))).build(), BodyHandlers.ofString()).body();
    openApi = JSON.readTree(document);
  }

  @AfterAll
  static void stop() {
    server.close();
    closed.close();
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create(server.url() + path)).build(), BodyHandlers.ofString());
  }

  private static JsonNode resource(String name) throws IOException {
    try (InputStream in = DocumentsTest.class.getResourceAsStream("/schemas/" + name)) {
      return JSON.readTree(in);
    }
  }

  /** A schema of the document, with the components that it may point to. */
  private static JsonSchema schema(JsonNode schema) {
    ObjectNode whole = JSON.createObjectNode();
    whole.set("components", openApi.path("components"));
    whole.putArray("allOf").add(schema);
    return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(whole);
  }

  @Test
  void shouldKeepTheSchemaOfOpenApi() throws Exception {
    JsonSchema specification = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(resource("openapi-3.1.json"));
    assertThat(specification.validate(openApi)).isEmpty();
    ObjectNode wrong = openApi.deepCopy();
    ((ObjectNode) wrong.at("/paths/~1api~1plates/get")).put("responses", "none");
    assertThat(specification.validate(wrong)).as("the check can fail").isNotEmpty();
  }

  @Test
  void shouldDescribeEveryRouteThatAControllerHasAndNoOther() {
    Set<String> routes = new TreeSet<>();
    for (var type : new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.dcmix.app.dashboard")) {
      if (type.isAnnotatedWith(Controller.class)) {
        Class<?> controller = type.reflect();
        for (Method method : controller.getDeclaredMethods()) {
          Get get = method.getAnnotation(Get.class);
          Post post = method.getAnnotation(Post.class);
          if (get != null || post != null) {
            String uri = get == null ? post.value() : get.value().length() > 1 ? get.value() : get.uri();
            String path = (controller.getAnnotation(Controller.class).value() + "/" + uri).replaceAll("/+", "/").replaceFirst("(.)/$", "$1");
            String name = get == null ? "post " : "get ";
            if (path.endsWith("{/readiness:readiness}")) {
              routes.add(name + path.replace("{/readiness:readiness}", "").replaceFirst("/$", ""));
              routes.add(name + "/health/readiness");
            } else {
              routes.add(name + path);
            }
          }
        }
      }
    }
    Set<String> described = new TreeSet<>();
    openApi.path("paths").propertyStream().forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> described.add(method + " " + path.getKey())));
    assertThat(described).isEqualTo(routes).hasSizeGreaterThan(18);
  }

  /** Every GET of the document, on a server that has seen a plate. */
  @Test
  void shouldAnswerAsTheDocumentSays() throws Exception {
    Map<String, String> places = Map.of("plate", "P%2F7", "acquisition", "run-1", "well", "A06");
    Set<String> asked = new HashSet<>();
    for (var path : openApi.path("paths").properties()) {
      JsonNode operation = path.getValue().path("get");
      if (operation.isMissingNode() || path.getKey().equals("/login") || path.getKey().startsWith("/oidc/") || path.getKey().equals("/api/events")) {
        continue;
      }
      String url = path.getKey();
      for (var place : places.entrySet()) {
        url = url.replace("{" + place.getKey() + "}", place.getValue());
      }
      HttpResponse<String> response = get(url);
      assertThat(response.statusCode()).as(url).isEqualTo(200);
      var content = operation.at("/responses/200/content").properties().iterator().next();
      assertThat(response.headers().firstValue("content-type").orElse("")).as(url).startsWith(content.getKey().split(";", 2)[0]);
      if (content.getKey().equals("application/json")) {
        assertThat(schema(content.getValue().path("schema")).validate(JSON.readTree(response.body()))).as(url).isEmpty();
      }
      asked.add(url);
    }
    assertThat(asked).contains("/api/plates/P%2F7/run-1/wells/A06", "/api/importance", "/health", "/prometheus").hasSizeGreaterThan(14);
    for (String wrong : List.of("/api/plates/none/1", "/api/plates/P%2F7/run-1/wells/Q")) {
      assertThat(schema(openApi.at("/paths/~1api~1plates/get/responses/default/content/application~1json/schema")).validate(JSON.readTree(get(wrong).body()))).isEmpty();
    }
  }

  @Test
  void shouldNoticeAnAnswerThatTheDocumentDoesNotDescribe() throws Exception {
    JsonNode schema = openApi.at("/paths/~1api~1plates/get/responses/200/content/application~1json/schema");
    ObjectNode plates = (ObjectNode) JSON.readTree(get("/api/plates").body());
    ((ObjectNode) plates.at("/plates/0")).put("colour", "red");
    assertThat(schema(schema).validate(plates)).extracting(ValidationMessage::getMessage).anySatisfy(message -> assertThat(message).contains("colour"));
    ((ObjectNode) plates.at("/plates/0")).remove(List.of("colour", "hits"));
    assertThat(schema(schema).validate(plates)).extracting(ValidationMessage::getMessage).anySatisfy(message -> assertThat(message).contains("hits"));
    plates.putNull("lane");
    assertThat(schema(schema).validate(plates)).extracting(ValidationMessage::getMessage).anySatisfy(message -> assertThat(message).contains("lane"));
  }

  @Test
  void shouldDescribeTheServerSentEvents() throws Exception {
    JsonNode events = openApi.at("/paths/~1api~1events/get/x-events");
    Set<String> names = new TreeSet<>();
    events.fieldNames().forEachRemaining(names::add);
    assertThat(names).containsExactly("alerts", "calls", "heartbeat", "importance", "plate", "quality", "wells");
    HttpResponse<InputStream> response = http.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/events")).build(), BodyHandlers.ofInputStream());
    Map<String, JsonNode> seen = new LinkedHashMap<>();
    try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String name = "";
      for (String line = lines.readLine(); seen.size() < names.size(); line = lines.readLine()) {
        if (line.startsWith("event:")) {
          name = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          if (seen.put(name, JSON.readTree(line.substring(5))) == null && name.equals("heartbeat")) {
            Screen other = Screen.of("P8", PlateFormat.WELLS_96);
            other.run(view, 40);
            other.decide(view, 40);
            view.apply(other.alert("drift", AlertSeverity.CRITICAL, AlertState.RAISED, 1), Screen.START);
            view.apply(other.importance("all", 3), Screen.START);
            server.publishChanges();
          }
        }
      }
    }
    seen.forEach((name, data) -> assertThat(schema(events.path(name)).validate(data)).as(name).isEmpty());
  }

  @Test
  void shouldSayWhoMayAsk() {
    assertThat(openApi.at("/paths/~1api~1plates/get/x-role").asText()).isEqualTo("viewer");
    assertThat(openApi.at("/paths/~1api~1plates/get/security")).hasSize(2);
    assertThat(openApi.at("/paths/~1login/post/security")).isEmpty();
    assertThat(openApi.at("/paths/~1health~1liveness/get/security")).isEmpty();
  }

  @Test
  void shouldKeepTheSchemaOfAsyncApi() throws Exception {
    JsonSchema specification = JsonSchemaFactory.getInstance(VersionFlag.V7).getSchema(resource("asyncapi-3.0.0.json"));
    ObjectNode document = (ObjectNode) JSON.readTree(get("/api/asyncapi.json").body());
    assertThat(specification.validate(document)).isEmpty();
    ((ObjectNode) document.at("/channels/alerts")).put("messages", "none");
    assertThat(specification.validate(document)).as("the check can fail").isNotEmpty();
  }

  @Test
  void shouldDescribeEveryTopicOfALaneWithTheSchemaThatItsEventsHave() throws Exception {
    JsonNode document = JSON.readTree(get("/api/asyncapi.json").body());
    Topics topics = new Topics("screening");
    Set<String> addresses = new TreeSet<>();
    document.path("channels").forEach(channel -> addresses.add(channel.path("address").asText()));
    assertThat(addresses).containsExactlyInAnyOrderElementsOf(LanePlan.of(topics).external().stream().map(LaneTopic::name).toList());
    for (JsonNode channel : document.path("channels")) {
      String name = channel.path("messages").fieldNames().next();
      JsonNode payload = document.at("/components/messages/" + name + "/payload/schema");
      if (!name.equals("DeadLetter")) {
        assertThat(new Schema.Parser().parse(payload.toString()).getFullName()).isEqualTo("io.dcmix.schema.event." + name);
        assertThat(channel.path("description").asText()).as("the schema's own words name the topic").contains(channel.path("address").asText().replaceFirst("^[^.]*", ""));
      }
    }
    assertThat(document.at("/channels/image-events/bindings/kafka/topicConfiguration/cleanup.policy/0").asText()).isEqualTo("delete");
    assertThat(document.at("/channels/channel-importance/bindings/kafka/topicConfiguration/cleanup.policy/0").asText()).isEqualTo("compact");
    assertThat(document.at("/operations/receive-image-events/action").asText()).isEqualTo("receive");
    assertThat(document.path("operations").has("send-image-events")).isFalse();
    assertThat(document.path("operations").has("receive-model-control")).as("it reads what shall serve").isTrue();
    assertThat(document.path("operations").has("send-model-control")).as("and says what does").isTrue();
  }

  @Test
  void shouldSayWhatAValueBeginsWithWhereThereIsNoRegistry() throws Exception {
    JsonNode document = JSON.readTree(get("/api/asyncapi.json").body());
    ModelControl event = ModelControl.newBuilder().setLane("screening").setEvent(ModelEvent.ACTIVATED).setModelName("m").setModelVersion("1").setModelSha256("00")
        .setAt(Instant.EPOCH).build();
    byte[] value = AvroCodec.of(ModelControl.class).encode(event);
    assertThat(document.at("/components/messages/ModelControl/x-single-object-header").asText()).isEqualTo(HexFormat.of().formatHex(value, 0, 10));
  }

  /** What lies in docs is what the server gives; {@code -Dwrite.documents=true} writes it anew. */
  @ParameterizedTest
  @ValueSource(strings = {"openapi.json", "asyncapi.json"})
  void shouldLieInTheDocsAsTheServerGivesIt(String name) throws Exception {
    String given = (name.startsWith("open") ? openApi.toPrettyString() : get("/api/" + name).body()) + "\n";
    Path file = Path.of("..", "..", "docs", "api", name);
    if (Boolean.getBoolean("write.documents")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, given);
    }
    assertThat(Files.readString(file)).as("write it anew with -Dwrite.documents=true").isEqualTo(given);
  }
}
