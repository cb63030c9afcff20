package io.dcmix.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dcmix.deploy.PromQl.Selector;
import io.dcmix.streams.metrics.Meters;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules and dashboard against the metrics that the code exports, and against the runbook. */
class MonitoringTest {
  private static final JsonNode RULES = DeployFiles.yaml(DeployFiles.DEPLOY.resolve("prometheus/dcmix.rules.yml"));
  private static final JsonNode PROMETHEUS = DeployFiles.yaml(DeployFiles.DEPLOY.resolve("prometheus/prometheus.yml"));
  private static final JsonNode DASHBOARD = DeployFiles.json(DeployFiles.DEPLOY.resolve("grafana/dashboards/dcmix.json"));
  private static final String RUNBOOK = DeployFiles.text(DeployFiles.ROOT.resolve("docs/operations.md"));
  /** What Prometheus adds to every series. */
  private static final Set<String> TARGET_LABELS = Set.of("job", "instance");

  private static Map<String, Map<String, Set<String>>> exported = Map.of();

  @BeforeAll
  static void scrape() {
    exported = Exported.series(Exported.scrape());
  }

  @Test
  void shouldAskOnlyForMetricsLabelsAndValuesThatAreExported() {
    List<String> wrong = new ArrayList<>();
    expressions().flatMap(expression -> PromQl.selectors(expression).stream()).forEach(selector -> check(selector, wrong));
    assertThat(wrong).isEmpty();
  }

  private static void check(Selector selector, List<String> wrong) {
    String metric = selector.metric();
    if (metric.equals("up") || metric.equals("ALERTS") || recorded().contains(metric)) {
      return;
    }
    Map<String, Set<String>> labels = exported.get(metric);
    if (labels == null) {
      wrong.add(metric + " is not exported");
      return;
    }
    selector.matchers().forEach((label, matcher) -> {
      if (!labels.containsKey(label) && !TARGET_LABELS.contains(label)) {
        wrong.add(metric + " has no label " + label);
      } else if (labels.containsKey(label) && !matcher.contains("~") && !labels.get(label).contains(matcher.replaceAll("^!?=\"|\"$", ""))) {
        wrong.add("%s is never %s in %s, which knows %s".formatted(label, matcher, metric, labels.get(label)));
      }
    });
  }

  @Test
  void shouldShowEveryMeterOfTheProcessor() {
    Set<String> read = expressions().flatMap(e -> PromQl.selectors(e).stream()).map(Selector::metric).collect(Collectors.toSet());
    assertThat(Arrays.stream(Meters.values()).map(Meters::prometheusName).filter(name -> read.stream().noneMatch(metric -> metric.startsWith(name))))
        .as("meters that neither a rule nor the dashboard reads").isEmpty();
  }

  @Test
  void shouldUseEveryRecordedSeries() {
    Set<String> read = expressions().flatMap(e -> PromQl.selectors(e).stream()).map(Selector::metric).collect(Collectors.toSet());
    assertThat(read).containsAll(recorded());
  }

  @Test
  void shouldHaveARowForEachQuestionAndAPanelThatSaysWhatItShows() {
    List<JsonNode> panels = DASHBOARD.path("panels").valueStream().toList();
    assertThat(panels.stream().filter(p -> p.path("type").asText().equals("row")).map(p -> p.path("title").asText()))
        .containsExactly("Health", "Throughput", "Latency", "Memory", "Failures", "Device", "Decisions");
    assertThat(panels.stream().map(p -> p.path("id").asInt())).doesNotHaveDuplicates();
    assertThat(panels).filteredOn(p -> !p.path("type").asText().equals("row"))
        .allSatisfy(panel -> {
          assertThat(panel.path("description").asText()).isNotBlank();
          assertThat(panel.path("targets")).isNotEmpty();
          assertThat(panel.path("gridPos").path("x").asInt() + panel.path("gridPos").path("w").asInt()).isLessThanOrEqualTo(24);
        });
  }

