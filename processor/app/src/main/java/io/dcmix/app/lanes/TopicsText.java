package io.dcmix.app.lanes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.Amount;
import io.dcmix.streams.LanePlan;
import io.dcmix.streams.LaneTopic;
import io.dcmix.streams.LaneTopic.Kind;
import io.dcmix.streams.TopicFinding;
import io.dcmix.streams.TopicFinding.Verdict;
import io.dcmix.streams.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Topics of a lane, for people and as JSON. */
final class TopicsText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TopicsText() {}

  static String text(LanePlan plan) {
    int width = plan.topics().stream().mapToInt(topic -> topic.name().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    Kind kind = null;
    for (LaneTopic topic : plan.topics()) {
      if (topic.kind() != kind) {
        kind = topic.kind();
        text.append(text.isEmpty() ? "" : "\n").append(heading(kind)).append('\n');
      }
      text.append(("  %-" + width + "s  %-62s  %s%n").formatted(topic.name(), shape(topic), why(plan, topic)));
    }
    return text.append("%n%d topics. All but repartitions and changelogs stamp records with their arrival (message.timestamp.type=LogAppendTime).%n"
        .formatted(plan.topics().size())).toString();
  }

  private static String why(LanePlan plan, LaneTopic topic) {
    return plan.borrows(topic) ? "of lane " + plan.lane().source() : topic.why();
  }

  private static String heading(Kind kind) {
    return switch (kind) {
      case INPUT -> "Inputs";
      case RESULT -> "Results";
      case CHANGELOG -> "Internal: copies of the state";
      case REPARTITION -> "Internal: from one stage to the next";
    };
  }

  /** Partitions, copies, clean-up: {@code 8 partitions, 3 copies, delete after 7d}. */
  static String shape(LaneTopic topic) {
    StringBuilder shape = new StringBuilder("%d partition%s, %d cop%s, %s".formatted(topic.partitions(), topic.partitions() == 1 ? "" : "s",
        topic.replication(), topic.replication() == 1 ? "y" : "ies", topic.cleanup().setting()));
    Duration retention = topic.retention();
    if (retention != null) {
      shape.append(retention.isNegative() ? " never" : " after " + time(retention));
    }
    if (topic.maxMessageBytes() > 0) {
      shape.append(", records up to ").append(Amount.text(topic.maxMessageBytes()));
    }
    return shape.toString();
  }

  private static String time(Duration d) {
    return d.toDays() > 0 && d.equals(Duration.ofDays(d.toDays())) ? d.toDays() + "d" : d.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  static String text(Topics lane, List<TopicFinding> findings) {
    StringBuilder text = new StringBuilder();
    findings.stream().filter(TopicsCommand::isWorthSaying).forEach(finding ->
        text.append("%-9s  %s%n".formatted(name(finding.verdict()), finding.problem())));
    long wrong = findings.stream().filter(TopicFinding::isWrong).count();
    long good = findings.stream().filter(finding -> finding.verdict() == Verdict.OK).count();
    text.append(text.isEmpty() ? "" : "\n");
    return text.append("Lane %s: %d topics as they should be, %d wrong, %d to know of.%n"
        .formatted(lane.lane(), good, wrong, findings.size() - good - wrong)).toString();
  }

  private static String name(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  static String json(LanePlan plan) {
    ObjectNode root = JSON.createObjectNode().put("lane", plan.lane().lane());
    ArrayNode all = root.putArray("topics");
    for (LaneTopic topic : plan.topics()) {
      ObjectNode node = all.addObject().put("name", topic.name()).put("kind", topic.kind().name().toLowerCase(Locale.ROOT))
          .put("partitions", topic.partitions()).put("replication", topic.replication()).put("borrowed", plan.borrows(topic)).put("why", topic.why());
      ObjectNode settings = node.putObject("settings");
      topic.settings().forEach(settings::put);
    }
    return pretty(root);
  }

  static String json(Topics lane, List<TopicFinding> findings) {
    ObjectNode root = JSON.createObjectNode().put("lane", lane.lane()).put("usable", findings.stream().noneMatch(TopicFinding::isWrong));
    ArrayNode all = root.putArray("findings");
    findings.forEach(finding -> all.addObject().put("topic", finding.topic().name()).put("verdict", name(finding.verdict()))
        .put("wrong", finding.isWrong()).put("text", finding.text()).put("remedy", finding.remedy()));
    return pretty(root);
  }

  static String pretty(JsonNode node) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of texts and numbers can always be written", e);
    }
  }
}
