package io.dcmix.schema;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/** FULL_TRANSITIVE: each version reads what every other version wrote, and means the same by it. */
final class Evolution {
  private Evolution() {}

  /** What is wrong between the versions of one schema; empty if nothing is. */
  static List<String> problems(List<Schema> versions) {
    List<String> problems = new ArrayList<>();
    for (int reader = 0; reader < versions.size(); reader++) {
      for (int writer = 0; writer < versions.size(); writer++) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(versions.get(reader), versions.get(writer)).getResult();
        if (result.getCompatibility() != SchemaCompatibilityType.COMPATIBLE) {
          String pair = "version %d cannot read what version %d wrote: ".formatted(reader + 1, writer + 1);
          result.getIncompatibilities().forEach(i -> problems.add(pair + i.getType() + " at " + i.getLocation() + ": " + i.getMessage()));
        }
      }
    }
    // Avro reads a millisecond as a microsecond without a word.
    Map<String, String> meanings = new TreeMap<>();
    for (int version = 0; version < versions.size(); version++) {
      Map<String, String> here = new TreeMap<>();
      logicalTypes(versions.get(version), "", Set.of(), here);
      for (var field : here.entrySet()) {
        String before = meanings.putIfAbsent(field.getKey(), field.getValue());
        if (before != null && !before.equals(field.getValue())) {
          problems.add("version %d makes %s a %s, before it was a %s".formatted(version + 1, field.getKey(), field.getValue(), before));
        }
      }
    }
    return problems;
  }

  private static void logicalTypes(Schema schema, String path, Set<String> within, Map<String, String> found) {
    switch (schema.getType()) {
      case RECORD -> {
        // A record may hold its like; its fields are told once.
        if (!within.contains(schema.getFullName())) {
          Set<String> inner = new HashSet<>(within);
          inner.add(schema.getFullName());
          schema.getFields().forEach(field -> logicalTypes(field.schema(), path + "/" + field.name(), inner, found));
        }
      }
      case ARRAY -> logicalTypes(schema.getElementType(), path + "[]", within, found);
      case MAP -> logicalTypes(schema.getValueType(), path + "{}", within, found);
      case UNION -> schema.getTypes().forEach(type -> logicalTypes(type, path, within, found));
      case NULL -> {}
      default -> found.put(path, schema.getLogicalType() == null ? "plain " + schema.getType().getName() : schema.getLogicalType().getName());
    }
  }
}
