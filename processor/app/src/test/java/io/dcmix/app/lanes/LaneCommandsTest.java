package io.dcmix.app.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dcmix.app.Dcmix;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the commands print and refuse without a broker. */
class LaneCommandsTest {
  private record Outcome(int exit, String out, String err) {}

  private static Outcome dcmix(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Dcmix.commandLine().setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    return new Outcome(exit, out.toString(), err.toString());
  }

  @Test
  void thePlanNamesEveryTopicWithItsSettingsAndWhy() {
    Outcome plan = dcmix("topics", "plan", "--lane", "live", "--partitions", "24");
    assertThat(plan.exit()).as(plan.err()).isZero();
    assertThat(plan.out())
        .containsPattern("live\\.image-events +24 partitions, 3 copies, delete after 7d, records up to 17\\.0 MiB +one channel image of one site")
        .containsPattern("live\\.well-predictions +24 partitions, 3 copies, compact +the newest result of each well")
        .containsPattern("live\\.alerts +1 partition, 3 copies, delete never")
        .containsPattern("dcmix-live-well-state-changelog +24 partitions, 3 copies, compact")
        .contains("shared.plate-layouts", "dcmix-live-rows-repartition");
  }

  @Test
  void thePlanAsJsonIsWhatATopicOperatorNeeds() throws IOException {
    JsonNode plan = new ObjectMapper().readTree(dcmix("topics", "plan", "--lane", "live", "--retention", "36h", "--replication", "2", "--json").out());
    assertThat(plan.get("lane").asText()).isEqualTo("live");
    JsonNode images = plan.get("topics").get(0);
    assertThat(images.get("name").asText()).isEqualTo("live.image-events");
    assertThat(images.get("partitions").asInt()).isEqualTo(8);
    assertThat(images.get("replication").asInt()).isEqualTo(2);
    assertThat(images.at("/settings/retention.ms").asText()).isEqualTo("129600000");
    assertThat(images.at("/settings/cleanup.policy").asText()).isEqualTo("delete");
    assertThat(images.at("/settings/message.timestamp.type").asText()).isEqualTo("LogAppendTime");
  }

  @Test
  void rightsComeAsCommandsThatKafkaTakes() {
    Outcome acls = dcmix("acls", "--lane", "live", "--principal", "User:robot", "--publisher");
    assertThat(acls.exit()).as(acls.err()).isZero();
    List<String> commands = acls.out().lines().filter(line -> !line.startsWith("#")).toList();
    assertThat(commands).hasSize(6).allMatch(line -> line.startsWith(
        "kafka-acls.sh --bootstrap-server \"$BOOTSTRAP\" --command-config \"$ADMIN\" --add --allow-principal 'User:robot' --operation "));
    assertThat(commands)
        .anyMatch(line -> line.endsWith("--operation Read --operation Write --operation DescribeConfigs --topic 'live.publish-progress'"))
        .anyMatch(line -> line.endsWith("--operation Write --transactional-id 'dcmix-publish-live/' --resource-pattern-type prefixed"));
  }

  @Test
  void rightsComeAsJsonAndAsCsvWithTheSameContent() throws IOException {
    JsonNode json = new ObjectMapper().readTree(dcmix("acls", "--principal", "User:CN=scorer,O=Lab", "--processor", "--format", "json").out());
    List<String> csv = dcmix("acls", "--principal", "User:CN=scorer,O=Lab", "--processor", "--format", "csv").out().lines().toList();
    assertThat(csv).hasSize(json.size() + 1);
    assertThat(csv.getFirst()).isEqualTo("principal,host,permission,resourceType,patternType,name,operation");
    assertThat(csv.get(1)).isEqualTo("\"User:CN=scorer,O=Lab\",*,ALLOW,TOPIC,LITERAL,screening.image-events,READ");
    assertThat(json.get(0).get("principal").asText()).isEqualTo("User:CN=scorer,O=Lab");
    assertThat(json.get(0).get("name").asText()).isEqualTo("screening.image-events");
    assertThat(json.get(0).get("operation").asText()).isEqualTo("READ");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "acls --principal User:x|1|--publisher, --processor, --reader, --admin",
    "acls --principal robot --reader|1|User:dcmix",
    "acls --principal User:x' --reader|1|--principal",
    "acls --principal User:x --publisher --group g|1|--reader",
    "acls --reader|2|--principal",
    "topics plan --partitions 0|1|1 or more",
    "topics plan --retention 5s|1|--retention",
    "topics plan --lane Bad|1|lower-case",
    "topics|2|Which one?",
    "lane|2|Which one?",
    "lane forget --bootstrap-servers 127.0.0.1:1|2|--plate",
    "lane forget --bootstrap-servers 127.0.0.1:1 --plate P --all|2|--plate",
    "lane forget --bootstrap-servers 127.0.0.1:1 --all --acquisition r|2|--acquisition",
    "lane forget --bootstrap-servers 127.0.0.1:1 --plate P --images|1|Leave the images to retention",
    "lane forget --bootstrap-servers 127.0.0.1:1 --all --images --lane a --images-of b|1|scores the images of b",
    "lane forget --bootstrap-servers 127.0.0.1:1 --all --results-only --images|2|--results-only",
    "lane reset --bootstrap-servers 127.0.0.1:1 --state-dir nowhere|1|nowhere",
  })
  void whatCannotBeMeantIsRefusedBeforeAnyBrokerIsAsked(String args, int exit, String says) {
    Outcome refused = dcmix(args.split(" "));
    assertThat(refused.exit()).as(refused.err()).isEqualTo(exit);
    for (String part : says.split(", ", -1)) {
      assertThat(refused.err()).contains(part);
    }
    assertThat(refused.out()).isEmpty();
  }
}
