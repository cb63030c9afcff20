package io.dcmix.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compose files against the specification's schema (compose-spec, Apache-2.0, of November 2021), the processor's options and Kafka's settings. */
class ComposeTest {
  private static final String TEXT = DeployFiles.text(DeployFiles.DEPLOY.resolve("compose.yaml"));
  private static final JsonNode COMPOSE = DeployFiles.documents(TEXT).getFirst();
  private static final JsonNode SERVICES = COMPOSE.path("services");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::([-?])([^}]*))?\\}");

  @ParameterizedTest
  @ValueSource(strings = {"compose.yaml", "compose.cuda.yaml"})
  void shouldKeepTheSchemaOfTheSpecification(String file) {
    JsonNode compose = DeployFiles.yaml(DeployFiles.DEPLOY.resolve(file));
    // A top-level name joined the specification in 2022.
    ((ObjectNode) compose).remove("name");
    var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V201909).getSchema(specification());
    assertThat(schema.validate(compose)).isEmpty();
  }

  @Test
  void shouldNoticeWhatTheSpecificationDoesNotKnow() {
    ObjectNode compose = (ObjectNode) DeployFiles.documents("services: {kafka: {image: a, restarts: always, healthcheck: {retries: many}}}").getFirst();
    var schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V201909).getSchema(specification());
    assertThat(schema.validate(compose)).extracting(Object::toString)
        .anySatisfy(message -> assertThat(message).contains("restarts")).anySatisfy(message -> assertThat(message).contains("retries"));
  }

  /** The schema marks places by {@code id}, as draft 4 did, though it is of a later draft, which knows no such word. */
  private static JsonNode specification() {
    JsonNode schema = DeployFiles.json(Path.of("src/test/resources/compose-spec.json"));
    schema.findParents("id").stream().filter(place -> place.path("id").isTextual()).forEach(place -> ((ObjectNode) place).remove("id"));
    return schema;
  }

  @Test
  void shouldGiveTheProcessorOnlyOptionsThatItHas() {
    RunOptions run = RunOptions.of(processorCommand());
    assertThat(run.command()).isEqualTo("run");
    assertThat(run.has("--create-topics")).isTrue();
    assertThat(run.value("--replication")).as("there is one broker").isEqualTo("1");
  }

  @Test
  void shouldMountWhatTheProcessorIsToldToRead() {
    RunOptions run = RunOptions.of(processorCommand());
    List<String> mounts = DeployFiles.texts(SERVICES.path("processor").path("volumes")).stream().map(v -> v.replaceFirst("^(\\$\\{[^}]*\\}|[^:]*):", "")).toList();
    assertThat(mounts).contains(run.value("--state-dir"), "/models:ro", "/images:ro");
    assertThat(run.value("--model")).startsWith("/models/");
    assertThat(run.value("--reference-root")).isEqualTo("[/images]");
    assertThat(Files.exists(DeployFiles.DEPLOY.resolve("image/bin/healthcheck"))).isTrue();
  }

  @Test
  void shouldConfigureABrokerThatKafkaAccepts() {
    Map<String, String> broker = new HashMap<>();
    SERVICES.path("kafka").path("environment").properties().forEach(e -> {
      assertThat(e.getKey()).startsWith("KAFKA_");
      broker.put(e.getKey().substring("KAFKA_".length()).toLowerCase(Locale.ROOT).replace('_', '.'), e.getValue().asText());
    });
    assertThat(KafkaConfig.configDef().names()).as("settings of a broker").containsAll(broker.keySet());
    KafkaConfig config = new KafkaConfig(broker);
    assertThat(config.nodeId()).isEqualTo(1);
    assertThat(config.autoCreateTopicsEnable()).isFalse();
    // The processor speaks to a listener that the others can reach.
    assertThat(broker.get("advertised.listeners")).contains("INTERNAL://" + RunOptions.of(processorCommand()).value("--bootstrap-servers"));
  }

  @Test
  void shouldOpenPortsOnTheLoopbackOnly() {
    assertThat(SERVICES).allSatisfy(service -> assertThat(DeployFiles.texts(service.path("ports"))).allSatisfy(port -> assertThat(port).startsWith("127.0.0.1:")));
  }

  @Test
  void shouldPinEveryImage() {
    assertThat(SERVICES).allSatisfy(service -> assertThat(service.path("image").asText()).matches("[a-z0-9/.-]+:v?\\d+\\.\\d+\\.\\d+"));
  }

  @Test
  void shouldKeepStateInDeclaredVolumesAndMountFilesThatExist() {
    Set<String> declared = new TreeSet<>();
    COMPOSE.path("volumes").fieldNames().forEachRemaining(declared::add);
    Set<String> used = new TreeSet<>();
    SERVICES.forEach(service -> DeployFiles.texts(service.path("volumes")).stream().map(volume -> volume.split(":", 2)[0]).forEach(source -> {
      if (source.startsWith("./")) {
        assertThat(DeployFiles.DEPLOY.resolve(source)).exists();
      } else if (!source.startsWith("$")) {
        used.add(source);
      }
    }));
    assertThat(used).isEqualTo(declared);
  }

  @Test
  void shouldRunTheProcessorWithoutRightsThatItDoesNotNeed() {
    JsonNode processor = SERVICES.path("processor");
    assertThat(processor.path("read_only").asBoolean()).isTrue();
    assertThat(DeployFiles.texts(processor.path("cap_drop"))).containsExactly("ALL");
    assertThat(DeployFiles.texts(processor.path("security_opt"))).contains("no-new-privileges:true");
    assertThat(DeployFiles.texts(processor.path("tmpfs"))).as("RocksDB's library is unpacked there and run").singleElement().asString().startsWith("/tmp:").contains("exec");
  }

  @Test
  void shouldExplainEveryVariableInTheExampleAndNoOther() {
    Set<String> used = VARIABLE.matcher(TEXT).results().map(variable -> variable.group(1)).collect(Collectors.toCollection(TreeSet::new));
    assertThat(example().keySet()).containsExactlyInAnyOrderElementsOf(used);
    assertThat(example()).as("a password is chosen by whoever installs").containsEntry("GRAFANA_PASSWORD", "");
  }

  private static Map<String, String> example() {
    return DeployFiles.text(DeployFiles.DEPLOY.resolve(".env.example")).lines().filter(line -> !line.startsWith("#") && line.contains("="))
        .map(line -> line.split("=", 2)).collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }

  /** With the values that stand in the file for variables that are not set. */
  private static List<String> processorCommand() {
    return DeployFiles.texts(SERVICES.path("processor").path("command")).stream()
        .map(argument -> VARIABLE.matcher(argument).replaceAll(variable -> Matcher.quoteReplacement(variable.group(3)))).toList();
  }
}
