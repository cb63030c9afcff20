package io.dcmix.app.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.doctor.Finding.Level;
import java.util.List;

/** All findings, for people and as JSON. */
record Diagnosis(List<Finding> findings) {
  private static final ObjectMapper JSON = new ObjectMapper();

  Diagnosis {
    findings = List.copyOf(findings);
  }

  boolean healthy() {
    return count(Level.FAILED) == 0;
  }

  private long count(Level level) {
    return findings.stream().filter(f -> f.level() == level).count();
  }

  /** One line a finding under the headings of their areas, each remedy below its line, and the sum at the end. */
  String text() {
    StringBuilder text = new StringBuilder();
    String area = "";
    for (Finding f : findings) {
      if (!f.area().equals(area)) {
        area = f.area();
        text.append(text.isEmpty() ? "" : "\n").append(area).append('\n');
      }
      text.append("  %-8s %-18s %s%n".formatted(f.level(), f.name(), f.detail()));
      if (f.remedy() != null) {
        text.append("  %-8s %-18s -> %s%n".formatted("", "", f.remedy()));
      }
    }
    long failed = count(Level.FAILED);
    long warnings = count(Level.WARNING);
    text.append('\n').append(failed > 0 ? failed + " failed, " : "Nothing failed, ")
        .append(warnings == 0 ? "no warnings." : warnings == 1 ? "1 warning." : warnings + " warnings.").append('\n');
    return text.toString();
  }

  String json() {
    ObjectNode root = JSON.createObjectNode().put("healthy", healthy());
    ArrayNode all = root.putArray("findings");
    for (Finding f : findings) {
      all.addObject().put("area", f.area()).put("name", f.name()).put("level", f.level().toString())
          .put("detail", f.detail()).put("remedy", f.remedy());
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of texts can always be written", e);
    }
  }
}
