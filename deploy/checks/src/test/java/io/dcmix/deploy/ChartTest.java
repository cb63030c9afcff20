package io.dcmix.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.gson.JsonParser;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.dcmix.streams.Topics;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart, rendered by Helm, against the models of the Kubernetes API, the processor's options and Kafka's clients. */
class ChartTest {
  /** Everything that can be switched on. */
  private static final String ALL = """
      gpu: {enabled: true, count: 2}
      page: {existingSecret: dcmix-page, url: https://dcmix.example.org, oidc: {issuer: https://id.example.org, clientId: dcmix}}
      schemaRegistry: https://registry:8443/apis/registry/v3
      references: [{path: /images, volume: {nfs: {server: nas, path: /images, readOnly: true}}}]
      s3: {folders: ["s3://plates/in/", "s3://archive"], endpoint: "https://minio:9000", region: eu-central-1, pathStyle: true, existingSecret: dcmix-s3}
      tracing: {endpoint: "http://tempo:4318", ratio: 0.25}
      serviceAccountName: screening
      kafka:
        bootstrapServers: a:9093,b:9093
        existingSecret: dcmix-kafka
        settings: {security.protocol: SASL_SSL, sasl.mechanism: SCRAM-SHA-512, sasl.jaas.config: "${secret:/etc/dcmix/kafka:jaas}", max.warmup.replicas: 4}
      config: {explain: hits, tf32: true, stream-threads: 2, drift-threshold: 2.5, pixel-pool: 1GiB, also-lane: [replay-1, replay-2], blurred-below: {DNA: 0.25}}
      serviceMonitor: {enabled: true, labels: {release: prometheus}}
      prometheusRule: {enabled: true}
      autoscaling: {enabled: true, authenticationRef: kafka, metadata: {tls: enable}}
      imagePullSecrets: [{name: pull}]
      podAnnotations: {team: screening}
      nodeSelector: {gpu: "true"}
      tolerations: [{key: gpu, operator: Exists}]
      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: gpu, operator: Exists}]}]}}}
      """;

  /** The least that must be said. */
  private static final String LEAST = "page: {withoutAuthentication: true}";

  @TempDir private Path folder;

  private Chart chart;

  @BeforeEach
  void copy() throws IOException {
    assumeTrue(System.getProperty("os.name").startsWith("Linux") && System.getProperty("os.arch").equals("amd64"),
        "Helm's native library is on the class path for Linux x86-64 only");
    chart = new Chart(folder);
  }

