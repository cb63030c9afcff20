package io.dcmix.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.Dcmix;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParseResult;

/** Options from the file, the environment and the system properties, read by the commands themselves. */
class ConfiguredTest {
  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();
  private final StringWriter err = new StringWriter();

  private CommandLine line() {
    return Dcmix.commandLine(new Surroundings(environment, properties));
  }

  private String file(String text) throws IOException {
    return Files.writeString(folder.resolve("c.yaml"), text).toString();
  }

  /** What a command was given, after making sure that nothing is wrong. */
  private ParseResult parse(String... args) {
    ParseResult parsed = line().parseArgs(args);
    assertThat(Configured.problems(parsed)).isEmpty();
    ParseResult command = parsed;
    while (command.hasSubcommand()) {
      command = command.subcommand();
    }
    return command;
  }

  private List<String> refused(String... args) {
    int code = line().setErr(new PrintWriter(err)).setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF)).execute(args);
    assertThat(code).as(err.toString()).isEqualTo(2);
    return err.toString().lines().filter(text -> !text.startsWith("All options: ")).toList();
  }

  private static Object value(ParseResult command, String option) {
    return command.matchedOptionValue(option, null);
  }

  @Test
  void shouldBuildOneCommandAloneUnlessSomebodySpeaksOfAnother() throws IOException {
    assertThat(built("run", "--lane", "a")).containsExactly("run");
    assertThat(built("run", "--config", file("lane: a\nkafka: {linger.ms: 5}"))).containsExactly("run");
    environment.put("DCMIX_KAFKA_LINGER_MS", "5");
    properties.put("dcmix.lane", "a");
    assertThat(built("run")).containsExactly("run");

    assertThat(built()).contains("run", "replay");
    assertThat(built("--verbose", "run")).contains("run", "replay");
    assertThat(built("rnu")).contains("run", "replay");
    assertThat(built("config", "check")).contains("run", "replay");
    assertThat(built("run", "--config", file("replay: {lane: b}"))).contains("run", "replay");
    assertThat(built("run", "--config=" + file("speed: 10x"))).contains("run", "replay");
    assertThat(built("run", "--config=" + file("spede: 10x"))).contains("run", "replay");
    assertThat(built("run", "--config=" + folder.resolve("none.yaml"))).contains("run", "replay");
    properties.put("dcmix.speed", "10x");
    assertThat(built("run")).contains("run", "replay");
  }

  private Set<String> built(String... args) {
    return Dcmix.forArguments(new Surroundings(environment, properties), List.of(args)).getSubcommands().keySet();
  }

  @Test
  void shouldReadEveryKindOfValueFromAFile() throws IOException {
    ParseResult run = parse("run", "--config", file("""
        bootstrap-servers: a:9092,b:9092
        model: model.onnx
        max-delay: 5ms
        pixel-pool: 1GiB
        blank-above: 99%
        tf32: true
        create-topics: false
        partitions: 12
        also-lane: [replay-1, replay-2]
        reference-root: /images
        importance-scopes: [all, plate]
        blurred-below: {DNA: 0.25, ER: 0.5}
        kafka:
          security.protocol: SASL_SSL
          sasl.jaas.config: Login required username="a" password="b=c,d";
        """));
    assertThat(value(run, "--bootstrap-servers")).isEqualTo("a:9092,b:9092");
    assertThat(value(run, "--model")).isEqualTo(Path.of("model.onnx"));
    assertThat(value(run, "--max-delay")).isEqualTo(Duration.ofMillis(5));
    assertThat(value(run, "--pixel-pool")).isEqualTo(1L << 30);
    assertThat(value(run, "--blank-above")).isEqualTo(0.99);
    assertThat(value(run, "--tf32")).isEqualTo(true);
    assertThat(value(run, "--create-topics")).isEqualTo(false);
    assertThat(value(run, "--partitions")).isEqualTo(12);
    assertThat(value(run, "--also-lane")).isEqualTo(List.of("replay-1", "replay-2"));
    assertThat(value(run, "--reference-root")).isEqualTo(List.of(Path.of("/images")));
    assertThat(value(run, "--importance-scopes")).isEqualTo(List.of("all", "plate"));
    assertThat(value(run, "--blurred-below")).isEqualTo(Map.ofEntries(Map.entry("DNA", 0.25), Map.entry("ER", 0.5)));
    assertThat(value(run, "--kafka")).isEqualTo(Map.ofEntries(
        Map.entry("security.protocol", "SASL_SSL"), Map.entry("sasl.jaas.config", "Login required username=\"a\" password=\"b=c,d\";")));
  }

  @Test
  void shouldPreferTheCommandLineToPropertiesToTheEnvironmentToTheFile() throws IOException {
    String file = file("bootstrap-servers: file:1\nmodel: m\nlane: file\nmax-delay: 1ms\npartitions: 1\nreplication: 1\nalso-lane: [a, b]");
    environment.putAll(Map.of("DCMIX_MAX_DELAY", "2ms", "DCMIX_PARTITIONS", "2", "DCMIX_REPLICATION", "2", "DCMIX_PORT", ""));
    properties.putAll(Map.of("dcmix.partitions", "3", "dcmix.replication", "3"));
    ParseResult run = parse("run", "--replication", "4", "--also-lane=c", "--config=" + file);
    assertThat(value(run, "--lane")).isEqualTo("file");
    assertThat(value(run, "--max-delay")).isEqualTo(Duration.ofMillis(2));
    assertThat(value(run, "--partitions")).isEqualTo(3);
    assertThat(value(run, "--replication")).isEqualTo((short) 4);
    assertThat(value(run, "--also-lane")).as("a list is replaced, not lengthened").isEqualTo(List.of("c"));
    assertThat(run.hasMatchedOption("--port")).as("an empty variable is none").isFalse();
  }

  @Test
  void shouldMergeTheSettingsOfKafkaByTheirNames() throws IOException {
    String file = file("bootstrap-servers: a:1\nmodel: m\nkafka: {security.protocol: SSL, client.id: file, ssl.protocol: file, retries: 1}");
    environment.put("DCMIX_KAFKA_CLIENT_ID", "environment");
    environment.put("DCMIX_KAFKA_SSL_PROTOCOL", "environment");
    environment.put("DCMIX_REGISTRY_AUTH_USERNAME", "dcmix");
    properties.put("dcmix.kafka.ssl.protocol", "property");
    ParseResult run = parse("run", "--config", file, "--kafka", "retries=2");
    assertThat(value(run, "--kafka")).isEqualTo(Map.ofEntries(Map.entry("security.protocol", "SSL"),
        Map.entry("client.id", "environment"), Map.entry("ssl.protocol", "property"), Map.entry("retries", "2")));
    assertThat(value(run, "--registry")).isEqualTo(Map.of("auth.username", "dcmix"));
  }

  @Test
  void shouldTakeListsAndMapsFromTheEnvironmentByCommas() {
    environment.putAll(Map.of("DCMIX_BOOTSTRAP_SERVERS", "a:1,b:1", "DCMIX_MODEL", "m", "DCMIX_ALSO_LANE", "a,b", "DCMIX_BLURRED_BELOW", "DNA=0.25,ER=0.5",
        "DCMIX_CREATE_TOPICS", "true"));
    ParseResult run = parse("run");
    assertThat(value(run, "--bootstrap-servers")).as("one value with a comma in it").isEqualTo("a:1,b:1");
    assertThat(value(run, "--also-lane")).isEqualTo(List.of("a", "b"));
    assertThat(value(run, "--blurred-below")).isEqualTo(Map.ofEntries(Map.entry("DNA", 0.25), Map.entry("ER", 0.5)));
    assertThat(value(run, "--create-topics")).isEqualTo(true);
  }

  @Test
  void shouldFindTheFileThatTheEnvironmentNames() throws IOException {
    environment.put("DCMIX_CONFIG", file("bootstrap-servers: a:1\nmodel: m\nlane: x"));
    assertThat(value(parse("run"), "--lane")).isEqualTo("x");
  }

  @Test
  void shouldLetOneFileServeAllCommands() throws IOException {
    String file = file("""
        bootstrap-servers: a:9092
        model: model.onnx
        ahead: 1GiB
        transaction-timeout: 20s
        publish:
          transaction-timeout: 90s
        plate-map:
          replication: 1
        """);
    assertThat(value(parse("run", "--config", file), "--transaction-timeout")).isEqualTo(Duration.ofSeconds(20));
    assertThat(value(parse("publish", "/plate", "--config", file), "--transaction-timeout")).isEqualTo(Duration.ofSeconds(90));
    assertThat(value(parse("plate-map", "remove", "P1", "--config", file), "--replication")).isEqualTo((short) 1);
    assertThat(value(parse("doctor", "--config", file), "--model")).isEqualTo(Path.of("model.onnx"));
    for (String[] command : new String[][] {{"replay", "/plate", "--lane", "r"}, {"rescore", "--into", "r"}, {"compare", "a", "b"}, {"plate-map", "import", "m.csv"}}) {
      String[] args = Arrays.copyOf(command, command.length + 1);
      args[command.length] = "--config=" + file;
      assertThat(value(parse(args), "--bootstrap-servers")).isEqualTo("a:9092");
    }
  }

  @Test
  void shouldSayEverythingThatIsWrongAtOnceEachWithItsPlace() throws IOException {
    environment.putAll(Map.of("DCMIX_WELL_DEADLINE", "soon", "DCMIX_MAX_DELEY", "1ms", "DCMIX_JAVA_OPTS", "-Xmx1g"));
    properties.putAll(Map.of("dcmix.z", "projection", "dcmix.pixelpool", "1"));
    assertThat(refused("run", "--port", "http", "--config", file("""
        commit-interval: 100ms
        max-dleay: 20ms
        max-delay: 20 parsecs
        tf32: maybe
        partitions: [1, 2]
        kafka: security.protocol
        kafka:
          sasl: {mechanism: PLAIN}
        replay:
          ahaed: 1GiB
          model: m
        """))).containsExactlyInAnyOrder(
            "c.yaml:2: unknown key 'max-dleay'; did you mean max-delay?",
            "c.yaml:3: max-delay: '20 parsecs' is no duration such as 500ms, 10s, 30m, 24h or 7d",
            "c.yaml:4: tf32: 'maybe' is neither true nor false",
            "c.yaml:5: partitions takes one value",
            "c.yaml:6: kafka takes a map, as in kafka: {key: value}",
            "c.yaml:7: kafka stands at c.yaml:6 already",
            "c.yaml:10: replay has no key 'ahaed'; did you mean ahead?",
            "c.yaml:11: replay has no key 'model', though other commands have",
            "DCMIX_WELL_DEADLINE: well-deadline: 'soon' is no duration such as 500ms, 10s, 30m, 24h or 7d",
            "DCMIX_MAX_DELEY in the environment is no variable of dcmix; did you mean DCMIX_MAX_DELAY?",
            "-Ddcmix.pixelpool is no property of dcmix; did you mean dcmix.pixel-pool?",
            "Invalid value for option '--port': 'http' is not an int",
            "Missing required option: '--bootstrap-servers=HOST:PORT'");
  }

  @Test
  void shouldNotCallMissingWhatIsWrong() throws IOException {
    assertThat(refused("rescore", "--config", file("bootstrap-servers: {a: b}\nmodel: m\ninto: x"))).containsExactly(
        "c.yaml:1: bootstrap-servers takes one value");
  }

  @Test
  void shouldTellOneVariableASettingOfKafka() {
    environment.putAll(Map.of("DCMIX_BOOTSTRAP_SERVERS", "a:1", "DCMIX_MODEL", "m", "DCMIX_KAFKA", "a=b"));
    assertThat(refused("run")).containsExactly("DCMIX_KAFKA: one for each setting, such as DCMIX_KAFKA_SECURITY_PROTOCOL");
  }

  @Test
  void shouldNameTheFileThatIsNotThere() {
    assertThat(refused("doctor", "--config", folder.resolve("no.yaml").toString())).containsExactly("--config: there is no file " + folder.resolve("no.yaml"));
  }

  @Test
  void shouldLeaveCommandsAloneThatTalkToNoCluster() {
    environment.put("DCMIX_NONSENSE", "1");
    assertThat(line().setOut(new PrintWriter(err)).execute("plate-map", "show", "--help")).isZero();
    assertThat(Configured.problems(line().parseArgs("archive", "inspect", "/data"))).isEmpty();
  }

  @Test
  void shouldReadSecretsWhereTheyStand() throws IOException {
    Path secret = Files.writeString(folder.resolve("password"), "p4ss\n");
    String reference = "${file:" + secret + "}";
    ParseResult run = parse("run", "--config", file("bootstrap-servers: a:1\nmodel: " + reference + "\nkafka: {ssl.key.password: '" + reference + "'}"),
        "--kafka", "ssl.keystore.password=" + reference);
    assertThat(value(run, "--model")).isEqualTo(Path.of("p4ss"));
    assertThat(value(run, "--kafka")).isEqualTo(Map.ofEntries(
        Map.entry("ssl.key.password", "p4ss"), Map.entry("ssl.keystore.password", "p4ss")));
  }

  /** Its option names a file, and a file that cannot be read is named in a message. */
  @Test
  void shouldNotTakeASecretForAFile() {
    environment.putAll(Map.of("DCMIX_BOOTSTRAP_SERVERS", "a:1", "DCMIX_MODEL", "m", "DCMIX_OIDC_CLIENT_SECRET", "p4ss"));
    assertThat(parse("run").hasMatchedOption("--oidc-client-secret")).isFalse();
  }

  @Test
  void shouldNotSayTheSecretThatIsRefused() throws IOException {
    Path secret = Files.writeString(folder.resolve("password"), "p4ss\n");
    assertThat(refused("run", "--kafka", "a=${file:/no/such}",
        "--config", file("bootstrap-servers: a:1\nmodel: m\nport: ${file:" + secret + "}\nkafka: {b: '${file:/none}'}")))
        .containsExactlyInAnyOrder("c.yaml:3: port: '****' is not an int", "c.yaml:4: kafka: ${file:/none}: there is no such file",
            "Invalid value for option '--kafka' (KEY=VALUE): ${file:/no/such}: there is no such file");
  }
}