  @Test
  void shouldExplainEachAlertInTheRunbookAndNoOther() {
    Matcher headings = Pattern.compile("(?m)^### (Dcmix\\w+)$").matcher(RUNBOOK);
    Set<String> sections = headings.results().map(heading -> heading.group(1)).collect(Collectors.toCollection(TreeSet::new));
    assertThat(sections).containsExactlyElementsOf(alerts().map(alert -> alert.path("alert").asText()).sorted().toList());
    assertThat(alerts()).allSatisfy(alert -> {
      String name = alert.path("alert").asText();
      assertThat(alert.path("annotations").path("runbook").asText()).isEqualTo("docs/operations.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(alert.path("annotations").path("summary").asText()).isNotBlank();
      assertThat(alert.path("labels").path("severity").asText()).isIn("critical", "warning", "info");
      String section = RUNBOOK.substring(RUNBOOK.indexOf("### " + name + "\n"));
      section = section.substring(0, section.indexOf("\n#", 3) < 0 ? section.length() : section.indexOf("\n#", 3));
      assertThat(section).as("what %s means and what to do", name).contains("**Means.**", "**Do.**");
    });
  }

  @Test
  void shouldTryEachAlertInTheTestsOfTheRules() {
    JsonNode tests = DeployFiles.yaml(DeployFiles.DEPLOY.resolve("prometheus/dcmix.tests.yml"));
    Set<String> fired = tests.path("tests").valueStream().flatMap(test -> test.path("alert_rule_test").valueStream())
        .filter(test -> !test.path("exp_alerts").isEmpty()).map(test -> test.path("alertname").asText()).collect(Collectors.toSet());
    assertThat(fired).containsExactlyInAnyOrderElementsOf(alerts().map(alert -> alert.path("alert").asText()).toList());
  }

  @Test
  void shouldScrapeTheProcessorUnderTheJobThatTheRulesAskFor() {
    JsonNode job = PROMETHEUS.path("scrape_configs").path(0);
    assertThat(job.path("job_name").asText()).isEqualTo("dcmix");
    assertThat(job.path("metrics_path").asText()).isEqualTo("/prometheus");
    JsonNode compose = DeployFiles.yaml(DeployFiles.DEPLOY.resolve("compose.yaml"));
    assertThat(DeployFiles.texts(job.path("static_configs").path(0).path("targets")))
        .allSatisfy(target -> assertThat(compose.path("services").has(target.replaceFirst(":8080$", ""))).isTrue());
    expressions().flatMap(e -> PromQl.selectors(e).stream()).filter(s -> s.matchers().containsKey("job"))
        .forEach(s -> assertThat(s.matchers()).containsEntry("job", "=\"dcmix\""));
    String rules = PROMETHEUS.path("rule_files").path(0).asText();
    assertThat(DeployFiles.texts(compose.path("services").path("prometheus").path("volumes"))).contains("./prometheus/dcmix.rules.yml:" + rules + ":ro");
  }

  @Test
  void shouldProvisionTheDashboardWhereGrafanaLooksForIt() {
    JsonNode provider = DeployFiles.yaml(DeployFiles.DEPLOY.resolve("grafana/provisioning/dashboards/dcmix.yaml")).path("providers").path(0);
    JsonNode source = DeployFiles.yaml(DeployFiles.DEPLOY.resolve("grafana/provisioning/datasources/prometheus.yaml")).path("datasources").path(0);
    JsonNode services = DeployFiles.yaml(DeployFiles.DEPLOY.resolve("compose.yaml")).path("services");
    assertThat(DeployFiles.texts(services.path("grafana").path("volumes")))
        .contains("./grafana/dashboards:" + provider.path("options").path("path").asText() + ":ro", "./grafana/provisioning:/etc/grafana/provisioning:ro");
    assertThat(source.path("type").asText()).isEqualTo("prometheus");
    assertThat(services.has(URI.create(source.path("url").asText()).getHost())).isTrue();
  }

  private static Set<String> recorded() {
    return rules().filter(rule -> rule.has("record")).map(rule -> rule.path("record").asText()).collect(Collectors.toSet());
  }

  private static Stream<JsonNode> alerts() {
    return rules().filter(rule -> rule.has("alert"));
  }

  private static Stream<JsonNode> rules() {
    return RULES.path("groups").valueStream().flatMap(group -> group.path("rules").valueStream());
  }

  /** Every expression of the rules and of the dashboard. */
  private static Stream<String> expressions() {
    Stream<String> panels = DASHBOARD.path("panels").valueStream().flatMap(panel -> panel.path("targets").valueStream()).map(t -> t.path("expr").asText());
    return Stream.concat(rules().map(rule -> rule.path("expr").asText()), panels);
  }
}