  @Test
  void shouldPassHelmsStrictLint() {
    assertThat(chart.lint()).allSatisfy(message -> assertThat(message).startsWith("[INFO]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {LEAST, ALL})
  void shouldRenderManifestsOfWhichKubernetesKnowsEveryField(String values) throws Exception {
    for (JsonNode manifest : chart.render(values)) {
      var json = JsonParser.parseString(manifest.toString());
      switch (manifest.path("kind").asText()) {
        case "ConfigMap" -> V1ConfigMap.validateJsonElement(json);
        case "StatefulSet" -> V1StatefulSet.validateJsonElement(json);
        case "Service" -> V1Service.validateJsonElement(json);
        case "PodDisruptionBudget" -> V1PodDisruptionBudget.validateJsonElement(json);
        case "NetworkPolicy" -> V1NetworkPolicy.validateJsonElement(json);
        // Kinds of KEDA and of Prometheus's operator, whose schemas are not at hand.
        case "ScaledObject", "ServiceMonitor", "PrometheusRule" -> assertThat(manifest.path("spec")).isNotEmpty();
        default -> throw new AssertionError("Nobody checks " + manifest.path("kind"));
      }
    }
  }

  @Test
  void shouldNoticeAFieldThatKubernetesDoesNotKnow() throws Exception {
    JsonNode manifest = one(chart.render(LEAST), "StatefulSet");
    ((ObjectNode) pod(manifest)).put("terminationGraceSeconds", 3);
    var json = JsonParser.parseString(manifest.toString());
    assertThatThrownBy(() -> V1StatefulSet.validateJsonElement(json)).hasMessageContaining("terminationGraceSeconds");
  }

  @ParameterizedTest
  @ValueSource(strings = {LEAST, ALL})
  void shouldGiveTheProcessorAConfigurationThatItReads(String values) throws Exception {
    RunOptions run = options(chart.render(values));
    assertThat(run.command()).isEqualTo("run");
    assertThat(run.value("--host")).as("probes and scrapes come from outside").isEqualTo("0.0.0.0");
    assertThat(run.value("--port")).isEqualTo("8080");
  }

  @Test
  void shouldPassEveryValueOnToTheProcessor() throws Exception {
    RunOptions run = options(chart.render(ALL));
    assertThat(run.value("--bootstrap-servers")).isEqualTo("a:9093,b:9093");
    assertThat(run.value("--schema-registry")).isEqualTo("https://registry:8443/apis/registry/v3");
    assertThat(run.value("--reference-root")).isEqualTo("[/images]");
    assertThat(run.value("--reference-s3")).isEqualTo("[s3://plates/in/, s3://archive]");
    assertThat(run.value("--s3-endpoint")).isEqualTo("https://minio:9000");
    assertThat(run.value("--s3-region")).isEqualTo("eu-central-1");
    assertThat(run.value("--s3-path-style")).isEqualTo("true");
    assertThat(run.value("--trace-endpoint")).isEqualTo("http://tempo:4318");
    assertThat(run.value("--trace-ratio")).isEqualTo("0.25");
    assertThat(run.value("--device")).isEqualTo("cuda");
    assertThat(run.value("--explain")).isEqualTo("hits");
    assertThat(run.value("--pixel-pool")).isEqualTo(Long.toString(1L << 30));
    assertThat(run.value("--drift-threshold")).isEqualTo("2.5");
    assertThat(run.value("--tf32")).isEqualTo("true");
    assertThat(run.value("--also-lane")).isEqualTo("[replay-1, replay-2]");
    assertThat(run.value("--blurred-below")).isEqualTo("{DNA=0.25}");
    assertThat(run.kafka()).containsEntry("max.warmup.replicas", "4").containsEntry("security.protocol", "SASL_SSL");
  }

  /** The processor reads the file at its start; the configuration only says where it lies. */
  @Test
  void shouldLeaveTheCollectorsPasswordInItsSecret() throws Exception {
    List<JsonNode> manifests = chart.render(LEAST + "\ntracing: {endpoint: 'https://otlp.example.org', existingSecret: dcmix-otlp}");
    assertThat(one(manifests, "ConfigMap").at("/data").toString()).contains("authorization: ${file:/etc/dcmix/tracing/authorization}", "trace-ratio: 1");
    assertThat(pod(one(manifests, "StatefulSet")).at("/volumes").toString()).contains("\"secretName\":\"dcmix-otlp\"");
    assertThat(pod(one(manifests, "StatefulSet")).at("/containers/0/volumeMounts").toString()).contains("\"/etc/dcmix/tracing\"");
  }

  @Test
  void shouldReplaceTheInstancesWhenTheirConfigurationChanges() throws Exception {
    String before = one(chart.render(LEAST), "StatefulSet").at("/spec/template/metadata/annotations").toString();
    assertThat(one(chart.render(LEAST), "StatefulSet").at("/spec/template/metadata/annotations").toString()).isEqualTo(before);
    assertThat(one(chart.render(LEAST + "\nconfig: {explain: hits}"), "StatefulSet").at("/spec/template/metadata/annotations").toString()).isNotEqualTo(before);
  }

  @Test
  void shouldRefuseAKeyOrAValueThatTheProcessorDoesNotKnow() throws Exception {
    List<JsonNode> manifests = chart.render(LEAST + "\nconfig: {expalin: hits, well-deadline: soon}");
    assertThatThrownBy(() -> options(manifests)).hasMessageContainingAll("expalin", "did you mean explain?", "well-deadline: 'soon'");
  }

  @Test
  void shouldReadSecretsFromMountedFilesAndNameThemNowhere() throws Exception {
    List<JsonNode> manifests = chart.render(ALL);
    String jaas = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"dcmix\" password=\"p4ss\";";
    Path secrets = Files.createDirectory(folder.resolve("secrets"));
    Files.writeString(secrets.resolve("jaas"), jaas);
    Map<String, Object> client = new HashMap<>();
    options(manifests).kafka().forEach((key, value) -> client.put(key, value.replace("/etc/dcmix/kafka", secrets.toString())));
    client.put("bootstrap.servers", "127.0.0.1:9092");
    assertThat(new AdminClientConfig(client).getPassword(SaslConfigs.SASL_JAAS_CONFIG).value()).isEqualTo(jaas);
    client.put(StreamsConfig.APPLICATION_ID_CONFIG, "dcmix-screening");
    Object ofStreams = new StreamsConfig(client).getMainConsumerConfigs("dcmix-screening", "client", 0).get(SaslConfigs.SASL_JAAS_CONFIG);
    assertThat(ofStreams).isEqualTo(jaas);
    JsonNode set = one(manifests, "StatefulSet");
    assertThat(pod(set).path("volumes").valueStream().filter(v -> v.path("name").asText().equals("kafka")).findFirst().orElseThrow()
        .at("/secret/secretName").asText()).isEqualTo("dcmix-kafka");
  }

  @Test
  void shouldLetInOnlyUsersOfTheSecretOrSayThatEverybodyMay() throws Exception {
    List<JsonNode> manifests = chart.render(ALL);
    RunOptions asked = options(manifests);
    assertThat(asked.value("--users")).isEqualTo("/etc/dcmix/page/users");
    assertThat(asked.value("--session-key")).as("an instance takes the log-ins of the others").isEqualTo("/etc/dcmix/page/session-key");
    assertThat(asked.value("--oidc-client-secret")).isEqualTo("/etc/dcmix/page/oidc-client-secret");
    assertThat(asked.value("--page-url")).isEqualTo("https://dcmix.example.org");
    assertThat(asked.has("--open-metrics")).isTrue();
    assertThat(asked.has("--without-authentication")).isFalse();
    JsonNode set = one(manifests, "StatefulSet");
    assertThat(container(set).path("volumeMounts").valueStream().filter(m -> m.path("name").asText().equals("page")).map(m -> m.path("mountPath").asText()))
        .containsExactly("/etc/dcmix/page");
    assertThat(pod(set).path("volumes").valueStream().filter(v -> v.path("name").asText().equals("page")).map(v -> v.at("/secret/secretName").asText()))
        .containsExactly("dcmix-page");
    assertThat(options(chart.render(LEAST)).has("--without-authentication")).isTrue();
  }

  @Test
  void shouldRefuseToScrapeAPageThatAsksForAName() {
    assertThatThrownBy(() -> chart.render(ALL.replace("{existingSecret: dcmix-page,", "{existingSecret: dcmix-page, openMetrics: false,"))).hasMessageContaining("page.openMetrics");
  }

  @Test
  void shouldKeepTheStateOfAnInstanceAndUpgradeOneAfterTheOther() throws Exception {
    List<JsonNode> manifests = chart.render(LEAST);
    JsonNode set = one(manifests, "StatefulSet");
    JsonNode spec = set.path("spec");
    assertThat(spec.path("podManagementPolicy").asText()).isEqualTo("OrderedReady");
    assertThat(spec.at("/updateStrategy/type").asText()).isEqualTo("RollingUpdate");
    String state = spec.at("/volumeClaimTemplates/0/metadata/name").asText();
    assertThat(container(set).path("volumeMounts").valueStream().filter(m -> m.path("name").asText().equals(state)).map(m -> m.path("mountPath").asText()))
        .containsExactly(options(manifests).value("--state-dir"));
    assertThat(pod(set).path("terminationGracePeriodSeconds").asInt()).as("a lane takes up to 20 s to close").isGreaterThan(20);
    assertThat(one(chart.render(LEAST), "PodDisruptionBudget").at("/spec/maxUnavailable").asInt()).isEqualTo(1);
  }

  @Test
  void shouldBeAdmittedByTheRestrictedPodSecurityStandard() throws Exception {
    JsonNode set = one(chart.render(ALL), "StatefulSet");
    JsonNode podSecurity = pod(set).path("securityContext");
    JsonNode security = container(set).path("securityContext");
    assertThat(podSecurity.path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(podSecurity.path("runAsUser").asInt()).isPositive();
    assertThat(podSecurity.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(DeployFiles.texts(security.at("/capabilities/drop"))).containsExactly("ALL");
    assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(pod(set).path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod(set).path("volumes").valueStream().filter(volume -> volume.has("hostPath"))).isEmpty();
  }

  @Test
  void shouldAskForGpusAndTheImageThatUsesThem() throws Exception {
    JsonNode container = container(one(chart.render(ALL), "StatefulSet"));
    assertThat(container.path("image").asText()).isEqualTo("dcmix:0.1.0-cuda");
    assertThat(container.at("/resources/limits").path("nvidia.com/gpu").asText()).isEqualTo("2");
    assertThat(container(one(chart.render(LEAST), "StatefulSet")).path("image").asText()).isEqualTo("dcmix:0.1.0");
  }

  @Test
  void shouldScaleOnTheLagOfTheLanesOwnGroup() throws Exception {
    List<JsonNode> manifests = chart.render(ALL);
    JsonNode scaled = one(manifests, "ScaledObject").path("spec");
    Topics lane = new Topics("screening");
    assertThat(scaled.at("/triggers/0/metadata/consumerGroup").asText()).isEqualTo(lane.applicationId());
    assertThat(scaled.at("/triggers/0/metadata/topic").asText()).isEqualTo(lane.imageEvents());
    assertThat(scaled.path("maxReplicaCount").asInt()).isLessThanOrEqualTo(Integer.parseInt(options(manifests).value("--partitions")));
    assertThat(scaled.at("/scaleTargetRef/name").asText()).isEqualTo(one(manifests, "StatefulSet").at("/metadata/name").asText());
    assertThat(one(manifests, "StatefulSet").path("spec").has("replicas")).as("who scales says how many").isFalse();
  }

  @Test
  void shouldCarryTheRulesOfPrometheusAsTheyAre() throws Exception {
    assertThat(one(chart.render(ALL), "PrometheusRule").path("spec")).isEqualTo(DeployFiles.yaml(DeployFiles.DEPLOY.resolve("prometheus/dcmix.rules.yml")));
    JsonNode monitor = one(chart.render(ALL), "ServiceMonitor").path("spec");
    assertThat(monitor.at("/endpoints/0/path").asText()).isEqualTo("/prometheus");
    assertThat(monitor.at("/endpoints/0/relabelings/0/replacement").asText()).as("the job that the rules ask for").isEqualTo("dcmix");
  }

  @Test
  void shouldProbeWhatTheProcessorServes() throws Exception {
    JsonNode container = container(one(chart.render(LEAST), "StatefulSet"));
    assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/health/liveness");
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/health/readiness");
    assertThat(container.at("/startupProbe/failureThreshold").asInt() * container.at("/startupProbe/periodSeconds").asInt()).isEqualTo(600);
  }

  @Test
  void shouldLetInOnlyWhomTheNetworkPolicyNames() throws Exception {
    JsonNode policy = one(chart.render(LEAST + "\nnetworkPolicy: {from: [{podSelector: {matchLabels: {app: proxy}}}]}"), "NetworkPolicy").path("spec");
    assertThat(policy.path("ingress")).hasSize(1);
    assertThat(policy.at("/ingress/0/from/0/podSelector/matchLabels/app").asText()).isEqualTo("proxy");
    assertThat(DeployFiles.texts(policy.path("policyTypes"))).containsExactly("Ingress", "Egress");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "topics: {partitions: 4, create: true, replication: 3}, autoscaling: {enabled: true, maxReplicas: 5} | 4 partitions",
      "replicas: 9 | 8 partitions",
      "lane: Screening | lane",
      "kafka: {bootstrapServers: kafka} | bootstrapServers",
      "kafka: {bootstrapServers: 'kafka:9092', settings: {ssl.keystore.password: secret}} | ssl.keystore.password",
      "kafka: {bootstrapServers: 'kafka:9092', settings: {sasl.jaas.config: 'a password=b;'}} | sasl.jaas.config",
      "config: {state-dir: /tmp} | state-dir",
      "image: {repository: dcmix, tag: latest} | tag",
      "networkPolicy: {enabled: true, from: []} | from",
      "autoscaling: {enabled: true, minReplicas: 0} | minReplicas",
      "page: {} | who may see it",
      "page: {existingSecret: a, withoutAuthentication: true} | page",
      "page: {existingSecret: a, oidc: {issuer: 'https://id.example', clientId: b}} | url",
      "page: {withoutAuthentication: true, url: 'https://a.example', oidc: {issuer: 'https://id.example', clientId: b}} | existingSecret",
      "page: {withoutAuthentication: true}, config: {users: /tmp/users} | users",
      "replica: 3 | replica"})
  void shouldRefuseValuesThatCannotWork(String values, String named) {
    assertThatThrownBy(() -> chart.render("{" + (values.contains("page:") ? "" : LEAST + ", ") + values + "}")).hasMessageContaining(named);
  }

  @Test
  void shouldHaveDefaultsThatItsOwnSchemaAllowsAndASchemaForEveryDefault() {
    JsonNode schema = DeployFiles.json(Chart.SOURCE.resolve("values.schema.json"));
    JsonNode values = DeployFiles.yaml(Chart.SOURCE.resolve("values.yaml"));
    assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema).validate(values)).isEmpty();
    List<String> defaults = values.propertyStream().map(Map.Entry::getKey).toList();
    assertThat(schema.path("properties").propertyStream().map(Map.Entry::getKey).filter(name -> !name.equals("global"))).containsExactlyInAnyOrderElementsOf(defaults);
  }

  private static JsonNode one(List<JsonNode> manifests, String kind) {
    return manifests.stream().filter(manifest -> manifest.path("kind").asText().equals(kind)).findFirst().orElseThrow();
  }

  private static JsonNode pod(JsonNode set) {
    return set.at("/spec/template/spec");
  }

  private static JsonNode container(JsonNode set) {
    return pod(set).at("/containers/0");
  }

  /** What the processor makes of its command line and of the file that the chart mounts for it. */
  private RunOptions options(List<JsonNode> manifests) throws IOException {
    JsonNode set = one(manifests, "StatefulSet");
    String mounted = container(set).path("volumeMounts").valueStream().filter(m -> m.path("name").asText().equals("config"))
        .map(m -> m.path("mountPath").asText()).findFirst().orElseThrow();
    assertThat(pod(set).path("volumes").valueStream().filter(v -> v.path("name").asText().equals("config")).map(v -> v.at("/configMap/name").asText()))
        .containsExactly(one(manifests, "ConfigMap").at("/metadata/name").asText());
    Path files = Files.createDirectories(folder.resolve("config"));
    for (Map.Entry<String, JsonNode> file : one(manifests, "ConfigMap").path("data").properties()) {
      Files.writeString(files.resolve(file.getKey()), file.getValue().asText());
    }
    return RunOptions.of(DeployFiles.texts(container(set).path("args")).stream().map(arg -> arg.replace(mounted, files.toString())).toList());
  }
}
